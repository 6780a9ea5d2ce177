"""The process map as a drawing: steps stand in columns by how far they are, moves bend between.

The numbers are user units of an SVG; the template turns them into shapes with presentation
attributes, which the content security policy allows where inline styles are forbidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from tickets.paths.counting import Move, PathMap, Step
from workflow.words import ENDED, Status

BOX_WIDTH, BOX_HEIGHT = 168, 58
COLUMN, ROW = 268, 104
MARGIN, LANE = 20, 30
THICKEST = 7
SAME_COLUMN = 46
"""How far a move between two steps of one column bends out."""
PLACES: Mapping[str, int] = {
    Status.REGISTERED: 0,
    Status.IN_PROGRESS: 1,
    Status.WAITING_CUSTOMER: 2,
    Status.DISPATCHED: 2,
    Status.RESOLVED: 3,
    **dict.fromkeys(ENDED, 4),
}
OF_DEPARTMENTS = 2


@dataclass(frozen=True)
class Box:
    """One step: its upper left corner."""

    step: Step
    x: float
    y: float


@dataclass(frozen=True)
class Arrow:
    """One move: a curve with its head, and where its number stands."""

    move: Move
    curve: str
    head: str
    x: float
    y: float
    width: float


@dataclass(frozen=True)
class Drawing:
    """`hidden` says how many moves are too rare to be drawn; the table has them all."""

    width: int
    height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    hidden: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def drawing(found: PathMap, rarest: float) -> Drawing:
    """The drawing without the moves that fewer than this share (0…1) of the complaints took."""
    moves = [each for each in found.moves if each.complaints >= rarest * found.complaints]
    named = {key for each in moves for key in (each.start, each.end)}
    steps = [each for each in found.steps if each.key in named] if moves else list(found.steps)
    columns: dict[int, list[Step]] = {}
    for step in steps:
        columns.setdefault(PLACES.get(step.key, OF_DEPARTMENTS), []).append(step)
    tallest = max((len(each) for each in columns.values()), default=0)
    lanes = sum(_skips(each) for each in moves)
    top = MARGIN + LANE * lanes
    boxes = {
        step.key: Box(step, MARGIN + n * COLUMN, top + ROW * (row + (tallest - len(column)) / 2))
        for n, (_place, column) in enumerate(sorted(columns.items()))
        for row, step in enumerate(column)
    }
    arrows = _arrows(moves, boxes, top)
    return Drawing(
        width=2 * MARGIN + COLUMN * max(len(columns) - 1, 0) + BOX_WIDTH + SAME_COLUMN,
        height=top + ROW * tallest,
        boxes=list(boxes.values()),
        arrows=arrows,
        hidden=len(found.moves) - len(moves),
    )


def _place(key: str) -> int:
    return PLACES.get(key, OF_DEPARTMENTS)


def _skips(move: Move) -> bool:
    """Whether the move passes over a column, and so needs a lane above all boxes."""
    return abs(_place(move.end) - _place(move.start)) > 1


def _arrows(moves: Sequence[Move], boxes: Mapping[str, Box], top: float) -> list[Arrow]:
    most = max((each.complaints for each in moves), default=1)
    arrows, lane = [], 0
    for move in sorted(moves, key=lambda each: abs(_place(each.end) - _place(each.start))):
        width = 1 + (THICKEST - 1) * sqrt(move.complaints / most)
        start, end = boxes[move.start], boxes[move.end]
        if _skips(move):
            lane += 1
            arrows.append(_over(move, start, end, top - LANE * lane, width))
        elif start.x == end.x:
            arrows.append(_beside(move, start, end, width))
        else:
            arrows.append(_across(move, start, end, width))
    return arrows


def _across(move: Move, start: Box, end: Box, width: float) -> Arrow:
    """Between neighbouring columns; what goes back runs below what goes on."""
    on = end.x > start.x
    down = BOX_HEIGHT * (0.35 if on else 0.7)
    x1, y1 = start.x + (BOX_WIDTH if on else 0), start.y + down
    x2, y2 = end.x + (0 if on else BOX_WIDTH), end.y + down
    middle = (x1 + x2) / 2
    curve = f"M{x1:.0f},{y1:.0f} C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    # Nearer to the far end, where the curves of a column have come apart.
    spread = end if PLACES.get(end.step.key, OF_DEPARTMENTS) == OF_DEPARTMENTS else start
    share = 0.72 if spread is end else 0.28
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * (0.84 if spread is end else 0.16)
    return Arrow(move, curve, _head(x2, y2, -1 if on else 1), x, y + (-6 if on else 14), width)


def _beside(move: Move, start: Box, end: Box, width: float) -> Arrow:
    """Within one column: out to the right and back."""
    x = start.x + BOX_WIDTH
    y1, y2 = start.y + BOX_HEIGHT * 0.5, end.y + BOX_HEIGHT * 0.55
    out = x + SAME_COLUMN
    curve = f"M{x:.0f},{y1:.0f} C{out:.0f},{y1:.0f} {out:.0f},{y2:.0f} {x:.0f},{y2:.0f}"
    return Arrow(move, curve, _head(x, y2, 1), out - 6, (y1 + y2) / 2, width)


def _over(move: Move, start: Box, end: Box, lane: float, width: float) -> Arrow:
    """Over the columns between: up to a lane of its own, and down again."""
    on = end.x > start.x
    x1 = start.x + BOX_WIDTH * (0.6 if on else 0.4)
    x2 = end.x + BOX_WIDTH * (0.4 if on else 0.6)
    curve = (
        f"M{x1:.0f},{start.y:.0f} C{x1:.0f},{lane:.0f} {x1:.0f},{lane:.0f}"
        f" {(x1 + x2) / 2:.0f},{lane:.0f} S{x2:.0f},{lane:.0f} {x2:.0f},{end.y:.0f}"
    )
    head = f"{x2:.0f},{end.y:.0f} {x2 - 5:.0f},{end.y - 9:.0f} {x2 + 5:.0f},{end.y - 9:.0f}"
    return Arrow(move, curve, head, (x1 + x2) / 2, lane - 5, width)


def _head(x: float, y: float, side: int) -> str:
    back = x + 9 * side
    return f"{x:.0f},{y:.0f} {back:.0f},{y - 5:.0f} {back:.0f},{y + 5:.0f}"
