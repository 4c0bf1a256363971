"""Put together what the branch `notebooks` holds, in _build/notebooks.

Run by `make notebooks` after the site is built: its notebooks, the library
that they import, and what Binder and pip have to know. Nothing else, so that
Binder is quick to start.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import nbformat
from linebyline_ext.colophon import commit_of
from linebyline_ext.environment import fork

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("LICENSE", "LICENSE-TEXT", "pyproject.toml", "code/plainnet")
README = """\
# Neural Networks, Line by Line: the notebooks

The chapters of the book as Jupyter notebooks, with the library that they
import. `make notebooks` made all this from {source}.
Nothing is edited here: the next commit there replaces it.

On your own machine, with Python {python} or newer:

```bash
pip install -r requirements.txt jupyterlab
jupyter lab
```

{contents}

The code is under the MIT licence ([LICENSE](LICENSE)), the text and the
figures under CC BY 4.0 ([LICENSE-TEXT](LICENSE-TEXT)).
"""
REQUIREMENTS = "-c constraints.txt\n-e .\n"


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, without what Python left there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        left = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, target, ignore=left)
    else:
        shutil.copy(source, target)


def source() -> str:
    """Say in Markdown which commit all this is made from."""
    commit = commit_of(ROOT)
    if not commit:
        return "a tree that is under no version control"
    repository, _ = fork(os.environ)
    name = f"`{commit.name}`"
    link = f"https://github.com/{repository}/commit/{commit.name}"
    named = f"commit\n[{name}]({link})" if repository else f"commit\n{name}"
    return f"{named} with changes" if commit.changed else named


def title(notebook: Path) -> str:
    """Return the title of a notebook, a chapter's with its number."""
    first = nbformat.read(notebook, as_version=4).cells[0].source
    return first.splitlines()[0].removeprefix("# ")


def place(title: str) -> tuple[int, str]:
    """Return what orders titles: chapters by number, then the others."""
    number = re.match(r"\d+", title)
    return int(number[0]) if number else sys.maxsize, title


def put_together(site: Path, target: Path) -> None:
    """Write everything into an empty folder."""
    shutil.rmtree(target, ignore_errors=True)
    for name in COPIED:
        copy(ROOT / name, target / name)
    titles = {}
    for notebook in site.glob("book/**/*.ipynb"):
        name = notebook.relative_to(site).as_posix()
        copy(notebook, target / name)
        titles[title(notebook)] = name
    contents = [f"- [{t}]({titles[t]})" for t in sorted(titles, key=place)]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = re.sub("^[-#].*\n", "", locked, flags=re.MULTILINE)
    files = {
        "README.md": README.format(
            source=source(), python=python, contents="\n".join(contents)
        ),
        "requirements.txt": REQUIREMENTS,
        "constraints.txt": f"# The versions of the book's build.\n{pins}",
        "runtime.txt": f"python-{python}\n",
    }
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    put_together(ROOT / "_build" / "html", ROOT / "_build" / "notebooks")
