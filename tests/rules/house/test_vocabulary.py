"""Events are called and read by the vocabulary of `tickets/history`, and by nothing else."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.rules.house.test_house import ROOT, files, shown, tree
from tickets.actors import System
from tickets.history import append
from tickets.history.admin_names import AdminEventName
from tickets.history.vocabulary import (
    DataKey,
    EventName,
    action_of,
    is_of_order,
    order_event,
)
from tickets.models import Complaint
from tickets.web.admin.history import ACTIONS as ACTIONS_OF_ADMINISTRATION
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.words import Status

LEFT_BESIDE = {"merged_in", "merge_undone", "contact_passed_on", "adopt_limits"}
"""Events that are no action on the complaint whose history they stand in."""
HISTORY = ROOT / "tickets" / "history"


def test_every_name_is_of_an_action_or_of_what_one_leaves_beside() -> None:
    of_orders = {order_event(name) for name in ORDER_ACTIONS}
    assert {*ACTIONS, *of_orders, *LEFT_BESIDE} >= {name.value for name in EventName}


@pytest.mark.parametrize("name", EventName)
def test_an_event_knows_the_row_that_made_it(name: EventName) -> None:
    action = action_of(name)

    if name in LEFT_BESIDE:
        assert action is None
    elif is_of_order(name):
        assert action is ORDER_ACTIONS[name.removeprefix("order_")]
    else:
        assert action is ACTIONS[name]


def test_an_action_that_begins_like_an_order_is_still_the_complaints_own() -> None:
    action = action_of(EventName.ORDER_REOPENED)

    assert action is not None
    assert Status.DISPATCHED in action.targets()
    assert not is_of_order(EventName.ORDER_REOPENED)


def test_a_name_that_no_version_knows_is_not_appended() -> None:
    with pytest.raises(ValueError, match="renamed"):
        append(
            Complaint(), "renamed", "note", actor=System("a rule"), now=datetime.now(UTC), data={}
        )


def test_every_change_of_administration_has_words() -> None:
    assert set(ACTIONS_OF_ADMINISTRATION) == set(AdminEventName)


def test_every_key_is_asked_for_or_written() -> None:
    asked = {
        ask.name for table in (ACTIONS, ORDER_ACTIONS) for a in table.values() for ask in a.asks
    }
    product = "\n".join(
        path.read_text(encoding="utf-8")
        for path in files("tickets")
        if path.name not in ("vocabulary.py", "data.py")
    )
    written = set(re.findall(r"DataKey\.([A-Z0-9_]+)", product))

    assert [key for key in DataKey if key not in asked and key.name not in written] == []


def bare_names(source: ast.AST) -> Iterator[ast.AST]:
    """Where `.action` is compared with a bare string, or data are read by one."""
    for node in ast.walk(source):
        if isinstance(node, ast.Compare) and any(map(_is_action, [node.left, *node.comparators])):
            if any(map(_is_bare, [node.left, *node.comparators])):
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            asked = node.func
            of_action = _is_action(asked.value) and asked.attr in ("in_", "startswith", "like")
            of_data = _is_data(asked.value, source) and asked.attr == "get"
            if (of_action or of_data) and any(map(_is_bare, node.args)):
                yield node
        elif (
            isinstance(node, ast.Subscript)
            and _is_bare(node.slice)
            and _is_data(node.value, source)
        ):
            yield node


def _is_action(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "action"


def _is_data(node: ast.AST, source: ast.AST) -> bool:
    """`….data`, or a name that was given to it in the same file."""
    if isinstance(node, ast.Name):
        given = (each for each in ast.walk(source) if isinstance(each, ast.Assign))
        return any(
            isinstance(each.value, ast.Attribute)
            and each.value.attr == "data"
            and any(isinstance(to, ast.Name) and to.id == node.id for to in each.targets)
            for each in given
        )
    return isinstance(node, ast.Attribute) and node.attr == "data"


def _is_bare(node: ast.AST) -> bool:
    if isinstance(node, ast.Tuple | ast.Set | ast.List):
        return any(map(_is_bare, node.elts))
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_nobody_else_spells_an_event_or_reads_its_data_by_a_bare_key() -> None:
    found = [
        shown(path, node)
        for path in files("tickets")
        if HISTORY not in path.parents
        for node in bare_names(tree(path))
    ]

    assert found == [], "say it with EventName and DataKey; read it with tickets.history.data"


@pytest.mark.parametrize(
    "code",
    [
        'event.action == "resolve"',
        '"resolve" != event.action',
        'event.action in {"resolve", "start"}',
        'Event.action.in_(("register", "correct"))',
        'event.action.startswith("order_")',
        'event.data["level"]',
        'event.data.get("level")',
        'said = event.data\nsaid.get("level")',
        'event.data.get(f"{end}_status")',
    ],
)
def test_a_bare_name_would_be_found(code: str) -> None:
    assert len(list(bare_names(ast.parse(code)))) == 1


@pytest.mark.parametrize(
    "code", ["event.action == EventName.RESOLVE", "event.data[DataKey.LEVEL]", 'form.get("data")']
)
def test_the_vocabulary_itself_is_no_bare_name(code: str) -> None:
    assert list(bare_names(ast.parse(code))) == []
