"""Steps towards closing without the customer's word, as tests take them and are refused them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.cast import Cast, call, do
from tickets.actions.cases import case_of
from tickets.models import Complaint
from tickets.policy import policy_now
from workflow.closing_rules import without_the_customers_word
from workflow.machine import Refused
from workflow.words import CallOutcome

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
OTHER = "13800001111"
"""A number that nobody knows of the customer."""


def missing(complaint: Complaint, cast: Cast, at: datetime) -> set[str]:
    """What closing without the customer's word still asks for, by code."""
    case = case_of(complaint, actor=cast.zheng, now=at, policy=policy_now())
    return {reason.code for reason in without_the_customers_word(case)}


def refusals(name: str, complaint: Complaint, who: Any, moment: datetime, **said: Any) -> set[str]:
    with pytest.raises(Refused) as refused:
        do(name, complaint, who, moment, **said)
    return {reason.code for reason in refused.value.reasons}


def three_calls(complaint: Complaint, now: datetime, **said: Any) -> datetime:
    for at in (now, now + 5 * HOUR, now + DAY):
        call(complaint, CallOutcome.NO_ANSWER, at, **said)
    return now + DAY


def dialled(complaint: Complaint, number: str, at: datetime, who: Any, **said: Any) -> None:
    outcome = said.pop("outcome", CallOutcome.NO_ANSWER)
    inputs = {"outcome": outcome, "channel": "phone", "number": number, "text": "x", **said}
    do("record_callback", complaint, who, at, **inputs)
