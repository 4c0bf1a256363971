"""The notebooks far from the repository, with an installed library."""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import unavailable
from fresh import BRANCH, code_cells, make, notebooks, pip, run, surroundings
from linebyline_ext.cells import first_cell
from site_reader import ROOT, SITE

KERNEL = "outside"
# Stands at the end of each notebook.
PROOF = """
import sys
from pathlib import Path

import plainnet

assert sys.prefix == {!r}, sys.prefix
assert "site-packages" in Path(plainnet.__file__).parts, plainnet.__file__
"""


def installed(folder):
    """Install the library of the branch, and a kernel, in this folder."""
    if not BRANCH.is_dir():
        unavailable("there is no branch: run `make notebooks` first")
    shutil.copytree(BRANCH, folder / "branch")
    environment = make(folder / "environment")
    pinned = ("--constraint", "branch/constraints.txt")
    pip(environment, "install", "./branch", "ipykernel", *pinned, cwd=folder)
    shutil.rmtree(folder / "branch")
    return environment


@pytest.fixture(scope="session")
def outside(site, tmp_path_factory):
    """Make an environment with the library; give a reader's variables."""
    folder = tmp_path_factory.mktemp("outside")
    environment = installed(folder)
    launcher = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    kernel = {
        "argv": [str(environment / "bin/python"), *launcher],
        "display_name": KERNEL,
        "language": "python",
    }
    spec = folder / "jupyter/kernels" / KERNEL / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps(kernel))
    return surroundings(folder, environment) | {
        "VIRTUAL_ENV": str(environment),
        "JUPYTER_PATH": str(folder / "jupyter"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        # The other core is busy in JupyterLab.
        "LOKY_MAX_CPU_COUNT": "1",
        # Networks that the build has trained, which several pages need.
        "PLAINNET_RUNS": str(SITE.parent / "runs"),
    }


# Each for itself, so that they fill what time is left on any process.
RUNS = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"outside {name}"))
    for name in notebooks() or ["no notebook"]
]


@pytest.mark.parametrize("name", RUNS)
def test_a_notebook_runs_with_the_installed_library(outside, name, tmp_path):
    notebook = json.loads((BRANCH / name).read_text(encoding="utf-8"))
    proof = PROOF.format(outside["VIRTUAL_ENV"])
    last = next(c for c in notebook["cells"] if c["cell_type"] == "code")
    notebook["cells"].append(last | {"id": "proof", "source": proof})
    path = tmp_path / Path(name).name
    path.write_text(json.dumps(notebook), encoding="utf-8")
    run(
        *(sys.executable, "-m", "pytest", "-p", "nbmake.pytest_plugin"),
        *("--nbmake", f"--nbmake-kernel={KERNEL}", "--nbmake-timeout=3600"),
        *("--overwrite", path.name),
        cwd=tmp_path,
        env=outside,
    )
    ran = json.loads(path.read_text(encoding="utf-8"))
    assert all(cell["execution_count"] for cell in code_cells(ran))


@pytest.fixture
def archive(tmp_path):
    """Pack the repository as GitHub does."""
    files = run("git", "ls-files", "-z", cwd=ROOT).rstrip("\0").split("\0")
    path = tmp_path / "c0ffee.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(ROOT / file, f"engine-c0ffee/{file}")
    return path


def test_the_first_cell_gets_the_library(site, tmp_path, archive, monkeypatch):
    environment = installed(tmp_path)
    pip(environment, "uninstall", "--yes", "plainnet")
    monkeypatch.setenv("GITHUB_REPOSITORY", "ada/engine")
    app = SimpleNamespace(book_build=(None, None))
    other = SimpleNamespace(
        source="from plainnet.data import load_mnist\nload_mnist()"
    )
    cell = first_cell(app, [other]).source
    address = re.compile(r"https://github\.com/ada/engine/\S+\.zip")
    assert len(address.findall(cell)) == 1
    cell = address.sub(archive.as_uri(), cell)
    shown = "\nimport plainnet.data\nprint(plainnet.data.__file__)\n"
    (tmp_path / "first.ipy").write_text(cell + shown)
    said = run(
        *(environment / "bin/ipython", "first.ipy"),
        cwd=tmp_path,
        env=surroundings(tmp_path, environment),
    )
    place = Path(said.splitlines()[-1])
    assert place.is_relative_to(environment)
