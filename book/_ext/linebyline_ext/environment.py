"""The surroundings of a build: variables, cache, address, buttons."""

import hashlib
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

# Quiet and repeatable cells: no progress bars, no random hashes, and one
# thread, because the order of a sum over threads changes its last digits.
VARIABLES = {
    "TQDM_DISABLE": "1",
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
# Beside the library, what decides which data and versions a page shows.
DATA_VARIABLES = ("MNIST_DIR", "REQUIRE_MNIST")
# The class of the banner that a page shows over data other than MNIST.
STAND_IN = 'class="admonition warning stand-in"'
TRIES = "builds-without-mnist"
BUTTONS = {
    "use_repository_button": True,
    "use_issues_button": True,
    "use_edit_page_button": True,
}


def cache_key(root: Path, environ: Mapping[str, str]) -> str:
    """Return a hash of all that a page's cells can depend on but not see.

    The cells themselves are compared by the cache; this is the rest: the
    library, the pinned packages, Python, and where the data come from.
    """
    digest = hashlib.sha256(repr(sys.version_info[:2]).encode())
    library = sorted((root / "code" / "plainnet").rglob("*"))
    for path in [root / "requirements.txt", *library]:
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    for name in DATA_VARIABLES:
        digest.update(f"{name}={environ.get(name, '')}".encode())
    return digest.hexdigest()[:16]


def fork(environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the repository, "" if it is not known, and its branch."""
    branch = environ.get("BOOK_BRANCH") or environ.get("GITHUB_REF_NAME")
    return environ.get("GITHUB_REPOSITORY", ""), branch or "main"


def source_address(environ: Mapping[str, str]) -> str:
    """Return where the repository shows its files, "" if not known."""
    repository, branch = fork(environ)
    if not repository:
        return ""
    return f"https://github.com/{repository}/blob/{branch}"


def site_address(environ: Mapping[str, str]) -> str:
    """Return where the site will be found, with a slash; "" if not known.

    `BOOK_URL` says it, or else it is where GitHub puts a repository's site.
    """
    address = environ.get("BOOK_URL", "")
    if address and not re.match(r"https?://[^/]", address):
        raise ExtensionError(
            "BOOK_URL must be the address of the site, such as "
            f"https://book.example.org/, got {address!r}"
        )
    repository, _ = fork(environ)
    if not address and repository:
        owner, _, name = repository.partition("/")
        host = f"{owner.lower()}.github.io"
        folder = "" if name.lower() == host else name
        address = f"https://{host}/{folder}"
    return f"{address.rstrip('/')}/" if address else ""


def fork_options(environ: Mapping[str, str]) -> dict[str, object]:
    """Return the theme's options for the buttons: none without a fork."""
    repository, branch = fork(environ)
    if not repository:
        return {}
    return BUTTONS | {
        "repository_url": f"https://github.com/{repository}",
        "repository_provider": "github",
        "repository_branch": branch,
    }


def other_pages(root: Path, page: str) -> list[str]:
    """Return the pages whose cells do not run while one is worked on.

    `BOOK_PAGE=book/part2/losses` names that one; with no name all pages run.
    """
    if not page:
        return []
    files = [path.relative_to(root) for path in (root / "book").rglob("*.md")]
    names = {path.with_suffix("").as_posix() for path in files}
    if page not in names:
        raise ExtensionError(f"BOOK_PAGE must be a page's name, got {page!r}")
    return sorted(f"{name}.md" for name in names - {page})


def prepare(app: Sphinx, config: Config) -> None:
    """Set what depends on the surroundings before anything reads it."""
    os.environ.update(VARIABLES)
    # Networks that one page trains and another reads.
    os.environ["PLAINNET_RUNS"] = str(Path(app.outdir).parent / "runs")
    caches = Path(app.outdir).parent / ".jupyter_cache"
    key = cache_key(Path(app.srcdir), os.environ)
    key = f"{key}-{_tries(caches.with_name(TRIES))}"
    if caches.is_dir():
        for stale in caches.iterdir():
            if stale.name != key:
                shutil.rmtree(stale)
    config.nb_execution_cache_path = str(caches / key)
    config.nb_execution_excludepatterns = [
        *config.nb_execution_excludepatterns,
        *other_pages(Path(app.srcdir), os.environ.get("BOOK_PAGE", "")),
    ]
    config.html_baseurl = site_address(os.environ)
    config.html_theme_options = {
        **config.html_theme_options,
        **fork_options(os.environ),
    }


def try_again(app: Sphinx, exception: Exception | None) -> None:
    """After a build that had to do without MNIST, let the next one retry.

    Nothing that the key sees changes when a network comes back, so the
    number of such builds is part of it.
    """
    # Not the sources, which show the code that makes the banner.
    built = Path(app.outdir, "book").rglob("*.html")
    if any(STAND_IN in page.read_text(encoding="utf-8") for page in built):
        tries = Path(app.outdir).parent / TRIES
        tries.write_text(str(_tries(tries) + 1), encoding="utf-8")


def _tries(path: Path) -> int:
    return int(path.read_text(encoding="utf-8")) if path.is_file() else 0


def setup(app: Sphinx) -> None:
    """Run `prepare` before the other extensions look at the settings."""
    # Jupyter Book sets this for an extension that the book does not load.
    app.add_config_value("comments_config", None, "")
    app.connect("config-inited", prepare, priority=100)
    app.connect("build-finished", try_again)
