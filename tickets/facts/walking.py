"""The path of a complaint as rows to be counted: pure, from the stays that its events tell."""

import hashlib
from collections.abc import Iterator, Sequence
from math import log

from tickets.facts.life import Stay

FINENESS = 1.05
"""Neighbouring marks of the scale lie 5 % apart: a median read off it is less than 3 % off."""


def spell_of(seconds: int) -> int:
    """The mark on the scale: 0 for less than a second, then as many 5 % steps as fit."""
    return 0 if seconds < 1 else 1 + int(log(seconds) / log(FINENESS))


def seconds_of(spell: int) -> float:
    """The middle of what this mark stands for."""
    return 0.0 if spell < 1 else float(FINENESS ** (spell - 0.5))


def variant_of(steps: Sequence[str]) -> str:
    """The name of a sequence of steps: the same for equal ones, in hexadecimal."""
    return hashlib.sha256(" ".join(steps).encode()).hexdigest()[:16]


def path_of(stays: Sequence[Stay]) -> dict[str, object]:
    """The whole path of a complaint that has ended."""
    steps = [each.step for each in stays]
    return {
        "variant": variant_of(steps),
        "loops": len(steps) - len(set(steps)),
        "seconds": sum(_seconds(each) or 0 for each in stays),
    }


def steps_of(stays: Sequence[Stay]) -> Iterator[dict[str, object]]:
    """Each step with the move that left it."""
    been: set[str] = set()
    moved: set[tuple[str, str]] = set()
    for place, stay in enumerate(stays):
        onward = stays[place + 1].step if place + 1 < len(stays) else ""
        seconds = _seconds(stay)
        first, first_move = stay.step not in been, (stay.step, onward) not in moved
        been.add(stay.step)
        moved.add((stay.step, onward))
        yield {
            "place": place,
            "step": stay.step,
            "onward": onward,
            "seconds": seconds,
            "spell": spell_of(seconds) if seconds is not None else None,
            "first": first,
            "first_move": first_move,
            "back": onward in been,
        }


def _seconds(stay: Stay) -> int | None:
    if stay.ends_at is None:
        return None
    return max(round((stay.ends_at - stay.starts_at).total_seconds()), 0)
