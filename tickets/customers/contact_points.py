"""Which numbers and addresses are known of a complaint's customer, and since when.

Known is what was there when the complaint was entered, or was added since by somebody with no hand
in it; what was removed stays known (decision P7). A number that its own author added to be tried
proves nothing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import phonenumbers
from sqlalchemy import select

from tickets.customers.finding import normal_phone
from tickets.database import db
from tickets.history.authors import authors_of
from tickets.history.data import EventData
from tickets.history.vocabulary import EventName
from tickets.messages.ways import as_address, is_mail_address, mobile_number
from tickets.models import Complaint, Contact, ContactKind, Event
from workflow.authors import Authors
from workflow.words import MessageChannel, NoticeChannel

TRIED_AT_MOST = 5
REACHING = (ContactKind.PHONE, ContactKind.EMAIL)
SHORTEST_ADDRESS = 8
SHORTEST_IN_CHINESE = 4
"""Signs of a postal address: a street and a number, at the least (枫林路7号)."""
SEVERAL = frozenset(",;/、，；")  # noqa: RUF001 - what people type between two numbers


@dataclass(frozen=True)
class KnownPoints:
    """What is known: every number and address in its normal form, and the numbers to be tried, the
    complaint's own first."""

    points: frozenset[str]
    to_be_tried: tuple[str, ...]

    def knows(self, typed: str, region: str) -> bool:
        return normal_point(typed, region) in self.points


def normal_point(typed: str, region: str) -> str:
    """The form in which numbers and addresses are compared."""
    folded = unicodedata.normalize("NFKC", typed).strip()
    return folded.casefold() if "@" in folded else normal_phone(folded, region)


def known_points(complaint: Complaint, authors: Authors, region: str) -> KnownPoints:
    """Two queries: what the complaint's events say of its number, and the customer's contacts."""
    return known_points_of_many([complaint], {complaint.id: authors}, region)[complaint.id]


def known_points_of_many(
    complaints: Sequence[Complaint], authors: Mapping[UUID, Authors], region: str
) -> dict[UUID, KnownPoints]:
    """The same for several complaints, in as many queries."""
    said = _said_of_numbers(complaints)
    contacts = _contacts(complaints)
    return {
        each.id: _points(
            _typed(each, said[each.id], contacts[each.customer_id], authors[each.id]), region
        )
        for each in complaints
    }


def _points(typed: Iterable[str], region: str) -> KnownPoints:
    found = dict.fromkeys(normal_point(each, region) for each in typed if each.strip())
    found.pop("", None)
    phones = [each for each in found if _can_be_rung(each, region)]
    return KnownPoints(frozenset(found), tuple(phones[:TRIED_AT_MOST]))


@dataclass(frozen=True)
class _Said:
    """What one event says of the number to call back."""

    at: datetime
    action: str
    actor_id: UUID | None
    number: str


def _said_of_numbers(complaints: Sequence[Complaint]) -> Mapping[UUID, list[_Said]]:
    rows = db.session.execute(
        select(Event.complaint_id, Event.at, Event.action, Event.actor_id, Event.data)
        .where(
            Event.complaint_id.in_([each.id for each in complaints]),
            Event.action.in_((EventName.REGISTER, EventName.CORRECT)),
        )
        .order_by(Event.complaint_id, Event.seq)
    )
    found: defaultdict[UUID, list[_Said]] = defaultdict(list)
    for key, at, action, actor_id, data in rows:
        number = EventData(data).callback_number
        found[key].append(_Said(at, action, actor_id, number))
    return found


def _contacts(complaints: Sequence[Complaint]) -> Mapping[UUID, list[Contact]]:
    found: defaultdict[UUID, list[Contact]] = defaultdict(list)
    customers = {each.customer_id for each in complaints}
    for contact in db.session.scalars(
        select(Contact)
        .where(Contact.customer_id.in_(customers), Contact.kind.in_(REACHING))
        .order_by(Contact.id)
    ):
        found[contact.customer_id].append(contact)
    return found


def _typed(
    complaint: Complaint, said: Sequence[_Said], contacts: Sequence[Contact], authors: Authors
) -> Iterator[str]:
    """Numbers and addresses as somebody typed them whose word counts, the complaint's own first."""
    entered_at = said[0].at if said else complaint.registered_at
    if not any(each.action == EventName.REGISTER for each in said):
        yield complaint.callback_number
    for each in said:
        if each.action == EventName.REGISTER or _is_nobody(each.actor_id, authors):
            yield each.number
    for contact in contacts:
        if contact.added_at <= entered_at or _is_nobody(contact.added_by_id, authors):
            yield contact.given


def _is_nobody(person_id: UUID | None, authors: Authors) -> bool:
    """Whether it was somebody with no hand in the complaint."""
    return person_id is None or person_id not in authors


def _can_be_rung(normal: str, region: str) -> bool:
    """An imported oddity is known, but nobody can be asked to dial it."""
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(normal, region))
    except phonenumbers.NumberParseException:
        return False


def address_fits(channel: str | None, address: str, region: str) -> bool:
    """Whether one address stands there, and something can get to it by this way."""
    address = address.strip()
    if channel == NoticeChannel.SMS:
        return not SEVERAL & set(address) and mobile_number(address, region) is not None
    if channel == NoticeChannel.EMAIL:
        return is_mail_address(address)
    if channel == NoticeChannel.LETTER:
        return _is_postal(address, region)
    return True


def _is_postal(address: str, region: str) -> bool:
    chinese = any("\u4e00" <= sign <= "\u9fff" for sign in address)
    shortest = SHORTEST_IN_CHINESE if chinese else SHORTEST_ADDRESS
    if len(address) < shortest or is_mail_address(address):
        return False
    letters = sum(sign.isalpha() for sign in address)
    return letters >= 2 and not _can_be_rung(address, region)


def known_addresses(
    complaint: Complaint, authors: Authors, region: str
) -> list[tuple[MessageChannel, str]]:
    """Every known address at which this customer can be written to, the complaint's own first."""
    said = _said_of_numbers([complaint])[complaint.id]
    contacts = _contacts([complaint])[complaint.customer_id]
    typed = _typed(complaint, said, contacts, authors)
    return list(dict.fromkeys(found for each in typed for found in as_address(each, region)))


def can_be_written_to(complaint: Complaint, region: str, *, corrected: bool) -> bool:
    """Whether there is any known address at which this customer hears that their complaint ended:
    one that its own authors brought would tell nobody but them. `corrected` is whether anything
    given at intake was changed since; mostly nothing was, and no query is needed."""
    if not corrected and any(as_address(complaint.callback_number, region)):
        return True
    began = complaint.registered_at
    old = (each for each in complaint.customer.contacts if each.added_at <= began)
    if any(any(as_address(each.given, region)) for each in old if each.kind in REACHING):
        return True
    return bool(known_addresses(complaint, authors_of(complaint), region))
