"""Numbers of a customer inside texts: found however they are written, and masked.

What the desk writes for a department often holds the number again: in the description, in the
question, in a note. A veil knows the numbers of one customer and leaves every other text alone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import phonenumbers
from sqlalchemy import select

from tickets.clocks.display import only_as_department
from tickets.customers.finding import normal_phone
from tickets.customers.privacy import masked
from tickets.database import db
from tickets.models import Complaint, Contact, ContactKind, Person
from tickets.policy import policy_now

FEWEST_DIGITS = 5
"""Shorter ones are in every text by chance."""
BETWEEN = r"[\s\-\u2010-\u2015\uff0d.\u00b7()\uff08\uff09/]{0,3}"
"""What people write between the digits of a number."""
TELEPHONE_DIGITS = 7
LONG_NUMBER = re.compile(rf"\d(?:{BETWEEN}\d){{{TELEPHONE_DIGITS - 1},}}")
REACHED_BY = frozenset({ContactKind.PHONE, ContactKind.ACCOUNT, ContactKind.EMAIL})


@dataclass(frozen=True)
class Veil:
    """Masks the numbers that it knows; without any it changes nothing."""

    pattern: re.Pattern[str] | None = None

    def __call__(self, text: str) -> str:
        if self.pattern is None or not text:
            return text
        return self.pattern.sub(lambda found: masked(found[0]), text)

    @property
    def is_clear(self) -> bool:
        return self.pattern is None


CLEAR = Veil()


def veil_over(complaint: Complaint, region: str, contacts: Iterable[Contact] | None = None) -> Veil:
    """The veil over one complaint's texts; `contacts` are its customer's, when they are at hand,
    and `region` says how numbers are written here."""
    known = complaint.customer.contacts if contacts is None else contacts
    ways = [
        *(way for each in known if each.kind in REACHED_BY for way in (each.given, each.normal)),
        complaint.callback_number,
    ]
    if is_telephone(complaint.line):
        ways.append(complaint.line)
    patterns = {pattern for way in ways for pattern in _patterns(way, region)}
    # The longest first: the number with its prefix before the number within it.
    found = sorted(patterns, key=lambda each: (-len(each), each))
    # A pattern that nothing fits where no number is known: the reader is no less a department.
    return Veil(re.compile("|".join(found) or r"(?!)", re.IGNORECASE))


def veils_over(complaints: Sequence[Complaint], reader: Person) -> Mapping[UUID, Veil]:
    """A veil for each of a list's complaints; two queries, none for whoever sees them all."""
    clear = {each.id: CLEAR for each in complaints}
    veiled = [each for each in complaints if only_as_department(each, reader)]
    if not veiled:
        return clear
    region = policy_now().region
    contacts: dict[UUID, list[Contact]] = {each.customer_id: [] for each in veiled}
    for contact in db.session.scalars(select(Contact).where(Contact.customer_id.in_(contacts))):
        contacts[contact.customer_id].append(contact)
    return clear | {each.id: veil_over(each, region, contacts[each.customer_id]) for each in veiled}


def is_telephone(line: str) -> bool:
    """Whether the line that is complained of can be rung up, so that its number is one as well."""
    return bool(LONG_NUMBER.search(line))


def without_numbers(name: str) -> str:
    """A name, with every long number in it masked: some are entered as one."""
    return LONG_NUMBER.sub(lambda found: masked(found[0]), name)


def _patterns(way: str, region: str) -> Iterator[str]:
    """How this number, account or address may stand in a text."""
    if any(sign.isalpha() for sign in way):
        if len(way) >= FEWEST_DIGITS:
            yield re.escape(way)
        return
    for digits in _forms(way, region):
        if len(digits) >= FEWEST_DIGITS:
            yield BETWEEN.join(f"[{each}{chr(0xFF10 + int(each))}]" for each in digits)


def _forms(way: str, region: str) -> set[str]:
    """The digits as given, without the prefix of the country, and without that of the town."""
    forms = {"".join(sign for sign in way if sign in "0123456789")}
    try:
        parsed = phonenumbers.parse(normal_phone(way, region))
    except phonenumbers.NumberParseException:
        return forms
    national = phonenumbers.national_significant_number(parsed)
    area = phonenumbers.length_of_geographical_area_code(parsed)
    forms.add(national)
    if len(national) - area >= TELEPHONE_DIGITS:
        forms.add(national[area:])
    return forms
