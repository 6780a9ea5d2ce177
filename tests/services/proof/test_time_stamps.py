"""Anchors are stamped by an RFC 3161 authority where one is set; none stops an anchor."""

import base64
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.carrying import Configure
from tests.databases import Database
from tests.stamping_authority import Authority, authority
from tickets.config import settings_now
from tickets.database import db, writing
from tickets.delivery.stamping import NotStamped, stamped
from tickets.models import Anchor
from tickets.workers.anchoring import make_anchor

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl is here")


@pytest.fixture
def tsa(tmp_path: Path, configure: Configure) -> Iterator[Authority]:
    with authority(tmp_path) as known:
        configure(audit_tsa_url=known.url)
        yield known


def test_an_anchor_carries_the_stamp_that_openssl_verifies(
    database: Database, tsa: Authority, now: datetime
) -> None:
    with database.app.app_context(), writing():
        line = make_anchor(now, lambda _done: None)
        token = base64.b64decode(line.token)

        assert tsa.verifies(line.body, token)
        assert not tsa.verifies(line.body + " ", token)
        assert db.session.query(Anchor.token).scalar() == line.token
        db.session.rollback()


def test_a_stamp_about_something_else_is_not_taken(database: Database, tsa: Authority) -> None:
    with database.app.app_context():
        first = base64.b64decode(stamped("one", settings_now()))
        tsa.says = first

        with pytest.raises(NotStamped, match="about something else"):
            stamped("two", settings_now())


@pytest.mark.parametrize(
    ("status", "says"), [(200, b"no time stamp"), (200, b""), (500, b""), (302, b"")]
)
def test_an_authority_in_trouble_never_stops_an_anchor(
    status: int, says: bytes, database: Database, tsa: Authority, now: datetime
) -> None:
    tsa.status, tsa.says = status, says
    with database.app.app_context(), writing():
        line = make_anchor(now, lambda _done: None)

        assert line.token == ""
        assert line.said["number"] == 1
        db.session.rollback()


def test_an_authority_inside_a_private_network_is_not_asked_unless_it_is_allowed(
    database: Database, tsa: Authority, configure: Configure
) -> None:
    configure(audit_tsa_url=tsa.url, webhook_networks=())
    with database.app.app_context(), pytest.raises(NotStamped):
        stamped("one", settings_now())
