"""Scenes that are set up once, from which every test begins that asks for them.

`kept(made)` answers what `made()` answers and leaves behind what it stores. On SQLite the second
test gets a copy of what the first one set up; on PostgreSQL, where a copy costs more than most
scenes, each sets up its own. `made` is a function inside a fixture: it commits whatever it stores,
turns no clock, answers ids and numbers, never rows, and what it depends on besides the cast and
`now` is named: `kept(made, severity)`. Nothing but other scenes may be stored before: else it is
set up anew, and no test after it gains.
"""

from collections.abc import Callable, Hashable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import TypeVar, cast

from tests.databases import Database, SQLiteDatabase

T = TypeVar("T")
AT_MOST = 12
"""So many are kept at once; what was not asked for longest goes first."""


class Kept:
    """The scenes of one database, at the moment of one test."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now

    def __call__(self, made: Callable[[], T], *of: Hashable) -> T:
        database = self.database
        if not isinstance(database, SQLiteDatabase) or database.holds is None:
            return made()
        # By all it was built on: the same complaint in front of another cast is another scene.
        scene = (*database.holds, made.__module__, made.__qualname__, self.now, *of)
        if scene in database.scenes:
            answer, file = database.scenes.pop(scene)
            database.put(file)
        else:
            answer, file = made(), database.put_aside()
        database.scenes[scene] = (answer, file)
        database.holds = scene
        _forget_the_oldest(database.scenes)
        return cast(T, deepcopy(answer))


def _forget_the_oldest(scenes: dict[tuple[Hashable, ...], tuple[object, Path]]) -> None:
    while len(scenes) > AT_MOST:
        _answer, file = scenes.pop(next(iter(scenes)))
        file.unlink()
