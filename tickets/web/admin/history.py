"""What was changed, in words: events of administration as people read them."""

from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import gettext

from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject
from tickets.models import AdminEvent
from workflow.words import N_

SUBJECTS = {
    Subject.UNIT: N_("Unit"),
    Subject.PERSON: N_("Person"),
    Subject.CATEGORY: N_("Category"),
    Subject.CAUSE: N_("Cause"),
    Subject.POLICY: N_("Policy"),
    Subject.CUSTOMER: N_("Customer"),
    Subject.WALLBOARD: N_("Wallboard"),
    Subject.IMPORT: N_("Import"),
    Subject.ANCHOR: N_("Anchors"),
    Subject.BASELINE: N_("Upgrade"),
    Subject.JOB: N_("Job"),
    Subject.CHANNEL: N_("Channels"),
    Subject.TEXT: N_("Text of a message"),
    Subject.WEBHOOK: N_("Webhook"),
    Subject.MESSAGE: N_("Message"),
    Subject.LIMITS: N_("Time limits"),
}
ACTIONS: Mapping[str, str] = {
    AdminEventName.ADDED: N_("Added"),
    AdminEventName.CHANGED: N_("Changed"),
    AdminEventName.RENAMED: N_("Renamed"),
    AdminEventName.RETIRED: N_("Retired"),
    AdminEventName.RESTORED: N_("Restored"),
    AdminEventName.ROLE_GRANTED: N_("Role given"),
    AdminEventName.ROLE_TAKEN: N_("Role taken away"),
    AdminEventName.DISABLED: N_("Account closed"),
    AdminEventName.ENABLED: N_("Account opened again"),
    AdminEventName.PASSWORD_ISSUED: N_("Password issued"),
    AdminEventName.SECRET_RENEWED: N_("Secret renewed"),
    AdminEventName.TESTED: N_("Tested"),
    AdminEventName.SENT_AGAIN: N_("Sent again"),
    AdminEventName.CANCELLED: N_("Cancelled"),
    AdminEventName.ACTIVATED: N_("Put into force"),
    AdminEventName.DISCARDED: N_("Discarded"),
    AdminEventName.AGAIN: N_("Tried again"),
    AdminEventName.ABSENT: N_("Absence entered"),
    AdminEventName.BEGUN: N_("Begun"),
    AdminEventName.ZONE_RULES: N_("Rules of a time zone changed"),
    AdminEventName.CREATE: N_("Made"),
    AdminEventName.REVOKE: N_("Taken back"),
    AdminEventName.BACK: N_("Absence ended"),
    AdminEventName.TAKEN: N_("Baseline recorded"),
    AdminEventName.ASKED: N_("Second administrator asked"),
    AdminEventName.APPROVED: N_("Approved by a second administrator"),
    AdminEventName.DECLINED: N_("Declined by a second administrator"),
}
FIELDS = {
    "code": N_("Code"),
    "kind": N_("Kind"),
    "names": N_("Names"),
    "parent": N_("Above"),
    "active": N_("In use"),
    "open_orders": N_("Open work orders"),
    "login": N_("Login"),
    "name": N_("Name"),
    "roles": N_("Roles"),
    "subject": N_("Subject line"),
    "body": N_("Text"),
    "url": N_("Address"),
    "addresses": N_("Addresses"),
    "digest": N_("Check sum"),
    "topics": N_("Topics"),
    "topic": N_("Topic"),
    "channel": N_("Channel"),
    "count": N_("How many"),
    "email": N_("E-mail"),
    "sms": N_("SMS"),
    "webhook": N_("Webhook"),
    "title": N_("Title"),
    "copied_from": N_("Copied from"),
    "state": N_("State"),
    "job": N_("Job"),
    "substitute": N_("Substitute"),
    "starts_at": N_("From"),
    "ends_at": N_("Until"),
    "in_force": N_("In force"),
    "discarded": N_("Discarded"),
    "act": N_("What is asked for"),
    "role": N_("Role"),
    "unit": N_("Unit"),
    "asked_by": N_("Asked by"),
    "decided_by": N_("Decided by"),
    "reason": N_("Reason"),
}
SENTENCES = frozenset({"act"})
"""Fields whose value is a sentence of ours."""


class Change(NamedTuple):
    """One field: what it was and what it became."""

    label: str
    before: str
    after: str


def changes_of(event: AdminEvent) -> list[Change]:
    before, after = event.before or {}, event.after or {}
    return [
        Change(_label(name), _value(name, before), _value(name, after))
        for name in {**before, **after}
    ]


def action_of(event: AdminEvent) -> str:
    sentence = ACTIONS.get(event.action)
    return gettext(sentence) if sentence else event.action


def subject_of(event: AdminEvent) -> str:
    return gettext(SUBJECTS[Subject(event.subject)])


def _value(name: str, values: Mapping[str, object]) -> str:
    value = values.get(name)
    return gettext(str(value)) if name in SENTENCES and value else _shown(value)


def _label(name: str) -> str:
    return gettext(FIELDS[name]) if name in FIELDS else name


def _shown(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return " · ".join(str(each) for each in value.values())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return str(value)
