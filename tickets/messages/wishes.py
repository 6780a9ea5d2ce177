"""How people want to be told, as they say it themselves on their own page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from sqlalchemy import delete, select

from tickets.database import db, new_id
from tickets.messages.topics import FOR_PEOPLE
from tickets.messages.ways import Wish, is_mail_address, mobile_number
from tickets.models import Person, Preference, QuietHours
from workflow.reasons import Reason, Refused
from workflow.words import N_

EVERYTHING = ""
"""The topic that stands for all those without a wish of their own."""


@dataclass(frozen=True)
class Addresses:
    email: str
    mobile: str


@dataclass(frozen=True)
class Hours:
    """Local times; quiet hours need both ends."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    digest_at: time | None = None


def wishes_of(person_id: UUID) -> dict[str, Wish]:
    """The wish for everything, and the topics that have one of their own."""
    rows = db.session.scalars(select(Preference).where(Preference.person_id == person_id))
    return {EVERYTHING: Wish()} | {row.topic: Wish(row.email, row.sms, row.digest) for row in rows}


def hours_of(person_id: UUID) -> Hours:
    row = db.session.get(QuietHours, person_id)
    return Hours(row.quiet_from, row.quiet_until, row.digest_at) if row else Hours()


def save(
    person: Person,
    addresses: Addresses,
    wishes: Mapping[str, Wish],
    hours: Hours,
    *,
    region: str,
) -> None:
    """Keep all of it; raises Refused with everything that is wrong."""
    mobile = mobile_number(addresses.mobile, region) if addresses.mobile else ""
    reasons = list(_objections(addresses, mobile, hours))
    if reasons:
        raise Refused(reasons)
    person.email, person.mobile = addresses.email, mobile or ""
    known = {EVERYTHING, *(topic.code for topic in FOR_PEOPLE)}
    db.session.execute(delete(Preference).where(Preference.person_id == person.id))
    for topic in sorted(set(wishes) & known):
        wish = wishes[topic]
        db.session.add(
            Preference(
                id=new_id(),
                person_id=person.id,
                topic=topic,
                email=wish.email,
                sms=wish.sms,
                digest=wish.digest,
            )
        )
    row = db.session.get(QuietHours, person.id) or QuietHours(person_id=person.id)
    row.quiet_from, row.quiet_until = hours.quiet_from, hours.quiet_until
    row.digest_at = hours.digest_at
    db.session.add(row)


def _objections(addresses: Addresses, mobile: str | None, hours: Hours) -> list[Reason]:
    reasons = []
    if addresses.email and not is_mail_address(addresses.email):
        reasons.append(Reason("email", N_("This is not an e-mail address."), {}, "email"))
    if mobile is None:
        sentence = N_("This is not the number of a mobile phone.")
        reasons.append(Reason("mobile", sentence, {}, "mobile"))
    if (hours.quiet_from is None) != (hours.quiet_until is None):
        field = "quiet_from" if hours.quiet_from is None else "quiet_until"
        reasons.append(Reason("missing", N_("Give both ends, or neither."), {}, field))
    if hours.quiet_from is not None and hours.quiet_from == hours.quiet_until:
        sentence = N_("This would be the whole day or nothing.")
        reasons.append(Reason("empty", sentence, {}, "quiet_until"))
    return reasons
