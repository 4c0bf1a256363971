"""The library as a text: what imports what, and how it reads on a page."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "code" / "plainnet"
ORDER = [
    "_types",
    "_checks",
    "data",
    "regression",
    "activations",
    "losses",
    "gradient_check",
    "initializers",
    "layers",
    "network",
    "optimizers",
    "schedules",
    "training",
    "runs",
    "augment",
    "interpret",
    "plotting",
    "exercises",
]
# In dots: "layers", and "plotting.charts" in a folder; a folder's own
# __init__ goes by the folder's name.
MODULES = sorted(
    ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(
        ".__init__"
    )
    for path in LIBRARY.rglob("*.py")
)
FOLDERS = {"plotting", "exercises"}
PUBLIC = [name for name in MODULES if not re.search(r"(^|\.)_", name)]
EACH_MODULE = pytest.mark.parametrize("module", MODULES)


def source(module):
    """Read a module's text."""
    path = LIBRARY.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else f"{path}.py"
    return Path(file).read_text(encoding="utf-8")


def runtime_nodes(tree):
    """Walk a module's tree, leaving out what only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        yield node
        yield from runtime_nodes(node)


def imports(module):
    """List the dotted names that a module imports when it runs."""
    names = []
    for node in runtime_nodes(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def listings(module):
    """List what a page can quote: functions and methods with decorators."""
    return [
        node
        for node in ast.walk(ast.parse(source(module)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def test_every_module_has_its_place():
    parts = {module.split(".")[0] for module in MODULES}
    assert {"__init__", *ORDER} >= parts


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__"])
def test_a_module_imports_only_what_stands_above_it(module):
    place = module.split(".")[0]
    above = [*ORDER[: ORDER.index(place)], *({place} & FOLDERS)]
    ours = [name for name in imports(module) if name.startswith("plainnet")]
    for name in ours:
        parts = name.split(".")
        assert len(parts) > 1
        assert parts[1] in above, f"{module} imports {name}"


def test_exercises_draw_nothing():
    for module in MODULES:
        if module.startswith("exercises"):
            assert not [n for n in imports(module) if ".plotting" in n]


@EACH_MODULE
def test_matplotlib_is_imported_for_plotting_only(module):
    if not module.startswith("plotting"):
        assert not [name for name in imports(module) if "matplotlib" in name]


def test_the_standard_module_code_is_not_shadowed():
    assert not (ROOT / "code" / "__init__.py").exists()
    subprocess.run(
        [sys.executable, "-c", "import code; code.InteractiveConsole"],
        cwd=ROOT,
        check=True,
    )


@EACH_MODULE
def test_listings_fit_a_page(module):
    for number, line in enumerate(source(module).splitlines(), 1):
        assert len(line) <= 79, f"{module}.py:{number}"
    for node in listings(module):
        first = min([node, *node.decorator_list], key=lambda n: n.lineno)
        length = node.end_lineno - first.lineno + 1
        assert length <= 35, f"{module}.{node.name} has {length} lines"


def dotted(node):
    """Spell an attribute access such as np.random.rand, or ''."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and dotted(node.value):
        return f"{dotted(node.value)}.{node.attr}"
    return ""


@EACH_MODULE
def test_no_hidden_randomness(module):
    assert not [n for n in imports(module) if n.split(".")[0] == "random"]
    for node in ast.walk(ast.parse(source(module))):
        name = dotted(node)
        if name.startswith(("np.random.", "numpy.random.")):
            last = name.split(".")[2]
            assert last in ("Generator", "default_rng"), f"{module}: {name}"


@EACH_MODULE
def test_no_generator_is_made_behind_the_readers_back(module):
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Call) and "default_rng" in dotted(node.func):
            assert node.args, f"{module}:{node.lineno} has no seed"


@EACH_MODULE
def test_the_library_never_prints_or_asserts(module):
    for node in ast.walk(ast.parse(source(module))):
        assert not isinstance(node, ast.Assert), f"{module}:{node.lineno}"
        if isinstance(node, ast.Call):
            assert dotted(node.func) not in ("print", "breakpoint", "input")


def documented():
    """List every public function, class and method of the library."""
    found = []
    for module in PUBLIC:
        for node in ast.parse(source(module)).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_"):
                continue
            found.append((f"{module}.{node.name}", node))
            if isinstance(node, ast.ClassDef):
                found += [
                    (f"{module}.{node.name}.{method.name}", method)
                    for method in node.body
                    if isinstance(method, ast.FunctionDef)
                    and not method.name.startswith("_")
                ]
    return found


DOCUMENTED = dict(documented())


def section(docstring, title):
    """Return the text of a numpydoc section, or None."""
    found = re.search(
        rf"^{title}\n-+\n(.*?)(?=\n\S[^\n]*\n-+\n|\Z)",
        docstring,
        re.MULTILINE | re.DOTALL,
    )
    return found and found[1]


def parameters_of(node):
    """List a function's, or a class's constructor's, parameters."""
    if isinstance(node, ast.ClassDef):
        inits = [
            method
            for method in node.body
            if isinstance(method, ast.FunctionDef)
            and method.name == "__init__"
        ]
        return parameters_of(inits[0]) if inits else []
    arguments = node.args
    every = arguments.posonlyargs + arguments.args + arguments.kwonlyargs
    return [a.arg for a in every if a.arg not in ("self", "cls")]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_public_things_say_what_they_do(name):
    docstring = ast.get_docstring(DOCUMENTED[name])
    assert docstring, f"{name} has no docstring"
    summary = docstring.partition("\n")[0]
    assert summary.endswith((".", ":")) or "\n" in docstring
    assert summary[0].isupper() or not summary[0].isalpha()


@pytest.mark.parametrize("name", DOCUMENTED)
def test_documented_parameters_are_the_real_ones(name):
    node = DOCUMENTED[name]
    docstring = inspect.cleandoc(ast.get_docstring(node))
    listed = section(docstring, "Parameters")
    if listed is None:
        return
    heads = [line for line in listed.splitlines() if line[:1].strip()]
    names = [
        part.strip().lstrip("*")
        for head in heads
        for part in head.partition(" : ")[0].split(",")
    ]
    real = parameters_of(node)
    if "as for" in listed.lower():
        assert set(names) >= {real[-1]}
    elif not isinstance(node, ast.ClassDef) or real:
        assert set(names) <= set(real), name


@pytest.mark.parametrize("name", DOCUMENTED)
def test_arrays_and_numbers_that_come_back_are_described(name):
    node = DOCUMENTED[name]
    if isinstance(node, ast.ClassDef) or node.returns is None:
        return
    docstring = ast.get_docstring(node)
    plain = re.search("Array|Labels|float|tuple", ast.unparse(node.returns))
    if plain and section(docstring, "Parameters"):
        told = r"^(Returns|Yields)\n-+|\b[Rr]eturn\b"
        assert re.search(told, docstring, re.MULTILINE), name
