"""What each action leads to: clocks, who is told, what the customer reads, what the row says.

`tests/data/what_follows.json` was read line by line when it was written; `RECORD=1` writes it
anew, and the difference is to be read again. Taking any effect out of the lifecycle's rows makes
one of these fail (`tests/effects_killed.json`, `make mutants`).
"""

import json
import os
from datetime import datetime

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast
from tests.rules.house.test_house import ROOT
from tests.services.actions.action_scenes import SCENES
from tests.services.actions.what_follows import what_followed

FILE = ROOT / "tests" / "data" / "what_follows.json"


def recorded() -> dict[str, object]:
    found: dict[str, object] = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    return found


@pytest.mark.parametrize("name", SCENES)
def test_what_follows_from_an_action(
    session: scoped_session[Session], cast: Cast, now: datetime, name: str
) -> None:
    followed = what_followed(name, cast, now)
    if os.environ.get("RECORD"):
        everything = {**recorded(), name: followed}
        text = json.dumps(everything, indent=1, sort_keys=True, ensure_ascii=False)
        FILE.write_text(text + "\n", "utf-8")

    assert followed == recorded()[name]


def test_every_scene_and_nothing_else_is_recorded() -> None:
    assert set(recorded()) == set(SCENES)
