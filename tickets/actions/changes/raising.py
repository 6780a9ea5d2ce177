"""Raising a complaint by rule, as what follows from another action (design §5)."""

from tickets.actions.changes.act import Act, FollowUp
from tickets.actors import System
from tickets.models import Complaint
from workflow.system_rules import Because
from workflow.words import OPEN, Level


def raised(complaint: Complaint, because: Because) -> FollowUp:
    """One level up, by this rule and for this reason."""
    return FollowUp("raise_level", complaint, System(because.rule), {"reason": because})


def raise_by_rule(act: Act, because: Because | None) -> None:
    """One level up after this action, if a rule says so and it is not at the top (design §5)."""
    complaint = act.complaint
    if because is not None and complaint.level < max(Level) and complaint.status in OPEN:
        act.follow_ups.append(raised(complaint, because))
