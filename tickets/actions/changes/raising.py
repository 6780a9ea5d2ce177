"""Raising a complaint by rule, as what follows from another action (design §5)."""

from tickets.actions.changes.act import Act, FollowUp
from tickets.actors import System
from workflow.words import OPEN, Level


def raise_by_rule(act: Act, rule: System) -> None:
    """One level up after this action, unless it is at the top (design §5)."""
    if act.complaint.level < max(Level) and act.complaint.status in OPEN:
        reason = {"reason": rule.rule}
        act.follow_ups.append(FollowUp("raise_level", act.complaint, rule, reason))
