"""A pytest plugin that takes one effect out of the lifecycle before the application is loaded:
`WITHOUT_EFFECT="reopen||RaiseLevel()"` names the event, the status a move leads to ("" for the
action itself), and the effect. tests/effects_killed.json says which test must fail without it.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace

from workflow import lifecycle, order_lifecycle
from workflow.effects import Effect
from workflow.table import Action, Move

Key = tuple[str, str, str]


def shown(effect: Effect) -> str:
    """`Start(callback)`, `TellStaff(supervisor, reopened)`: type and values."""
    values = ", ".join(str(value) for value in vars(effect).values())
    return f"{type(effect).__name__}({values})"


def places(event: str, action: Action) -> Iterator[tuple[Key, int | None, Effect]]:
    """Every effect of a row: its key, the move it belongs to (None for the action), itself."""
    for effect in action.then:
        yield (event, "", shown(effect)), None, effect
    for place, move in enumerate(action.moves):
        for effect in move.then:
            yield (event, str(move.to), shown(effect)), place, effect


def all_places() -> Iterator[Key]:
    for event, action in by_event().items():
        yield from (key for key, _place, _effect in places(event, action))


def by_event() -> Mapping[str, Action]:
    orders = {f"order_{name}": action for name, action in order_lifecycle.ORDER_ACTIONS.items()}
    return {**lifecycle.ACTIONS, **orders}


def without(key: Key, action: Action) -> Action:
    for known, place, effect in places(key[0], action):
        if known != key:
            continue
        if place is None:
            return replace(action, then=tuple(each for each in action.then if each != effect))
        moves = list(action.moves)
        moves[place] = _spared(moves[place], effect)
        return replace(action, moves=tuple(moves))
    raise LookupError(key)


def _spared(move: Move, effect: Effect) -> Move:
    return replace(move, then=tuple(each for each in move.then if each != effect))


def take_out(key: Key) -> None:
    """The tables are one object for everybody who imports them later."""
    event = key[0]
    changed = without(key, by_event()[event])
    if event in lifecycle.ACTIONS:
        lifecycle.ACTIONS[event] = changed
    else:
        order_lifecycle.ORDER_ACTIONS[changed.name] = changed


if os.environ.get("WITHOUT_EFFECT"):
    wanted = os.environ["WITHOUT_EFFECT"].split("|")
    take_out((wanted[0], wanted[1], wanted[2]))
