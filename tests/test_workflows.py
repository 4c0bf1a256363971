"""The workflows: valid, bound to what they name, and with little power."""

import copy
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".github" / "workflows"
NAMES = sorted(path.name for path in FOLDER.iterdir())
PINNED = re.compile(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# A path of this repository, maybe with stars; not what a run makes.
FILE = re.compile(r"(?!_build/|\.venv/)[\w.*-]+(/[\w.*-]+)+|\w+\.(txt|toml)")


def load(name):
    """Read a workflow."""
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(params=NAMES)
def workflow(request):
    """Give each workflow."""
    return load(request.param)


@pytest.fixture
def book():
    """Give one workflow, to be spoilt."""
    return copy.deepcopy(load("book.yml"))


def steps(workflow):
    """Yield the steps of all jobs."""
    for job in workflow["jobs"].values():
        yield from job["steps"]


def targets():
    """Return what `make` can make."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([^\s:#]+):(?!=)", makefile, re.MULTILINE)
    return {target.replace("$(VENV)", ".venv") for target in found}


def missing(workflow):
    """Yield targets and files that a step names and nobody has."""
    for step in steps(workflow):
        script = step.get("run", "").replace("\\\n", " ")
        for line in script.splitlines():
            words = shlex.split(line)
            if words[:1] == ["make"]:
                made = {word for word in words if "=" not in word}
                yield from made - targets() - {"make"}
                words = [word.partition("=")[2] for word in words]
            for word in words:
                if FILE.fullmatch(word) and not any(ROOT.glob(word)):
                    yield word


def powers(workflow):
    """Yield what the workflow may do or keeps, and need not."""
    if workflow.get("permissions") != {"contents": "read"}:
        yield "the workflow's permissions"
    if "concurrency" not in workflow:
        yield "no concurrency"
    for name, job in workflow["jobs"].items():
        if "timeout-minutes" not in job:
            yield f"{name} has no time limit"
        writes = job.get("permissions", {}).get("contents") == "write"
        for step in job["steps"]:
            checkout = step.get("uses", "").startswith("actions/checkout@")
            kept = step.get("with", {}).get("persist-credentials", True)
            if checkout and kept and not writes:
                yield f"{name} keeps its credentials"
            # What others may write, a branch's name for one, is no code.
            if "${{" in step.get("run", ""):
                yield f"{name} runs an expression"


def schema_check(*paths):
    """Compare workflow files with GitHub's schema."""
    checker = [sys.executable, "-m", "check_jsonschema"]
    return subprocess.run(
        [*checker, "--builtin-schema", "vendor.github-workflows", *paths],
        capture_output=True,
        text=True,
    )


def test_the_workflows_are_those_of_github(tmp_path, book):
    assert {"book.yml", "tests.yml", "weekly.yml"} <= set(NAMES)
    run = schema_check(*FOLDER.iterdir())
    assert run.returncode == 0, run.stdout
    del book["jobs"]["build"]["runs-on"]
    spoilt = tmp_path / "spoilt.yml"
    spoilt.write_text(yaml.safe_dump(book), encoding="utf-8")
    assert schema_check(spoilt).returncode == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_githubs_own_and_pinned_by_its_commit(name):
    text = (FOLDER / name).read_text(encoding="utf-8")
    used = re.findall(r"\buses: *(.*)", text)
    assert used
    assert [action for action in used if not PINNED.fullmatch(action)] == []


@pytest.mark.parametrize(
    "action",
    [
        "actions/checkout@v4",
        "actions/checkout@11bd719 # v4.2.2",
        "someone/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    ],
)
def test_a_loose_action_is_noticed(action):
    assert not PINNED.fullmatch(action)


def test_what_the_steps_name_is_there(workflow):
    assert list(missing(workflow)) == []


def test_a_name_of_nothing_is_noticed(book):
    run = "make test \\\n  books TESTS=tests/no\npytest tests/sites tests/*.py"
    book["jobs"]["build"]["steps"] = [{"run": run}]
    assert list(missing(book)) == ["books", "tests/no", "tests/sites"]


def test_no_workflow_may_do_more_than_it_must(workflow):
    assert list(powers(workflow)) == []


def test_needless_powers_are_noticed(book):
    del book["concurrency"]
    book["permissions"] = "write-all"
    build = book["jobs"]["build"]
    del build["timeout-minutes"]
    build["steps"] = [
        {"uses": "actions/checkout@0"},
        {"run": "echo ${{ github.head_ref }}"},
    ]
    assert list(powers(book)) == [
        "the workflow's permissions",
        "no concurrency",
        "build has no time limit",
        "build keeps its credentials",
        "build runs an expression",
    ]


def test_only_main_is_published(book):
    assert book["jobs"]["deploy"]["if"] == "github.ref == 'refs/heads/main'"
    with_rights = {
        name
        for name, job in book["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    assert "build" not in with_rights
