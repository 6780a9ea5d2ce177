"""When a complaint rises by one level by rule (design §5). Each answers why, or None.

`lifecycle` has the rest: a customer who is not satisfied raises it by the rows' `RaiseLevel`.
"""

from workflow.policy import Policy
from workflow.system_rules import Because, SystemRule
from workflow.words import APPEALS, Channel, Level, Origin


def by_contacts(contacts: int, policy: Policy) -> Because | None:
    """REO-05: the newest of so many complaints of one customer within the policy's window.

    `contacts` counts the complaints that were registered in the window, this one included.
    """
    if contacts < policy.repeat_contacts:
        return None
    values = {"contacts": contacts, "days": policy.repeat_window.days}
    return Because(SystemRule.SEVERAL_COMPLAINTS, values)


def by_appeal(channel: Channel, origin: Origin = Origin.LIVE) -> Because | None:
    """A regulator that asks raises it, at registering and later; what was imported was somebody
    else's to raise."""
    if channel not in APPEALS or origin is not Origin.LIVE:
        return None
    return Because(SystemRule.REGULATOR_ASKS)


def by_returns(returns: int, policy: Policy) -> Because | None:
    """The return with which a supervisor rules from now on; later ones raise it no further.

    `returns` counts every return of every department, this one included.
    """
    return (
        Because(SystemRule.SECOND_RETURN) if returns == policy.returns_before_arbitration else None
    )


def by_merge(duplicate: int, survivor: int) -> tuple[Because, ...]:
    """One reason for each level that the survivor rises: it stands at least as high as what lives
    on in it, so that a merge hides no superior (design §3: merge is no side door)."""
    return (Because(SystemRule.MERGED_IN),) * max(duplicate - survivor, 0)


def by_limit(level: int, raise_to: int, clock: str, percent: int | None) -> Because | None:
    """A rung of the ladder that asks for a level above the present one (ESC-03)."""
    if level >= min(raise_to, max(Level)):
        return None
    return Because(SystemRule.LIMIT_REACHED, {"clock": clock, "percent": percent or ""})
