"""The process map as a drawing: steps stand in columns by how far they are, moves bend between.

The numbers are user units of an SVG; the template turns them into shapes with presentation
attributes, which the content security policy allows where inline styles are forbidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from tickets.paths.counting import Move, PathMap, Step
from workflow.words import ENDED, Status

BOX_WIDTH, BOX_HEIGHT = 140, 58
COLUMNS = (0, 185, 445, 665, 850)
"""Where columns begin; most moves run between the second and the third."""
ROW = 96
MARGIN, LANE = 8, 30
THICKEST = 7
SAME_COLUMN = 50
"""How far a move between two steps of one column bends out."""
PLACES: Mapping[str, int] = {
    Status.REGISTERED: 0,
    Status.WAITING_CUSTOMER: 1,
    Status.DISPATCHED: 1,
    Status.IN_PROGRESS: 2,
    Status.RESOLVED: 3,
    **dict.fromkeys(ENDED, 4),
}
OF_DEPARTMENTS = 1


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

    @property
    def leads_back(self) -> bool:
        """Whether it mostly led to where complaints had been before."""
        return 2 * self.move.back > self.move.times


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
        columns.setdefault(_place(step.key), []).append(step)
    tallest = max((len(each) for each in columns.values()), default=0)
    lanes = sum(_skips(each) for each in moves)
    top = MARGIN + LANE * (lanes + 1)
    boxes: dict[str, Box] = {}
    for place, column in columns.items():
        first = top + ROW * (tallest - len(column)) / 2
        for row, step in enumerate(column):
            boxes[step.key] = Box(step, MARGIN + COLUMNS[place], first + ROW * row)
    arrows = _arrows(moves, boxes, top)
    return Drawing(
        width=2 * MARGIN + COLUMNS[-1] + BOX_WIDTH,
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
    # Near the box of the fuller column, where the curves have come apart.
    at_end = _place(move.end) == OF_DEPARTMENTS or _place(move.start) != OF_DEPARTMENTS
    share, height = (0.58, 0.84) if at_end else (0.42, 0.16)
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * height
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
