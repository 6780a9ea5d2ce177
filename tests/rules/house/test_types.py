"""Types where they matter, and a reason wherever one is ignored."""

import ast
import re

from tests.rules.house.test_house import PRODUCT, files, shown, tree


def test_every_ignored_type_says_why() -> None:
    found = [
        f"{shown(path)}:{number}"
        for path in files(*PRODUCT)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "type: ignore" in line and not re.search(r"type: ignore\[[\w, -]+\]\s+# \S", line)
    ]

    assert found == []


NOTHING_ANY = ("workflow", "tickets/actions", "tickets/history", "tickets/clocks")


def test_where_types_matter_nothing_is_any() -> None:
    found = [
        shown(path, node)
        for path in files(*NOTHING_ANY)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Name) and node.id == "Any"
    ]

    assert found == []
