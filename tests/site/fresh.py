"""The notebooks' branch, and fresh environments and surroundings for it."""

import os
import subprocess
import sys
from pathlib import Path

import pooch
from site_reader import ROOT

BRANCH = ROOT / "_build" / "notebooks"
# What may not leak from the run of the tests into that of a reader.
OURS = ("PYTHON", "JUPYTER", "IPYTHON", "PLAINNET", "PYTEST", "TQDM", "XDG")


def notebooks() -> list[str]:
    """Return the notebooks of the branch, the long runs first.

    Two tests go through them side by side, each on one core in the end.
    """
    found = [path.relative_to(BRANCH) for path in BRANCH.rglob("*.ipynb")]
    return sorted((path.as_posix() for path in found), reverse=True)


def code_cells(notebook: dict) -> list[dict]:
    """Return the code cells of a notebook, each with its text in one."""
    return [
        cell | {"source": "".join(cell["source"])}
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]


def surroundings(home: Path, environment: Path) -> dict[str, str]:
    """Return the variables of a reader with this home and environment.

    MNIST is not fetched again where it is. A kernel has one thread, since
    the tests keep all cores busy.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(OURS)}
    mnist = Path(pooch.os_cache("plainnet"))
    if any(mnist.glob("*-ubyte.gz")):
        kept.setdefault("MNIST_DIR", str(mnist))
    return kept | {
        "HOME": str(home),
        "PATH": f"{environment / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def run(*command: object, **options: object) -> str:
    """Run a command, which must succeed, and return what it says."""
    done = subprocess.run(
        [str(word) for word in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def make(environment: Path, *options: str) -> Path:
    """Make an empty virtual environment; return it."""
    run(sys.executable, "-m", "venv", *options, environment)
    return environment


def pip(environment: Path, *command: str, cwd: Path | None = None) -> None:
    """Run pip for an environment, which need not have one of its own."""
    here = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*here, "--quiet", "--python", environment, *command, cwd=cwd)
