"""The tests themselves: each one can fail, and none is hidden by a namesake."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent
# Calls that fail a test by themselves; `see` and `send` of tests/web/reading.py refuse any status but the expected one.
FAILING = {
    "wait_for",
    "expect",
    "see",
    "send",
    "fail",
    "raises",
    "warns",
    "django_assert_num_queries",
    "django_assert_max_num_queries",
}


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every test function, with the words that find it."""
    for path in sorted(ROOT.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(ROOT)}::{node.name}", node


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rsplit(".", 1)[-1]


def can_fail(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it asserts, expects an error, or calls something that asserts on its behalf and says so by its name."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and (
            name_of(node) in FAILING or name_of(node).startswith(("assert_", "expect_"))
        ):
            return True
    return False


def test_every_test_asserts_something():
    assert [where for where, function in functions() if not can_fail(function)] == []


def test_no_test_has_the_name_of_another_in_its_file():
    seen: set[str] = set()
    doubled = {where for where, _function in functions() if where in seen or seen.add(where)}

    assert doubled == set()
