"""The house rules that a reader relies on, checked on the syntax tree: no module is run for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ["core", "accounts", "fairs", "exhibitors", "scheduling", "worker", "web", "operations", "config"]
# Rows that one person may see and another may not: read by `visible_to` and its like, never as a whole.
PRIVATE = {
    "ApiToken",
    "Application",
    "Change",
    "CompanyInvite",
    "CompanyMember",
    "FeedToken",
    "Invitation",
    "Membership",
    "MembershipInvite",
    "Message",
    "Placement",
    "Review",
    "Session",
}
LONGEST_FUNCTION = 50  # lines
LONGEST_MODULE = 400  # lines


def modules(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


def is_door(path: Path) -> bool:
    """Whether people or programs come in here."""
    return path.parts[len(ROOT.parts)] == "web" or {"api", "serializers"} & {path.stem, path.parent.name} != set()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_no_door_begins_with_all_rows_of_what_is_private():
    begun = []
    for path in filter(is_door, modules(*ROOMS)):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("all", "get"):
                owner, _dot, manager = ast.unparse(node.func.value).rpartition(".")
                if manager == "objects" and owner in PRIVATE:
                    begun.append(f"{place(path, node.lineno)} {owner}")

    assert begun == []


def test_every_private_kind_is_one_that_the_models_have():
    classes = {
        node.name
        for path in modules(*ROOMS)
        if "models" in (path.stem, path.parent.name)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef)
    }

    assert PRIVATE - classes == set()


@pytest.mark.parametrize("room", ["core", "accounts", "fairs", "exhibitors", "scheduling", "worker"])
def test_every_public_function_says_what_it_gives(room: str):
    silent = [
        f"{place(path, node.lineno)} {node.name}"
        for path in modules(room)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]

    assert silent == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_is_longer_than_a_page(room: str):
    long = [
        f"{place(path, node.lineno)} {node.name}: {node.end_lineno - node.lineno + 1}"
        for path in modules(room)
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_is_too_long_to_read(room: str):
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules(room)}

    assert [f"{place(path, 1)}: {length}" for path, length in lengths.items() if length > LONGEST_MODULE] == []


def test_no_module_needs_itself():
    """No cycle of imports, those inside functions counted in; only for types does not count, for it never runs."""
    names = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in modules(*ROOMS)
    }
    needs = {name: imported(path, set(names)) - {name} for name, path in names.items()}

    left = dict(needs)
    while free := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in free:
            del left[name]

    assert sorted(left) == []


def imported(path: Path, known: set[str]) -> set[str]:
    """The modules of ours that one imports by name."""
    found = set()
    for node in runtime(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & known or {node.module}
    return found & known


def runtime(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only a type checker reads."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from runtime(node)
