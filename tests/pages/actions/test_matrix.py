"""Role × action × status, from the tables, through the client (CLO-03, SEE-02).

Every person sends every action's form, filled in plausibly, to a complaint in every status. What
the tables allow is done; everything else is refused or not found, and changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.conftest import Transaction
from tests.databases import SQLiteDatabase
from tests.pages.conftest import Clock, SignIn
from tests.pages.scenes import PARTIES, Scene, complaint_scenes, order_scenes, scene_to_confirm
from tests.pages.snapshot import Snapshot
from tickets.storage.attachments import Upload
from tickets.web.queues.approvals import CONFIRMING
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action
from workflow.words import OrderStatus, Status

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WAITING = frozenset(
    {
        *("accept_transfer", "decline_transfer", "cancel_transfer", "unwatch"),
        *("close_unreached", "deny_closing"),
    }
)
"""Tried where a transfer and a request wait and everybody watches; the others where none does."""

BEYOND_THE_TABLE = {("merge", Status.DISPATCHED)} | {
    ("reveal_customer", status) for status in Status if status is not Status.DISPATCHED
}
"""What a rule refuses here although party and status fit: an order is open, or none is."""
FOR_OTHERS_THAN = {"withdraw": frozenset({"zheng", "he"})}
"""Whom a rule refuses: the customers here can be written to, so the desk records a withdrawal."""


@pytest.fixture
def browsers(sign_in: SignIn, clock: Clock) -> dict[str, FlaskClient]:
    clock.pass_(days=9)
    return {name: sign_in(name) for name in PARTIES}


@pytest.mark.long
def test_the_tables_decide_who_does_what_to_a_complaint(
    database: SQLiteDatabase,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    browsers: dict[str, FlaskClient],
) -> None:
    with transaction():
        plain = complaint_scenes(cast, now, waiting=False)
        waiting = complaint_scenes(cast, now, waiting=True)
    snapshot = Snapshot(database)
    wrong = []
    allowed = set()
    for status in Status:
        for action in ACTIONS.values():
            scene = (waiting if action.name in WAITING else plain)[status]
            for name, browser in browsers.items():
                expected = expected_of(action, scene, name)
                allowed |= {action.name} if expected == {303} else set()
                wrong += tried(action.name, scene, browser, expected, snapshot, name)
    assert wrong == []
    assert allowed == {action.name for action in ACTIONS.values() if action.offered}


def test_the_tables_decide_who_confirms_what_a_closing_rests_on(
    database: SQLiteDatabase,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    browsers: dict[str, FlaskClient],
) -> None:
    """A call entered late and a letter, both of Chen's: anybody of the table but Chen."""
    with transaction():
        scene = scene_to_confirm(cast, now, now + 9 * DAY)
    snapshot = Snapshot(database)
    wrong = []
    for name, browser in browsers.items():
        for action in sorted(CONFIRMING):
            row = ACTIONS[action]
            fits = row.by & PARTIES[name] and (name, action) not in OWN
            seen = {303} if fits else {422}
            expected = seen if name in scene.sees else {403, 404}
            address = f"/approvals/{scene.address.rpartition('/')[2]}/{action}"
            answer = browser.post(address, data={**scene.forms[action], "version": scene.version})
            changed = snapshot.facts() != snapshot.before
            if answer.status_code not in expected or changed != (answer.status_code == 303):
                wrong.append(f"{name} {action}: {answer.status_code}, not {expected}; {changed}")
            if changed:
                snapshot.restore()
    assert wrong == []


OWN = {("chen", "confirm_posting"), ("chen", "confirm_attempt")}


def test_the_tables_decide_who_does_what_to_a_work_order(
    database: SQLiteDatabase,
    transaction: Transaction,
    cast: Cast,
    now: datetime,
    browsers: dict[str, FlaskClient],
) -> None:
    with transaction():
        scenes = order_scenes(cast, now)
    snapshot = Snapshot(database)
    wrong = []
    for status in OrderStatus:
        for action in ORDER_ACTIONS.values():
            for name, browser in browsers.items():
                expected = expected_of(action, scenes[status], name)
                wrong += tried(action.name, scenes[status], browser, expected, snapshot, name)
    assert wrong == []


def expected_of(action: Action, scene: Scene, name: str) -> set[int]:
    """Which answers fit; what may not be seen may also be forbidden altogether."""
    if name not in scene.sees:
        return {403, 404}
    if not action.offered:
        return {404}
    allowed = action.by & PARTIES[name] and scene.status in action.when
    allowed = allowed and name not in FOR_OTHERS_THAN.get(action.name, ())
    return {303} if allowed and (action.name, scene.status) not in BEYOND_THE_TABLE else {422}


def tried(
    action: str,
    scene: Scene,
    browser: FlaskClient,
    expected: set[int],
    snapshot: Snapshot,
    name: str,
) -> Iterator[str]:
    """Send the form; yields what is not as expected, and leaves everything as it was."""
    form = {key: fresh(value) for key, value in scene.forms[action].items()}
    answer = browser.post(
        f"{scene.address}/actions/{action}",
        data={**form, "version": scene.version},
        headers={"HX-Request": "true"},
    )
    answer.close()
    what = f"{name} {action} on {scene.status}: {answer.status_code}, not {expected}"
    changed = snapshot.facts() != snapshot.before
    if answer.status_code not in expected:
        yield what
    if changed != (answer.status_code == 303):
        yield f"{what}; changed: {changed}"
    if changed:
        snapshot.restore()


def fresh(value: Any) -> Any:
    """A file is read once, so each form gets its own."""
    if isinstance(value, Upload):
        return BytesIO(value.content), value.name
    return value
