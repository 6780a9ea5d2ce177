"""The callback: when the customer may be rung, what an attempt proves, who is unreachable.

Pure functions over attempts; all instants are aware, all local reckoning is in the policy's
zone. Source: design §3, "A callback attempt's outcomes" and "Unreachable rule".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from workflow.policy import Policy
from workflow.reasons import Reason
from workflow.words import N_, CallOutcome

CLOSING = frozenset({CallOutcome.ACCEPTED, CallOutcome.UNDERSTOOD})
"""The customer takes the answer: the complaint may close."""

REOPENING = frozenset({CallOutcome.NOT_SOLVED, CallOutcome.DISSATISFIED})
"""The customer does not: back to work, one level up, in a new cycle."""

REACHED = CLOSING | REOPENING
"""The customer was spoken to and said what they think."""

FRUITLESS = frozenset(CallOutcome) - REACHED - {CallOutcome.CALL_LATER}
"""An honest try that led nowhere; these count towards the unreachable rule."""


def may_call(caller: object, writer: object, policy: Policy) -> bool:
    """CLO-09: a policy may forbid the call to whoever wrote the answer. Both are identities."""
    return policy.writer_may_call_back or caller != writer


@dataclass(frozen=True)
class Attempt:
    """One call: when (aware), with what outcome, to which number.

    `known` says whether the number was known of this customer (None: no number was dialled, or it
    was recorded before this was looked at); `entered_at` when it was typed in (None: likewise);
    `confirmed` that somebody else lets it count all the same.
    """

    at: datetime
    outcome: CallOutcome
    number: str = ""
    known: bool | None = None
    entered_at: datetime | None = None
    confirmed: bool = False


@dataclass(frozen=True)
class WrittenNotice:
    """One written notice: since when it has really been on its way, and whether it came to
    nothing (failed, or came back)."""

    left_at: datetime | None
    failed: bool = False


def entered_late(attempt: Attempt, policy: Policy) -> bool:
    """Whether it was typed in longer after the call than an attempt may be to count by itself."""
    if attempt.entered_at is None:
        return False
    return attempt.entered_at - attempt.at > policy.callback.entry_limit


def needs_confirming(attempt: Attempt, policy: Policy) -> bool:
    """Whether it counts only once somebody else says so: late, or to an unknown number."""
    return attempt.known is False or entered_late(attempt, policy)


def trusted(attempt: Attempt, policy: Policy) -> bool:
    return attempt.confirmed or not needs_confirming(attempt, policy)


def quiet(at: datetime, policy: Policy) -> bool:
    """Whether nobody may ring a customer at this instant."""
    return _in_span(
        _local(at, policy).time(), policy.callback.quiet_from, policy.callback.quiet_until
    )


def day_part(at: datetime, policy: Policy) -> str | None:
    """The name of the part of the local day, or None outside all of them."""
    local = _local(at, policy).time()
    return next((p.name for p in policy.callback.parts if p.starts <= local < p.ends), None)


def counted(attempts: Iterable[Attempt], policy: Policy) -> list[Attempt]:
    """The attempts that count: fruitless, trusted, outside quiet hours, each a gap after the one
    before."""
    kept: list[Attempt] = []
    for attempt in sorted(attempts, key=lambda each: each.at):
        if not _may_count(attempt, policy):
            continue
        if kept and attempt.at - kept[-1].at < policy.callback.gap:
            continue
        kept.append(attempt)
    return kept


def _may_count(attempt: Attempt, policy: Policy) -> bool:
    fruitless = attempt.outcome in FRUITLESS and not quiet(attempt.at, policy)
    return fruitless and trusted(attempt, policy)


def untried(attempts: Iterable[Attempt], numbers: Sequence[str], policy: Policy) -> list[str]:
    """Those of the customer's numbers that no attempt that may count went to."""
    tried = {each.number for each in attempts if _may_count(each, policy)}
    return [number for number in numbers if number not in tried]


def missing_attempts(
    attempts: Sequence[Attempt], policy: Policy, numbers: Sequence[str] = ()
) -> list[Reason]:
    """What the unreachable rule still asks of the attempts; empty when it is satisfied.

    `numbers` are those that must each have been tried (decision P7).
    """
    kept = counted(attempts, policy)
    left = untried(attempts, numbers, policy)
    days = {_local(each.at, policy).date() for each in kept}
    parts = {day_part(each.at, policy) for each in kept} - {None}
    rule = policy.callback
    checks = (
        (
            len(kept) >= rule.attempts,
            Reason(
                "attempts",
                N_("%(needed)s attempts are needed; %(counted)s count so far."),
                {"needed": rule.attempts, "counted": len(kept)},
            ),
        ),
        (
            len(days) >= rule.days,
            Reason(
                "attempt_days",
                N_("Attempts are needed on %(needed)s different days; so far %(counted)s."),
                {"needed": rule.days, "counted": len(days)},
            ),
        ),
        (
            len(parts) >= rule.day_parts,
            Reason(
                "attempt_day_parts",
                N_("Attempts are needed in %(needed)s parts of the day; so far %(counted)s."),
                {"needed": rule.day_parts, "counted": len(parts)},
            ),
        ),
        (
            not left,
            Reason(
                "numbers_untried",
                N_("Known numbers that were not tried yet: %(numbers)s."),
                {"numbers": ", ".join(left)},
            ),
        ),
    )
    return [reason for holds, reason in checks if not holds]


def missing_notice(
    attempts: Iterable[Attempt],
    notices: Sequence[WrittenNotice],
    now: datetime,
    policy: Policy,
) -> list[Reason]:
    """What is missing of the written notice: sent after the last needed attempt, really on its
    way, and waited for."""
    needed = counted(attempts, policy)[: policy.callback.attempts]
    alive = [each for each in notices if not each.failed]
    left = [each.left_at for each in alive if each.left_at is not None]
    valid = [at for at in left if not needed or at >= needed[-1].at]
    if not valid:
        return [_no_notice(notices, alive, left)]
    waits_until = min(valid) + policy.callback.wait_after_notice
    if now >= waits_until:
        return []
    return [
        Reason(
            "notice_wait",
            N_("The customer has until %(until)s to react to the written notice."),
            {"until": waits_until},
        )
    ]


def _no_notice(
    notices: Sequence[WrittenNotice], alive: Sequence[WrittenNotice], left: Sequence[datetime]
) -> Reason:
    """Which notice is missing: any, one that left, or one that did not come to nothing."""
    if len(alive) > len(left):
        sentence = N_("The written notice is not on its way yet; it counts from when it leaves.")
        return Reason("notice_waits", sentence)
    if notices and not alive:
        sentence = N_("The written notice did not reach anybody; send another one.")
        return Reason("notice", sentence)
    sentence = N_("A written notice must be sent to the customer after the attempts.")
    return Reason("notice", sentence)


def next_attempt(attempts: Sequence[Attempt], now: datetime, policy: Policy) -> datetime:
    """The earliest instant at which another try makes sense: after the gap, never in quiet hours,
    in a new part of the day while one is still missing, and on a new day when the tries that are
    left must bring one."""
    kept = counted(attempts, policy)
    earliest = after_quiet(max(now, kept[-1].at + policy.callback.gap) if kept else now, policy)
    if not kept:
        return earliest
    fitting = [
        each for each in _starts(earliest, policy) if _brings_what_is_missing(each, kept, policy)
    ]
    return min(fitting, default=earliest)


def after_quiet(at: datetime, policy: Policy) -> datetime:
    """`at` itself, or the end of the quiet hours it falls into."""
    if not quiet(at, policy):
        return at
    local = _local(at, policy)
    morning = datetime.combine(local.date(), policy.callback.quiet_until, tzinfo=policy.zone)
    return morning if morning > at else morning + timedelta(days=1)


def _starts(earliest: datetime, policy: Policy) -> list[datetime]:
    """That instant, and every beginning of a part of the day in the two days after it."""
    day = _local(earliest, policy).date()
    begins = [
        datetime.combine(day + timedelta(days=ahead), part.starts, tzinfo=policy.zone)
        for ahead in range(3)
        for part in policy.callback.parts
    ]
    later = [each for each in begins if each > earliest and not quiet(each, policy)]
    return [earliest, *later]


def _brings_what_is_missing(at: datetime, kept: Sequence[Attempt], policy: Policy) -> bool:
    rule = policy.callback
    days = {_local(each.at, policy).date() for each in kept}
    parts = {day_part(each.at, policy) for each in kept}
    needs_part = len(parts - {None}) < rule.day_parts
    needs_day = rule.days - len(days) >= max(rule.attempts - len(kept), 1)
    new_part = day_part(at, policy) not in {*parts, None}
    new_day = _local(at, policy).date() not in days
    return (new_part or not needs_part) and (new_day or not needs_day)


def _local(at: datetime, policy: Policy) -> datetime:
    return at.astimezone(policy.zone)


def _in_span(moment: time, starts: time, ends: time) -> bool:
    if starts <= ends:
        return starts <= moment < ends
    return moment >= starts or moment < ends
