"""What events say is read in its type, from the very keys under which it has always been stored."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from tickets.history.admin_names import AdminEventName
from tickets.history.data import EventData
from tickets.history.problem_events import ProblemDataKey, ProblemEventData, ProblemEventName
from tickets.history.vocabulary import DataKey, EventName
from workflow.values import Json
from workflow.words import Origin, Severity, WithdrawalChannel, WithdrawnBy

ONE, TWO = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "names", [EventName, DataKey, AdminEventName, ProblemEventName, ProblemDataKey]
)
def test_what_is_stored_is_the_name_itself(names: type[EventName]) -> None:
    """A value that was changed would be chained in old databases and read in none."""
    assert [each.name for each in names if each.value != each.name.lower()] == []


@pytest.mark.parametrize(
    ("stored", "read", "value"),
    [
        ({"from_status": "dispatched", "to_status": "in_progress"}, "stayed", False),
        ({"from_status": "resolved", "to_status": "resolved"}, "stayed", True),
        ({"to_status": "returned"}, "to_status", "returned"),
        ({"addresses": 0}, "told_to_nobody", True),
        ({"addresses": 1}, "told_to_nobody", False),
        ({"texts": {"reason": "ab12"}}, "texts", {"reason": "ab12"}),
        ({"responsible": str(ONE)}, "responsible", ONE),
        ({"received_at": NOON.isoformat()}, "received_at", NOON),
        ({"import": {"fingerprint": "f0"}}, "imported_as", "f0"),
        ({"origin": "imported"}, "origin", Origin.IMPORTED),
        ({"severity": "major"}, "severity", Severity.MAJOR),
        ({"units": [str(ONE)], "orders": [str(TWO)]}, "orders", (TWO,)),
        ({"contested": [str(ONE)]}, "contested", {ONE}),
        ({"compensation": 1250}, "compensation", 1250),
        ({"written_notice": str(TWO)}, "written_notice", TWO),
        ({"attempt": str(ONE), "cycle": 2}, "cycle", 2),
        ({"said_by": "family"}, "withdrawn_by", WithdrawnBy.FAMILY),
        ({"channel": "counter"}, "withdrawn_through", WithdrawalChannel.COUNTER),
        ({"to": str(ONE), "named": str(TWO)}, "named", ONE),
        ({"handler": str(ONE)}, "named", ONE),
        ({"named": str(TWO)}, "named", TWO),
        ({"limits": str(ONE), "before": str(TWO)}, "limits_before", TWO),
        ({"before": NOON.isoformat()}, "promised_before", NOON),
        ({"sha256": "c0"}, "sha256", "c0"),
        ({"entry": str(ONE), "removed": "d0"}, "redacted", (str(ONE), "d0")),
    ],
)
def test_stored_data_are_read_in_their_types(
    stored: dict[str, Json], read: str, value: object
) -> None:
    assert getattr(EventData(stored), read) == value


@pytest.mark.parametrize(
    ("event", "stored", "date"),
    [
        ("dispatch", {"promise": LATER.isoformat(), "promised_at": NOON.isoformat()}, LATER),
        ("register", {"promised_at": NOON.isoformat()}, NOON),
        ("override_deadline", {"promised_at": NOON.isoformat()}, NOON),
        ("ask_customer", {"follow_up_at": LATER.isoformat()}, LATER),
        ("note", {"follow_up_at": LATER.isoformat()}, None),
        ("note", {}, None),
    ],
)
def test_the_promise_that_holds_goes_before_the_time_that_was_typed_in(
    event: str, stored: dict[str, Json], date: datetime | None
) -> None:
    assert EventData(stored).date_set_by(event) == date


def test_what_an_event_does_not_speak_of_is_none() -> None:
    silent = EventData({})

    assert (silent.to_status, silent.bound, silent.promised_at) == (None, None, None)
    assert (silent.withdrawn_by, silent.cycle, silent.sha256) == (None, None, None)
    assert (silent.orders, silent.texts, silent.compensation) == ((), {}, 0)
    assert silent.origin is Origin.LIVE
    assert not silent.told_to_nobody, "before ends were told, no event said how many"


def test_a_correction_says_what_stood_there_before() -> None:
    before = EventData({"before": {"severity": "normal", "category": str(ONE)}}).corrected_from

    assert (before.severity, before.category) == (Severity.NORMAL, ONE)


def test_a_code_that_a_later_version_wrote_does_not_stop_the_reading() -> None:
    later = EventData({"said_by": "robot", "outcome": "telepathy", "to_status": "dreaming"})

    assert later.withdrawn_by is None
    assert (later.outcome, later.to_status) == ("telepathy", "dreaming")


def test_changes_of_a_problem_are_told_column_by_column() -> None:
    told = ProblemEventData({"title": ["Old", "New"], "due_at": [None, NOON.isoformat()]})

    assert list(told.changes) == [("title", "Old", "New"), ("due_at", None, NOON.isoformat())]
