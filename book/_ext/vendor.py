"""Fetch MathJax and mermaid into book/_vendor.

Run as: python book/_ext/vendor.py

The site serves both itself, so that a reader's browser asks nobody else. Of
each npm package only what the book's pages load is kept: MathJax's TeX to
CommonHTML bundle with its fonts, and mermaid's core with the diagrams named
below. To move to another version, change PACKAGES, run this file, build the
site and run its tests.
"""

import base64
import hashlib
import io
import re
import shutil
import sys
import tarfile
import urllib.request
from pathlib import Path, PurePosixPath

VENDOR = Path(__file__).resolve().parent.parent / "_vendor"
REGISTRY = "https://registry.npmjs.org/{name}/-/{name}-{version}.tgz"
PACKAGES = {
    "mathjax": (
        "3.2.2",
        (
            "Bt+SSVU8eBG27zChVewOicYs7Xsdt40qm4+UpHyX7k0/O9NliPc+x77k1/FE"
            "sPsjKPZGJvtRZM1vO+geW0OhGw=="
        ),
    ),
    "mermaid": (
        "11.17.2",
        (
            "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7Lo"
            "aRQxULMa80/qt5gHO73aCleBBg=="
        ),
    ),
}
MATHJAX = ("es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2/")
MERMAID = "dist/mermaid.esm.min.mjs"
DIAGRAMS = ("dagre", "flow", "sequence", "state", "class", "sizeCapture")
STATIC_IMPORT = re.compile(r'(?:from|import)\s*"(\./[^"]+)"')
LAZY_IMPORT = re.compile(r'import\("(\./[^"]+)"\)')


def fetch(name: str, tarballs: Path | None) -> dict[str, bytes]:
    """Return the package's files by path, after checking its SHA-512."""
    version, digest = PACKAGES[name]
    url = REGISTRY.format(name=name, version=version)
    if tarballs is None:
        with urllib.request.urlopen(url) as answer:
            data = answer.read()
    else:
        data = (tarballs / url.rsplit("/", 1)[1]).read_bytes()
    found = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if found != digest:
        raise SystemExit(f"{url} has SHA-512 {found}, expected {digest}")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return {
            member.name.removeprefix("package/"): file.read()
            for member in archive
            if (file := archive.extractfile(member)) is not None
        }


def imported(files: dict[str, bytes], path: str, kind: re.Pattern) -> set[str]:
    """Return the paths that the module at `path` imports."""
    folder = PurePosixPath(path).parent
    return {str(folder / name) for name in kind.findall(files[path].decode())}


def with_imports(files: dict[str, bytes], paths: set[str]) -> set[str]:
    """Return `paths` and all that they import before they can run."""
    found: set[str] = set()
    while paths:
        found |= paths
        paths = {
            other
            for path in paths
            for other in imported(files, path, STATIC_IMPORT)
        } - found
    return found


def mermaid_modules(files: dict[str, bytes]) -> set[str]:
    """Return mermaid's core and the diagrams that the book may use."""
    core = with_imports(files, {MERMAID})
    lazy = {path for own in core for path in imported(files, own, LAZY_IMPORT)}
    chosen = {
        path for path in lazy if PurePosixPath(path).name.startswith(DIAGRAMS)
    }
    return core | with_imports(files, chosen)


def write(name: str, root: str, files: dict[str, bytes]) -> None:
    """Replace the folder book/_vendor/name by the given files."""
    shutil.rmtree(VENDOR / name, ignore_errors=True)
    for path, data in files.items():
        target = VENDOR / name / path.removeprefix(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def main(tarballs: Path | None = None) -> None:
    """Fetch both packages, or read them from a folder of tarballs."""
    files = fetch("mathjax", tarballs)
    kept = {path for path in files if path.startswith(MATHJAX)} | {"LICENSE"}
    write("mathjax", "es5/", {path: files[path] for path in kept})
    files = fetch("mermaid", tarballs)
    kept = mermaid_modules(files) | {"LICENSE"}
    write("mermaid", "dist/", {path: files[path] for path in kept})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
