"""Effects: each type has one executor, and each that stands in a row has a sentence."""

import pytest

from tickets.actions import executing, notifying
from tickets.messages.topics import Reader, topic_of
from workflow import clock_keeping, effects
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.sentences import EFFECTS

TYPES = set(effects.Effect.__subclasses__())
IN_ROWS = {
    effect for action in (*ACTIONS.values(), *ORDER_ACTIONS.values()) for effect in action.effects()
}
CHANGES_THE_COMPLAINT = set(executing.EXECUTORS)
MOVES_TIME = set(clock_keeping.EXECUTORS)
TELLS = set(notifying.EXECUTORS)


def test_every_type_of_effect_is_executed() -> None:
    assert CHANGES_THE_COMPLAINT | MOVES_TIME | TELLS == TYPES


def test_clocks_read_exactly_what_says_that_it_moves_time() -> None:
    assert {kind for kind in TYPES if kind.moves_time} == MOVES_TIME


def test_nobody_is_told_by_what_changes_the_complaint() -> None:
    """What changes the complaint may move time as well; who is told is an effect of its own."""
    assert not TELLS & (CHANGES_THE_COMPLAINT | MOVES_TIME)


def test_every_type_stands_in_some_row() -> None:
    assert {type(effect) for effect in IN_ROWS} == TYPES


def test_every_effect_of_a_row_is_a_sentence_and_every_sentence_is_of_one() -> None:
    assert {effect.plain for effect in IN_ROWS} == set(EFFECTS)


@pytest.mark.parametrize(
    "topic", sorted({e.topic for e in IN_ROWS if isinstance(e, effects.TellStaff)})
)
def test_every_topic_of_a_row_exists(topic: str) -> None:
    assert topic_of(Reader.PERSON, topic).code == topic
