"""Functions and files stay as long as one holds in mind; what is longer is named and shrinks."""

import ast

from tests.rules.house.longer import FILES, FUNCTIONS
from tests.rules.house.test_house import PRODUCT, files, shown, tree

LONGEST_FUNCTION = 30
LONGEST_FILE = 300


def lengths_of_functions() -> dict[str, int]:
    return {
        f"{shown(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in files(*PRODUCT, "bench", "tools")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None
    }


def lengths_of_files() -> dict[str, int]:
    return {
        shown(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in files(*PRODUCT, "bench", "tools", "tests")
    }


def too_long(measured: dict[str, int], longest: int, excepted: dict[str, int]) -> dict[str, int]:
    """What is longer than it may be, and exceptions that are none any more."""
    grown = {
        name: lines
        for name, lines in measured.items()
        if lines > max(longest, excepted.get(name, 0))
    }
    settled = {name: 0 for name in excepted if measured.get(name, 0) <= longest}
    return grown | settled


def test_no_function_is_longer_than_a_screen() -> None:
    assert too_long(lengths_of_functions(), LONGEST_FUNCTION, FUNCTIONS) == {}


def test_no_file_is_longer_than_its_reader_can_hold() -> None:
    assert too_long(lengths_of_files(), LONGEST_FILE, FILES) == {}


def test_what_grows_or_is_settled_would_be_found() -> None:
    assert too_long({"a": 31, "b": 40, "c": 20}, 30, {"b": 39, "c": 35}) == {
        "a": 31,
        "b": 40,
        "c": 0,
    }
