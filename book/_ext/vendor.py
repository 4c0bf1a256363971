"""Fetch MathJax and mermaid into book/_vendor, axe into benchmarks.

Run as: python book/_ext/vendor.py [FOLDER_OF_TARBALLS], on Linux (x86-64)

The site serves both itself, so that a reader's browser asks nobody else. Of
each npm package only what the book's pages load is kept: MathJax's TeX to
CommonHTML bundle with its fonts, and mermaid's core with the diagrams named
below. esbuild joins mermaid's modules into one script: one request, and a
script that works from a disk without a server too. axe-core is for the tests
and never on the site. To move to another version, change PACKAGES, run this
file, build the site and run its tests.
"""

import base64
import hashlib
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "_vendor"
BENCHMARKS = VENDOR.parents[1] / "benchmarks"
REGISTRY = "https://registry.npmjs.org/{name}/-/{file}-{version}.tgz"
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
    "axe-core": (
        "4.14.1",
        (
            "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r7"
            "6ASyFNNtuFooJpZe37OgudVGtQ=="
        ),
    ),
    "@esbuild/linux-x64": (
        "0.28.2",
        (
            "4xTZr1FUmSoQW4XIWmit3tzQrUTZM+N3P0XV8xROKYF50XfI7xeO90+1bZvN"
            "wxIufQ9hDQVRJH5YhgPVF8A/HQ=="
        ),
    ),
}
MATHJAX = ("es5/tex-chtml.js", "es5/output/chtml/fonts/woff-v2/")
MERMAID = "dist/mermaid.esm.min.mjs"
CHUNKS = "dist/chunks/mermaid.esm.min/"
DIAGRAMS = ("dagre-", "flowDiagram-", "sizeCapture-")
LAZY_IMPORT = re.compile(rb'import\("\./(?:[^"]+/)?([^"/]+)"\)')


def fetch(name: str, tarballs: Path | None) -> dict[str, bytes]:
    """Return the package's files by path, after checking its SHA-512."""
    version, digest = PACKAGES[name]
    file = name.rpartition("/")[2]
    url = REGISTRY.format(name=name, file=file, version=version)
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


def join(files: dict[str, bytes], esbuild: bytes) -> bytes:
    """Return mermaid with the diagrams that the book uses as one script."""
    kept = {p: d for p, d in files.items() if p.startswith((MERMAID, CHUNKS))}
    left_out = {
        f"--external:*/{name.decode()}"
        for data in kept.values()
        for name in LAZY_IMPORT.findall(data)
        if not name.decode().startswith(DIAGRAMS)
    }
    with tempfile.TemporaryDirectory() as folder:
        for path, data in kept.items() | {("esbuild", esbuild)}:
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        Path(folder, "esbuild").chmod(0o755)
        return subprocess.run(
            [
                "./esbuild",
                MERMAID,
                "--bundle",
                "--minify",
                "--format=iife",
                "--global-name=mermaid",
                "--footer:js=mermaid = mermaid.default;",
                *sorted(left_out),
            ],
            cwd=folder,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout


def write(folder: Path, root: str, files: dict[str, bytes]) -> None:
    """Replace the folder by the given files."""
    shutil.rmtree(folder, ignore_errors=True)
    for path, data in files.items():
        target = folder / path.removeprefix(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def main(tarballs: Path | None = None) -> None:
    """Fetch the packages, or read them from a folder of tarballs."""
    files = fetch("mathjax", tarballs)
    kept = {path for path in files if path.startswith(MATHJAX)} | {"LICENSE"}
    write(VENDOR / "mathjax", "es5/", {path: files[path] for path in kept})
    files = fetch("mermaid", tarballs)
    esbuild = fetch("@esbuild/linux-x64", tarballs)["bin/esbuild"]
    script = join(files, esbuild)
    licence = files["LICENSE"]
    script_and_licence = {"mermaid.js": script, "LICENSE": licence}
    write(VENDOR / "mermaid", "", script_and_licence)
    files = fetch("axe-core", tarballs)
    kept = {"axe.min.js", "LICENSE"}
    write(BENCHMARKS / "axe", "", {path: files[path] for path in kept})


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
