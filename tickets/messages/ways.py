"""By which ways a message reaches somebody, and when: addresses, preferences, quiet hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy import select

from tickets.config import operators_zone
from tickets.database import db
from tickets.messages.topics import Topic
from tickets.models import ChannelSetting, Complaint, ContactKind, Person, Preference, QuietHours
from workflow.policy import Policy
from workflow.words import MessageChannel

PER_HOUR = {MessageChannel.EMAIL: 60, MessageChannel.SMS: 20, MessageChannel.WEBHOOK: 0}
"""Most automatic messages to one address in an hour, unless the administrator says otherwise."""
DIGEST_AT = time(8, 30)
MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True)
class Way:
    """One channel, where it leads, and from when on it may be used."""

    channel: MessageChannel
    address: str
    from_: datetime


@dataclass(frozen=True)
class Wish:
    """How somebody wants to be told of one topic."""

    email: bool = True
    sms: bool = False
    digest: bool = False


def ways_to(
    person: Person, topic: Topic, *, now: datetime, not_before: datetime | None, critical: bool
) -> list[Way]:
    """The ways beside the bell. What is critical goes by all of them at once (ESC-03); the rest
    by those the person chose, outside quiet hours, and not before `not_before`."""
    addresses = {MessageChannel.EMAIL: person.email, MessageChannel.SMS: person.mobile}
    if critical:
        return [Way(channel, to, now) for channel, to in addresses.items() if to]
    wish = wish_of(person.id, topic.code)
    wanted = {
        MessageChannel.EMAIL: wish.email and not wish.digest and not everybody_gets_digests(),
        MessageChannel.SMS: wish.sms,
    }
    from_ = after_quiet_hours(person.id, max(now, not_before or now), operators_zone())
    return [Way(channel, to, from_) for channel, to in addresses.items() if to and wanted[channel]]


def wish_of(person_id: UUID, topic: str) -> Wish:
    """The wish for this topic, else the one for everything, else e-mail without SMS."""
    rows = db.session.scalars(
        select(Preference).where(
            Preference.person_id == person_id, Preference.topic.in_({topic, ""})
        )
    )
    best = max(rows, key=lambda row: row.topic, default=None)
    return Wish(best.email, best.sms, best.digest) if best else Wish()


def after_quiet_hours(person_id: UUID, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of the person's quiet hours when it falls into them."""
    quiet = db.session.get(QuietHours, person_id)
    if quiet is None or quiet.quiet_from is None or quiet.quiet_until is None:
        return moment
    return end_of_quiet(moment, quiet.quiet_from, quiet.quiet_until, zone)


def end_of_quiet(moment: datetime, from_: time, until: time, zone: ZoneInfo) -> datetime:
    """Quiet hours may run over midnight; when both ends are the same there are none."""
    local = moment.astimezone(zone)
    at = local.time()
    over_midnight = until < from_
    quiet = (at >= from_ or at < until) if over_midnight else from_ <= at < until
    if not quiet:
        return moment
    day = local.date() + timedelta(days=1 if over_midnight and at >= from_ else 0)
    return datetime.combine(day, until, zone).astimezone(moment.tzinfo)


def setting_of(channel: MessageChannel) -> ChannelSetting:
    """What holds for the whole channel."""
    found = db.session.get(ChannelSetting, channel)
    return found or ChannelSetting(
        channel=channel, active=True, digest=False, per_hour=PER_HOUR[channel]
    )


def everybody_gets_digests() -> bool:
    return setting_of(MessageChannel.EMAIL).digest


def way_to_customer(
    complaint: Complaint, topic: Topic, policy: Policy, *, now: datetime
) -> Way | None:
    """Where this customer can be written to, or None: no address, or no contact wanted.

    What answers a call of this moment may arrive at any hour; other SMS wait like calls do.
    """
    if complaint.refuses_contact:
        return None
    first = first_address(complaint, topic, policy.region)
    return way_by(*first, topic, policy, now) if first else None


def first_address(
    complaint: Complaint, topic: Topic, region: str
) -> tuple[MessageChannel, str] | None:
    """Where this customer reads of this topic, or None without any address."""
    reached = addresses(complaint, region)
    order = [MessageChannel.SMS, MessageChannel.EMAIL]
    if MessageChannel.EMAIL in topic.texts:
        order.reverse()
    return next(((each, reached[each]) for each in order if each in reached), None)


def way_by(
    channel: MessageChannel, address: str, topic: Topic, policy: Policy, now: datetime
) -> Way:
    """The way to this address: what can be undone waits until it cannot, SMS for the morning."""
    from_ = now + policy.undo_window if topic.held else now
    if channel is MessageChannel.SMS and not topic.any_hour:
        quiet = policy.callback
        from_ = end_of_quiet(from_, quiet.quiet_from, quiet.quiet_until, policy.zone)
    return Way(channel, address, from_)


def chosen_way(channel: MessageChannel, address: str, policy: Policy, now: datetime) -> Way | None:
    """The way that somebody chose; None when nothing can get there by it."""
    if channel is MessageChannel.EMAIL:
        return Way(channel, address.strip(), now) if is_mail_address(address) else None
    mobile = mobile_number(address, policy.region)
    if mobile is None:
        return None
    quiet = policy.callback
    return Way(channel, mobile, end_of_quiet(now, quiet.quiet_from, quiet.quiet_until, policy.zone))


def addresses(complaint: Complaint, region: str) -> dict[MessageChannel, str]:
    """The first e-mail address and the first mobile number; the way to call back comes first."""
    found: dict[MessageChannel, str] = {}
    for channel, address in given_addresses(complaint, region):
        found.setdefault(channel, address)
        if len(found) == 2:
            break
    return found


def all_addresses(complaint: Complaint, region: str) -> list[tuple[MessageChannel, str]]:
    """Every address at which this customer can be written to, each once."""
    return list(dict.fromkeys(given_addresses(complaint, region)))


def given_addresses(complaint: Complaint, region: str) -> Iterator[tuple[MessageChannel, str]]:
    """Every address, as often as it was given, the way to call back first. The contacts are read
    only when that one does not do."""
    yield from as_address(complaint.callback_number, region)
    for contact in complaint.customer.contacts:
        if contact.kind in (ContactKind.PHONE, ContactKind.EMAIL):
            yield from as_address(contact.given, region)


def as_address(typed: str, region: str) -> Iterator[tuple[MessageChannel, str]]:
    """What was typed as an address that something can be written to, if it is one."""
    mobile = mobile_number(typed, region)
    if mobile:
        yield MessageChannel.SMS, mobile
    if is_mail_address(typed):
        yield MessageChannel.EMAIL, typed.strip()


def mobile_number(typed: str, region: str) -> str | None:
    """E.164 when an SMS can get there."""
    try:
        parsed = phonenumbers.parse(typed, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    if phonenumbers.number_type(parsed) not in MOBILE:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def is_mail_address(typed: str) -> bool:
    """One @ with something on both sides, and no blank: the rest only its server knows."""
    name, at, host = typed.strip().rpartition("@")
    return bool(
        at
        and name
        and "@" not in name
        and "." in host.strip(".")
        and not any(
            sign.isspace() or sign in "<>,;:\"'()" or ord(sign) < 32 for sign in typed.strip()
        )
    )
