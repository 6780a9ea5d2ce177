"""Documents that are made from the code say what the code says."""

import re
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from tickets.commands import closing, lifecycle, reports
from tickets.documents.lifecycle import COMPLAINT, WORK_ORDER, Tables
from workflow.endings import WAYS
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.sentences import CONDITIONS, RULES
from workflow.words import ENDED

EVERY_ACTION = [*ACTIONS.values(), *ORDER_ACTIONS.values()]


@pytest.fixture(scope="module")
def application() -> Flask:
    return create_app({"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests"})


@pytest.fixture(scope="module")
def document(application: Flask) -> str:
    with application.app_context():
        return lifecycle.document()


def test_the_lifecycle_document_is_current(document: str) -> None:
    assert lifecycle.is_current(lifecycle.DOCUMENT, document), "run: make docs"


def test_a_stale_lifecycle_document_is_noticed(
    application: Flask, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    stale = tmp_path_factory.mktemp("docs") / "lifecycle.md"
    monkeypatch.setattr(lifecycle, "DOCUMENT", stale)
    runner = application.test_cli_runner()

    assert runner.invoke(args=["lifecycle", "--check"]).exit_code == 1
    assert runner.invoke(args=["lifecycle"]).exit_code == 0
    assert runner.invoke(args=["lifecycle", "--check"]).exit_code == 0


def test_the_document_of_endings_is_current(application: Flask) -> None:
    with application.app_context():
        text = closing.document()

    assert lifecycle.is_current(closing.DOCUMENT, text), "run: make docs"


def test_every_way_to_end_is_in_the_table() -> None:
    """A new action that ends a complaint needs its second pair of eyes first."""
    ends = {
        (action.name, move.to)
        for action in ACTIONS.values()
        for move in action.moves
        if move.to in ENDED and action.name not in ("unmerge", "undo_closing")
    }

    assert {(way.action, way.to) for way in WAYS} == ends


def test_every_attack_of_the_table_is_a_test() -> None:
    tests = Path(__file__).parents[2]
    for way in WAYS:
        assert way.attacks
        for attack in way.attacks:
            file, name = attack.split("::")
            assert f"def {name}(" in (tests / file).read_text(), attack


def test_the_document_of_reports_is_current(
    application: Flask, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REP-03: the definitions that the pages show are those that the document names."""
    runner = application.test_cli_runner()
    assert runner.invoke(args=["reports", "--check"]).exit_code == 0, "run: make docs"

    monkeypatch.setattr(reports, "DOCUMENT", tmp_path_factory.mktemp("docs") / "reports.md")
    assert runner.invoke(args=["reports", "--check"]).exit_code == 1
    assert runner.invoke(args=["reports"]).exit_code == 0
    assert runner.invoke(args=["reports", "--check"]).exit_code == 0


def test_every_rule_and_every_condition_is_a_sentence() -> None:
    rules = {rule for action in EVERY_ACTION for rule in action.holds}
    conditions = {move.when for action in EVERY_ACTION for move in action.moves if move.when}

    assert set(RULES) == rules
    assert set(CONDITIONS) == conditions


@pytest.mark.parametrize("tables", [COMPLAINT, WORK_ORDER], ids=lambda tables: tables.title)
def test_the_diagrams_lead_wherever_an_action_leads(tables: Tables, document: str) -> None:
    drawn = set(re.findall(r"(\w+) --> (\w+):", document))

    for action in tables.actions.values():
        for source in action.when:
            for target in action.targets():
                sources = {str(source), "open" if source in tables.open else ""}
                targets = {str(target), "open" if target in tables.open else ""}
                assert any((one, other) in drawn for one in sources for other in targets), (
                    f"{action.name}: {source} to {target}"
                )
