"""Rooms: each says what belongs in it, keeps its private names, and is in no circle with others."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.rules.house.test_house import ROOT, files, imports, module_of, tree, within

TICKETS = ROOT / "tickets"
WEB = TICKETS / "web"

GROUND = {"config", "database", "clock", "log", "numbers", "policy", "actors", "visibility", "cli"}
"""The only modules that lie in `tickets/` itself; everything else has a room."""


def rooms(house: Path) -> list[Path]:
    return sorted(path.parent for path in house.glob("*/__init__.py"))


def room_of(module: str) -> str:
    """`tickets.web.shell` for what lies below it, `tickets.clocks`, or the module on the ground."""
    parts = module.split(".")
    return ".".join(parts[: 3 if within(module, ("tickets.web",)) else 2])


def arrows() -> Mapping[str, set[str]]:
    """Which room imports which others."""
    known = {module_of(path) for path in files("tickets")}
    found: dict[str, set[str]] = defaultdict(set)
    for path in files("tickets"):
        here = room_of(module_of(path))
        for imported, _node in imports(path):
            there = room_of(imported) if imported in known else ""
            if there and there not in (here, "tickets", "tickets.web"):
                found[here].add(there)
    # The table of contents of all pages imports every room, as it must.
    found.pop("tickets.web", None)
    return found


def a_circle(between: Mapping[str, set[str]]) -> list[str]:
    """One circle, as the rooms in their order; empty if there is none."""
    try:
        TopologicalSorter(between).prepare()
    except CycleError as circle:
        return list(circle.args[1])
    return []


def test_no_two_rooms_import_each_other_in_a_circle() -> None:
    assert a_circle(arrows()) == []


def test_a_circle_would_be_found() -> None:
    """The same search, with one arrow turned back."""
    assert a_circle({**arrows(), "tickets.models": {"tickets.actions"}})


def test_only_the_ground_lies_outside_of_rooms() -> None:
    lying = {path.stem for path in TICKETS.glob("*.py")} - {"__init__"}
    assert lying == GROUND
    assert {path.stem for path in WEB.glob("*.py")} == {"__init__"}


@pytest.mark.parametrize("room", [*rooms(TICKETS), *rooms(WEB)], ids=lambda room: room.name)
def test_every_room_says_what_belongs_there_and_what_does_not(room: Path) -> None:
    said = ast.get_docstring(tree(room / "__init__.py")) or ""
    lines = [line for line in said.splitlines() if line.strip()]

    assert len(lines) >= 2, f"{room.name}/__init__.py: one line what belongs, one what does not"


def private_imports() -> Iterator[str]:
    for path in files("tickets", "workflow", "tests", "bench", "tools"):
        here = room_of(module_of(path))
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            outside = within(node.module, ("tickets", "workflow")) and room_of(node.module) != here
            for alias in node.names:
                if outside and alias.name.startswith("_"):
                    yield f"{path.relative_to(ROOT)}:{node.lineno} imports {alias.name}"


def test_names_that_begin_with_an_underscore_stay_in_their_room() -> None:
    allowed = {"__version__"}
    assert [each for each in private_imports() if each.rpartition(" ")[2] not in allowed] == []


def test_every_room_of_tests_is_a_room_of_the_house() -> None:
    names = {room.name for room in (*rooms(TICKETS), *rooms(WEB))} | {"house", "raising"}
    lying = {
        path.parent.relative_to(ROOT / "tests").as_posix()
        for kind in ("rules", "services", "pages", "browser")
        for path in (ROOT / "tests" / kind).rglob("test_*.py")
    }

    assert {place for place in lying if place.partition("/")[2] not in names} == set()
