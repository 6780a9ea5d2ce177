"""One name for one thing: no class is called like another one of the application."""

import ast
from collections import defaultdict

from tests.rules.house.test_house import files, shown, tree


def test_no_two_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for path in files("tickets", "workflow"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(shown(path, node))

    assert {name: found for name, found in places.items() if len(found) > 1} == {}
