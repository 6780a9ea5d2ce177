"""Customer tiers: two ladders, and the higher of two holds 就高 (design §8)."""

from workflow.words import Card, GroupTier

LADDER: tuple[GroupTier | Card, ...] = (
    GroupTier.A1,
    GroupTier.A2,
    Card.DIAMOND,
    GroupTier.B1,
    Card.GOLD,
    GroupTier.B2,
    GroupTier.C,
    Card.SILVER,
)
"""Highest first. A grades and the diamond card share their limits (design §5)."""


def higher(group: GroupTier | None, card: Card | None) -> GroupTier | Card | None:
    """The tier that counts for somebody who holds a group grade, a card, both or neither."""
    held = [tier for tier in (group, card) if tier is not None]
    return min(held, key=LADDER.index, default=None)


def rank(tier: GroupTier | Card | None) -> int:
    """0 for the highest tier; a customer without one comes last. Lists sort by it."""
    return LADDER.index(tier) if tier is not None else len(LADDER)
