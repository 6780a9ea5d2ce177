"""At resolving it is said whose fault it was and what the customer was granted."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, do, registered
from tickets.models import Answer, Event
from workflow.machine import Refused

Db = scoped_session[Session]


def answer(cast: Cast, **more: Any) -> dict[str, Any]:
    said = {"answer": "Mended.", "outcome": "upheld", "cause": cast.cause, "remedy": "repair"}
    return {**said, **more}


def test_the_answer_says_who_is_liable_and_what_was_granted(
    session: Db, cast: Cast, now: datetime
) -> None:
    """REP-03: causes and compensation are counted from what the answer states."""
    complaint = registered(cast, now=now)
    liable = cast.units["network"]

    said = answer(cast, liable_unit=liable, compensation=12_050)
    do("resolve", complaint, cast.chen, now, **said)

    stored = session.scalars(select(Answer)).one()
    assert (stored.liable_unit_id, stored.compensation_minor) == (liable, 12_050)
    event = session.scalars(select(Event).where(Event.action == "resolve")).one()
    assert event.data["liable_unit"] == str(liable)
    assert event.data["compensation"] == 12_050


def test_neither_need_be_said(session: Db, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)

    do("resolve", complaint, cast.chen, now, **answer(cast))

    stored = session.scalars(select(Answer)).one()
    assert (stored.liable_unit_id, stored.compensation_minor) == (None, None)


@pytest.mark.parametrize(
    ("granted", "code"), [(500_001, "too_much"), (-1, "no_amount"), ("much", "no_amount")]
)
def test_an_amount_beyond_the_policy_is_refused_at_its_field(
    cast: Cast, now: datetime, granted: Any, code: str
) -> None:
    complaint = registered(cast, now=now)

    with pytest.raises(Refused) as refused:
        do("resolve", complaint, cast.chen, now, **answer(cast, compensation=granted))

    assert [(each.code, each.field) for each in refused.value.reasons] == [(code, "compensation")]


def test_the_largest_amount_itself_is_granted(session: Db, cast: Cast, now: datetime) -> None:
    complaint = registered(cast, now=now)

    do("resolve", complaint, cast.chen, now, **answer(cast, compensation=500_000))

    assert session.scalars(select(Answer.compensation_minor)).one() == 500_000
