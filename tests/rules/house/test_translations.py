"""Every sentence a person reads exists in the three languages (UX-06)."""

from enum import Enum

import pytest

from tickets.web.shell.labels import LABELS
from tickets.web.shell.looks import LOOKS
from tools.translations import problems
from workflow import words

CODES = [
    kind
    for kind in vars(words).values()
    if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == words.__name__
]


def test_every_sentence_is_translated_into_the_three_languages() -> None:
    assert list(problems()) == []


@pytest.mark.parametrize("kind", CODES, ids=lambda kind: kind.__name__)
def test_every_code_has_a_label(kind: type[Enum]) -> None:
    labelled = {getattr(code, "value", code) for code in LABELS[kind]}

    assert labelled == {code.value for code in kind}


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: kind.__name__)
def test_every_code_that_is_shown_as_a_mark_has_a_look(kind: type[Enum]) -> None:
    assert set(LOOKS[kind]) == {code.value for code in kind}


@pytest.mark.parametrize("kind", LOOKS, ids=lambda kind: kind.__name__)
def test_no_two_codes_of_a_kind_differ_by_colour_alone(kind: type[Enum]) -> None:
    """Shape tells what colour tells; tiers are the exception: their letters are their word."""
    shapes = [look.icon for look in LOOKS[kind].values()]

    assert kind is words.GroupTier or len(set(shapes)) == len(shapes)
