"""A lifecycle as a drawing: statuses are columns, every action that moves is a line across them.

Nothing can overlap in this shape, however many actions there are. The numbers are user units of
an SVG; the template turns them into shapes with presentation attributes, which the content
security policy allows where inline styles are forbidden.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tickets.documents.lifecycle import Language, Tables
from workflow.table import Action

NAMES_WIDTH = 210
COLUMN = 108
HEAD_HEIGHT = 52
ROW = 30
LINE_HEIGHT = 15
LONGEST_LINE = 13
HEAD_LENGTH, HEAD_HALF, GAP = 9, 5, 8
"""Of an arrow's head, and how far its tip stays from the middle of the column."""


@dataclass(frozen=True)
class Words:
    """One line of text and where its middle stands."""

    y: int
    text: str


@dataclass(frozen=True)
class StatusColumn:
    """One status: `x` is its middle; `is_open` tells work from what has ended."""

    x: int
    left: int
    lines: tuple[Words, ...]
    is_open: bool


@dataclass(frozen=True)
class DrawnLine:
    """One action: from the hollow marks to the filled ones."""

    y: int
    label: str
    starts: int
    ends: int
    sources: tuple[int, ...]
    targets: tuple[int, ...]
    heads: tuple[str, ...]


@dataclass(frozen=True)
class LifecycleDrawing:
    """`title` says in words what the drawing shows, for those who cannot see it."""

    title: str
    width: int
    height: int
    columns: tuple[StatusColumn, ...]
    lines: tuple[DrawnLine, ...]
    column_width: int = COLUMN - 10
    head_height: int = HEAD_HEIGHT - 8


def drawing(tables: Tables, language: Language) -> LifecycleDrawing:
    """The drawing of one lifecycle in this language."""
    places = {status: _middle(n) for n, status in enumerate(tables.statuses)}
    moving = [action for action in tables.actions.values() if action.targets()]
    return LifecycleDrawing(
        title=language.say(tables.title),
        width=NAMES_WIDTH + COLUMN * len(places),
        height=HEAD_HEIGHT + ROW * len(moving) + ROW // 2,
        columns=tuple(
            StatusColumn(
                x,
                x - (COLUMN - 10) // 2,
                tuple(_wrapped(language.call(status))),
                status in tables.open,
            )
            for status, x in places.items()
        ),
        lines=tuple(
            _line(n, action, {str(status): x for status, x in places.items()}, language)
            for n, action in enumerate(moving)
        ),
    )


def _middle(column: int) -> int:
    return NAMES_WIDTH + COLUMN * column + COLUMN // 2


def _wrapped(label: str) -> Iterator[Words]:
    """The label in lines that fit a column, centred in its head."""
    lines = [""]
    for word in label.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= LONGEST_LINE or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    top = (HEAD_HEIGHT - 8 - LINE_HEIGHT * (len(lines) - 1)) // 2 + 4
    for n, text in enumerate(lines):
        yield Words(top + n * LINE_HEIGHT, text)


def _line(row: int, action: Action, places: dict[str, int], language: Language) -> DrawnLine:
    y = HEAD_HEIGHT + ROW * row + ROW // 2
    sources = tuple(sorted(places[str(status)] for status in action.when))
    targets = tuple(dict.fromkeys(places[str(status)] for status in action.targets()))
    starts = min((*sources, *targets)) if sources else min(targets) - COLUMN // 3
    return DrawnLine(
        y=y,
        label=language.say(action.label),
        starts=starts,
        ends=max((*sources, *targets)),
        sources=sources,
        targets=targets,
        heads=tuple(_heads(y, sources or (starts,), targets)),
    )


def _heads(y: int, sources: tuple[int, ...], targets: tuple[int, ...]) -> Iterator[str]:
    """One arrow's head for each target, from the side the sources are on."""
    for target in targets:
        others = [source for source in sources if source != target]
        if any(source < target for source in others):
            yield _head(target - GAP, y, -HEAD_LENGTH)
        if any(source > target for source in others):
            yield _head(target + GAP, y, HEAD_LENGTH)


def _head(tip: int, y: int, back: int) -> str:
    return f"{tip},{y} {tip + back},{y - HEAD_HALF} {tip + back},{y + HEAD_HALF}"
