"""The map as a drawing: numbers stand apart, lines reach boxes at places of their own."""

from itertools import combinations

from tickets.paths.counting import PathMap, PathMove, PathStep
from tickets.paths.drawing import BOX_WIDTH, LINE, MapDrawing, drawing
from workflow.words import Status

DEPARTMENTS = [f"{number:032x}" for number in range(1, 7)]
HUB, DONE = Status.IN_PROGRESS.value, Status.RESOLVED.value
ENDED = Status.CLOSED.value


def map_of(*moves: PathMove) -> PathMap:
    keys = dict.fromkeys(key for each in moves for key in (each.start, each.end))
    steps = [PathStep(key, complaints=90) for key in keys]
    return PathMap(100, 0, 0, steps, list(moves), variants=[], ways=0)


def busy() -> MapDrawing:
    """Every department sends to the desk and gets back from it."""
    there = [PathMove(each, HUB, complaints=50, times=60, back=9) for each in DEPARTMENTS]
    back = [PathMove(HUB, each, complaints=9, times=9, back=3) for each in DEPARTMENTS]
    on = [PathMove(HUB, DONE, complaints=76, times=82, back=6), PathMove(DONE, HUB, 6, 6, 6)]
    return drawing(map_of(*there, *back, *on, PathMove(DONE, ENDED, 88, 88, 0)), 0)


def test_no_two_numbers_stand_on_each_other() -> None:
    for one, other in combinations(busy().arrows, 2):
        assert abs(one.y - other.y) >= LINE or abs(one.x - other.x) > 80, (one.move, other.move)


def test_lines_reach_a_box_at_places_of_their_own_and_boxes_stand_apart() -> None:
    drawn = busy()
    heads = [each.head.split(" ")[0] for each in drawn.arrows]
    assert len(set(heads)) == len(heads)
    for one, other in combinations(drawn.boxes, 2):
        beside = abs(one.x - other.x) >= BOX_WIDTH
        assert beside or one.y + one.height < other.y or other.y + other.height < one.y
    assert all(each.y >= 0 and each.y + each.height <= drawn.height for each in drawn.boxes)


def test_an_empty_map_is_drawn_as_nothing() -> None:
    drawn = drawing(map_of(), 0)
    assert not drawn.boxes and not drawn.arrows and drawn.height > 0
