"""Imports go one way, third parties stay in their rooms, and `--help` is quick."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "hxl_kit"
FILES = sorted(PACKAGE.rglob("*.py"))

ORDER = (
    {"errors"},
    {"files"},
    {"standard"},
    {"reading", "mapping", "places", "figures", "settings", "pages"},
    {"checks", "gate", "hxl_schema", "screening", "disclosure"},
    {"sources"},
    {"normalise", "describe", "validation", "summarising"},
    {"package", "reporting", "hdx"},
    {"clearance"},
    {"targets"},
    {"publishing", "pulling"},
    {"syncing", "adopting", "scraping"},
    {"cli"},
)
"""A room imports from the rooms above it in this list; rooms of one line do not know one another."""

LEVEL = {room: level for level, rooms in enumerate(ORDER) for room in rooms}

THIRD_PARTIES = {
    "polars": ("",),
    "typer": ("cli/",),
    "rich": ("cli/",),
    "frictionless": ("gate/", "validation/strict/"),
    "pyarrow": ("gate/", "package/outputs/", "reading/", "places/boundaries", "validation/strict/"),
    "fastexcel": ("reading/",),
    "charset_normalizer": ("reading/encodings.py",),
    "xlsxwriter": ("package/outputs/", "reporting/xlsx.py"),
    "jinja2": ("pages.py", "reporting/html.py", "targets/index_page.py"),
    "jsonschema": ("hdx/section.py", "package/author.py", "settings.py", "validation/"),
    "ruamel": ("package/",),
    "anyascii": ("places/matching/",),
    "hdx": ("hdx/", "places/", "scraping/"),
    "numpy": ("gate/", "places/matching/", "validation/strict/"),
    "phonenumbers": ("screening/",),
    "platformdirs": ("gate/memory.py", "hdx/lists.py", "places/gazetteer/store.py", "targets/hdx/kept.py"),
    "pyogrio": ("places/boundaries",),
    "requests": ("gate/network.py", "hdx/", "targets/hdx/"),
    "requests_toolbelt": ("hdx/upload.py",),
    "tenacity": ("hdx/connection.py",),
    "rapidfuzz": ("checks/", "hxl_schema/suggesting.py", "places/"),
    "shapely": ("places/boundaries",),
}
"""Where each library may be imported; one that is not listed may be imported nowhere."""

DISTRIBUTIONS = {
    "ruamel": "ruamel.yaml",
    "charset_normalizer": "charset-normalizer",
    "requests_toolbelt": "requests-toolbelt",
    "hdx": "hdx-python-country",
}
"""What to install for a library whose import is named otherwise."""

FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint"}
FORBIDDEN_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle"}
HEAVY = {
    "rapidfuzz",
    "shapely",
    "pyogrio",
    "polars",
    "pyarrow",
    "frictionless",
    "hdx",
    "pandas",
    "numpy",
    "jsonschema",
    "xlsxwriter",
    "phonenumbers",
}


def name_of(file: Path) -> str:
    """The dotted name of a module of hxl_kit."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(module: str) -> str:
    """The room of a module: the name after `hxl_kit.` ("" for the package itself)."""
    return module.split(".")[1] if "." in module else ""


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imported(node: ast.AST) -> list[str]:
    """The dotted names that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno}: a relative import hides its room"
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return []


def imports(file: Path) -> list[tuple[int, str]]:
    """Every import anywhere in a file, also those for types alone: line and dotted name."""
    return [(getattr(n, "lineno", 0), name) for n in ast.walk(tree(file)) for name in imported(n)]


def at_import_time(body: list[ast.stmt]) -> list[str]:
    """What is imported when the module is: not in functions, not for types alone."""
    names = []
    for node in body:
        names += imported(node)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            names += at_import_time(node.orelse)
        elif isinstance(node, ast.If | ast.Try | ast.With):
            names += at_import_time(node.body)
    return names


def may_import(room: str, other: str) -> bool:
    return room == other or LEVEL[other] < LEVEL[room]


def misplaced(file: Path) -> list[str]:
    """The imports of hxl_kit in a file that go the wrong way."""
    room = room_of(name_of(file))
    if room in ("", "__main__"):
        return []
    wrong = []
    for line, name in imports(file):
        other = room_of(name)
        if name.startswith("hxl_kit.") and other in LEVEL and not may_import(room, other):
            wrong.append(f"{file.relative_to(ROOT)}:{line}: {room} may not import {other} ({name})")
    return wrong


def test_every_module_has_a_room():
    rooms = {room_of(name_of(file)) for file in FILES} - {"", "__main__"}
    assert rooms <= set(LEVEL), "put the new room into ORDER"


def test_imports_go_one_way():
    assert [wrong for file in FILES for wrong in misplaced(file)] == []


def test_rule_sees_a_wrong_import(tmp_path):
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from hxl_kit.cli import main\n"
    (tmp_path / "x.py").write_text(source)
    assert (3, "hxl_kit.cli.main") in imports(tmp_path / "x.py")
    assert not may_import("reading", "mapping")
    assert not may_import("standard", "cli")
    assert may_import("cli", "errors")


def test_no_import_cycles():
    known = {name_of(file) for file in FILES}
    graph = {}
    for file in FILES:
        named = at_import_time(tree(file).body)
        targets = {name if name in known else name.rpartition(".")[0] for name in named}
        graph[name_of(file)] = (targets & known) - {name_of(file)}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        pytest.fail(f"import cycle: {' -> '.join(error.args[1])}")
    assert set(order) == known


def test_third_parties_stay_in_their_rooms():
    wrong = []
    for file in FILES:
        place = file.relative_to(PACKAGE).as_posix()
        for line, name in imports(file):
            top = name.partition(".")[0]
            if top in sys.stdlib_module_names or top == "hxl_kit":
                continue
            if not place.startswith(THIRD_PARTIES.get(top, ())):
                wrong.append(f"{place}:{line}: {top}")
    assert wrong == []


def test_third_parties_are_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w.-]", text)[0].lower() for text in project["dependencies"]}
    used = {name.partition(".")[0] for file in FILES for _, name in imports(file)}
    outside = used - sys.stdlib_module_names - {"hxl_kit"}
    distributions = {DISTRIBUTIONS.get(name, name) for name in outside}
    assert {"polars", "typer"} <= distributions
    assert distributions - declared == set()


def test_first_three_rooms_need_no_third_party():
    for room in ("errors", "files", "standard"):
        for file in [*PACKAGE.glob(f"{room}.py"), *PACKAGE.glob(f"{room}/*.py")]:
            outside = {name.partition(".")[0] for _, name in imports(file)} - {"hxl_kit"}
            assert outside <= sys.stdlib_module_names, file


def test_nothing_is_evaluated_or_unpickled():
    wrong = []
    for file in FILES:
        for node in ast.walk(tree(file)):
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            modules = {name.partition(".")[0] for name in imported(node)}
            if called in FORBIDDEN_CALLS or modules & FORBIDDEN_MODULES:
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


def test_no_machine_paths():
    mentioned = (f"{ROOT}/", f"{Path.home()}/", "/home/")
    found = [
        f"{file.relative_to(ROOT)}: {path}"
        for file in FILES
        for path in mentioned
        if path in file.read_text(encoding="utf-8")
    ]
    assert found == []


def test_help_imports_nothing_heavy():
    program = (
        "import sys\n"
        "from hxl_kit.cli import main\n"
        "sys.argv = ['hxl-kit', '--help']\n"
        "try:\n"
        "    main()\n"
        "except SystemExit as end:\n"
        "    print('loaded', end.code, *sorted({m.partition('.')[0] for m in sys.modules}))\n"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    shown, _, loaded = result.stdout.rpartition("loaded ")
    code, *modules = loaded.split()
    assert "normalise" in shown
    assert code == "0"
    assert "hxl_kit" in modules
    assert set(modules) & HEAVY == set()
