"""The process map as a drawing: steps stand in columns by how far they are, moves bend between.

The numbers are user units of an SVG; the template turns them into shapes with presentation
attributes, which the content security policy allows where inline styles are forbidden.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from tickets.paths.counting import PathMap, PathMove, PathStep
from workflow.words import ENDED, Status

BOX_WIDTH, BOX_HEIGHT = 124, 60
COLUMNS = (0, 172, 440, 674, 856)
"""Where columns begin; most moves run between the second and the third."""
PORT = 17
"""Room that a line and its number need at a box's side; a box with many lines is a tall one."""
GAP = 34
MARGIN, LANE = 8, 30
THICKEST = 7
SAME_COLUMN = 50
"""How far a move between two steps of one column bends out."""
SPOTS = (0.5, 0.42, 0.58, 0.34, 0.66)
SPOTS_AT_END = (0.64, 0.58, 0.52, 0.46, 0.4)
"""Where on its line a number may stand, the best place first."""
LETTER, LINE = 7, 14
"""The size of a label's letters, roughly; labels keep that much away from each other."""
PLACES: Mapping[str, int] = {
    Status.REGISTERED: 0,
    Status.WAITING_CUSTOMER: 1,
    Status.DISPATCHED: 1,
    Status.IN_PROGRESS: 2,
    Status.RESOLVED: 3,
    **dict.fromkeys(ENDED, 4),
}
OF_DEPARTMENTS = 1
Side = tuple[str, bool]
"""A step's box, and whether its right side."""
Port = tuple[str, str, str]
"""One end of the move between two steps: at the box of which of them."""


@dataclass(frozen=True)
class Box:
    """One step: its upper left corner."""

    step: PathStep
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Arrow:
    """One move: a curve with its head, and where its number stands."""

    move: PathMove
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
class MapDrawing:
    """`hidden` says how many moves are too rare to be drawn; the table has them all."""

    width: int
    height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]
    hidden: int
    box_width: int = BOX_WIDTH


@dataclass(frozen=True)
class MoveEnd:
    """Where a move leaves or reaches a box: at its left or right side."""

    move: PathMove
    key: str
    other: str
    right: bool


def drawing(found: PathMap, rarest: float) -> MapDrawing:
    """The drawing without the moves that fewer than this share (0…1) of the complaints took."""
    moves = [each for each in found.moves if each.complaints >= rarest * found.complaints]
    named = {key for each in moves for key in (each.start, each.end)}
    steps = [each for each in found.steps if each.key in named] if moves else list(found.steps)
    top = MARGIN + LANE * (1 + sum(_skips(each) for each in moves))
    sides = _sides(moves)
    boxes = _boxes(steps, sides, top)
    return MapDrawing(
        width=2 * MARGIN + COLUMNS[-1] + BOX_WIDTH,
        height=round(max((each.y + each.height for each in boxes.values()), default=top) + MARGIN),
        boxes=list(boxes.values()),
        arrows=_arrows(moves, boxes, _ports(sides, boxes), top),
        hidden=len(found.moves) - len(moves),
    )


def _place(key: str) -> int:
    return PLACES.get(key, OF_DEPARTMENTS)


def _skips(move: PathMove) -> bool:
    """Whether the move passes over a column, and so needs a lane above all boxes."""
    return abs(_place(move.end) - _place(move.start)) > 1


def _ends(move: PathMove) -> tuple[MoveEnd, MoveEnd]:
    start, end = _place(move.start), _place(move.end)
    return (
        MoveEnd(move, move.start, move.end, right=end >= start),
        MoveEnd(move, move.end, move.start, right=start >= end),
    )


def _sides(moves: Sequence[PathMove]) -> dict[Side, list[MoveEnd]]:
    """The ends at each side of each box."""
    found: dict[Side, list[MoveEnd]] = {}
    for move in moves:
        if not _skips(move):
            for end in _ends(move):
                found.setdefault((end.key, end.right), []).append(end)
    return found


def _boxes(
    steps: Sequence[PathStep], sides: Mapping[Side, Sequence[MoveEnd]], top: float
) -> dict[str, Box]:
    columns: dict[int, list[tuple[PathStep, float]]] = {}
    for step in steps:
        lines = max(len(sides.get((step.key, side), ())) for side in (False, True))
        height = float(max(BOX_HEIGHT, PORT * (lines + 1)))
        columns.setdefault(_place(step.key), []).append((step, height))
    heights = {
        place: sum(height for _step, height in column) + GAP * (len(column) - 1)
        for place, column in columns.items()
    }
    boxes = {}
    for place, column in columns.items():
        y = top + (max(heights.values()) - heights[place]) / 2
        for step, height in column:
            boxes[step.key] = Box(step, MARGIN + COLUMNS[place], y, height)
            y += height + GAP
    return boxes


def _ports(sides: Mapping[Side, Sequence[MoveEnd]], boxes: Mapping[str, Box]) -> dict[Port, float]:
    """How high each end stands: spread over the side, in the order of where the lines lead, so
    that lines between the same columns do not cross at the box."""
    found = {}
    for (key, _side), ends in sides.items():
        box = boxes[key]
        ordered = sorted(
            ends, key=lambda end: (boxes[end.other].y, _place(end.move.start), end.move.start)
        )
        for place, end in enumerate(ordered, start=1):
            height = box.height * place / (len(ordered) + 1)
            found[end.move.start, end.move.end, key] = box.y + height
    return found


def _arrows(
    moves: Sequence[PathMove],
    boxes: Mapping[str, Box],
    ports: Mapping[Port, float],
    top: float,
) -> list[Arrow]:
    most = max((each.complaints for each in moves), default=1)
    labels = Labels()
    arrows, lane = [], 0
    for move in sorted(moves, key=lambda each: abs(_place(each.end) - _place(each.start))):
        width = 1 + (THICKEST - 1) * sqrt(move.complaints / most)
        start, end = boxes[move.start], boxes[move.end]
        if _skips(move):
            lane += 1
            arrows.append(_over(move, start, end, top - LANE * lane, lane, width))
        else:
            between = move.start, move.end
            heights = ports[*between, move.start], ports[*between, move.end]
            draw = _beside if start.x == end.x else _across
            arrows.append(draw(move, (start, end), heights, width, labels))
    return arrows


class Labels:
    """The numbers that have a place already; the next one keeps away from them."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, float, float]] = []

    def put(self, move: PathMove, spots: Sequence[tuple[float, float]]) -> tuple[float, float]:
        """The first of these spots that is free, or else the one with the fewest beside it."""
        half = LETTER * (len(str(move.complaints)) + (9 if move.back else 1)) / 2

        def beside(spot: tuple[float, float]) -> int:
            x, y = spot
            return sum(
                abs(x - each_x) < half + each_half and abs(y - each_y) < LINE
                for each_x, each_y, each_half in self.taken
            )

        best = min(spots, key=beside)
        self.taken.append((*best, half))
        return best


def _across(
    move: PathMove,
    boxes: tuple[Box, Box],
    heights: tuple[float, float],
    width: float,
    labels: Labels,
) -> Arrow:
    """Between neighbouring columns, from side to side."""
    (start, end), (y1, y2) = boxes, heights
    on = end.x > start.x
    x1, x2 = start.x + (BOX_WIDTH if on else 0), end.x + (0 if on else BOX_WIDTH)
    middle = (x1 + x2) / 2
    curve = f"M{x1:.0f},{y1:.0f} C{middle:.0f},{y1:.0f} {middle:.0f},{y2:.0f} {x2:.0f},{y2:.0f}"
    # First near the fuller column, where the curves have come apart.
    shares: Sequence[float] = SPOTS_AT_END if _place(move.end) == OF_DEPARTMENTS else SPOTS
    if _place(move.start) == OF_DEPARTMENTS:
        shares = [1 - each for each in SPOTS_AT_END]
    x, y = labels.put(move, [_on_curve(share, (x1, y1), (x2, y2)) for share in shares])
    return Arrow(move, curve, _head(x2, y2, -1 if on else 1), x, y + 4, width)


def _on_curve(
    share: float, start: tuple[float, float], end: tuple[float, float]
) -> tuple[float, float]:
    """A point of the curve whose handles stand in the middle between the columns."""
    rest = 1 - share
    inner = 3 * rest**2 * share + 3 * rest * share**2
    middle = (start[0] + end[0]) / 2
    x = rest**3 * start[0] + inner * middle + share**3 * end[0]
    late = 3 * rest * share**2 + share**3
    return x, start[1] * (1 - late) + end[1] * late


def _beside(
    move: PathMove,
    boxes: tuple[Box, Box],
    heights: tuple[float, float],
    width: float,
    labels: Labels,
) -> Arrow:
    """Within one column: out to the right and back."""
    (start, _end), (y1, y2) = boxes, heights
    x = start.x + BOX_WIDTH
    out = x + SAME_COLUMN
    curve = f"M{x:.0f},{y1:.0f} C{out:.0f},{y1:.0f} {out:.0f},{y2:.0f} {x:.0f},{y2:.0f}"
    middle = (y1 + y2) / 2
    at_x, y = labels.put(move, [(out - 6, middle + each) for each in (0, -LINE, LINE)])
    return Arrow(move, curve, _head(x, y2, 1), at_x, y + 4, width)


def _over(move: PathMove, start: Box, end: Box, lane: float, place: int, width: float) -> Arrow:
    """Over the columns between: up to a lane of its own, and down again; the higher the lane,
    the farther out, so that no two of them run into one another."""
    on = end.x > start.x
    away = BOX_WIDTH * (0.2 + 0.6 * (place % 4) / 4)
    x1 = start.x + (BOX_WIDTH - away if on else away)
    x2 = end.x + (away if on else BOX_WIDTH - away)
    curve = (
        f"M{x1:.0f},{start.y:.0f} C{x1:.0f},{lane:.0f} {x1:.0f},{lane:.0f}"
        f" {(x1 + x2) / 2:.0f},{lane:.0f} S{x2:.0f},{lane:.0f} {x2:.0f},{end.y:.0f}"
    )
    head = f"{x2:.0f},{end.y:.0f} {x2 - 5:.0f},{end.y - 9:.0f} {x2 + 5:.0f},{end.y - 9:.0f}"
    return Arrow(move, curve, head, (x1 + x2) / 2, lane - 5, width)


def _head(x: float, y: float, side: int) -> str:
    back = x + 9 * side
    return f"{x:.0f},{y:.0f} {back:.0f},{y - 5:.0f} {back:.0f},{y + 5:.0f}"
