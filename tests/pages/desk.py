"""One stored complaint, as a page test looks at it and acts on it between two requests."""

from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tickets.database import new_id
from tickets.models import Complaint, Event, WorkOrder


class Desk:
    """What a test needs of the stored complaint between two requests."""

    def __init__(self, transaction: Transaction, cast: Cast, number: str) -> None:
        self.transaction, self.cast, self.number = transaction, cast, number

    def read(self, what: str) -> Any:
        with self.transaction() as session:
            return getattr(self._row(session), what)

    def _row(self, session: Any) -> Complaint:
        found: Complaint = session.scalar(select(Complaint).where(Complaint.number == self.number))
        return found

    def events(self, action: str) -> int:
        with self.transaction() as session:
            row = self._row(session)
            query = select(func.count()).where(Event.complaint_id == row.id, Event.action == action)
            return int(session.scalar(query) or 0)

    def orders(self) -> list[WorkOrder]:
        with self.transaction() as session:
            rows = given.orders(self._row(session))
            session.expunge_all()
            return rows

    def url(self, action: str) -> str:
        return f"/complaints/{self.number}/actions/{action}"

    def send(self, browser: FlaskClient, action: str, **fields: Any) -> Any:
        form = {"version": self.read("version"), "event_id": str(new_id()), **fields}
        return browser.post(self.url(action), data=form)


def hidden(page: str, name: str) -> str:
    before, _, after = page.partition(f'name="{name}" type="hidden" value="')
    assert after, f"{name} is not in the form"
    return after.partition('"')[0]
