"""What a form offers to take with one click: the customer's known numbers and addresses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext

from tickets.complaints.evidence import known_numbers
from tickets.messages.ways import all_addresses
from tickets.models import Complaint, ContactKind
from tickets.web.shell.labels import label_of
from workflow.case import Case
from workflow.table import Action
from workflow.words import MessageChannel, NoticeChannel


@dataclass(frozen=True)
class Suggestion:
    """One value for a field, what there is to say of it, and whether it is to be taken first."""

    value: str
    note: str
    is_open: bool = False


Suggestions = Mapping[str, list[Suggestion]]


def suggestions_for(action: Action, complaint: Complaint, case: Case) -> Suggestions:
    """By the names of the fields; nothing for most actions."""
    return SUGGESTED[action.name](complaint, case) if action.name in SUGGESTED else {}


def suggested_numbers(complaint: Complaint, case: Case) -> Suggestions:
    """The numbers that must each have been tried, and which were not yet."""
    return {
        "number": [
            Suggestion(
                known.number,
                gettext("tried") if known.tried else gettext("not tried yet"),
                not known.tried,
            )
            for known in known_numbers(complaint, case)
        ]
    }


WRITTEN_BY = {
    MessageChannel.SMS: NoticeChannel.SMS,
    MessageChannel.EMAIL: NoticeChannel.EMAIL,
}


def _addresses(complaint: Complaint, case: Case) -> Suggestions:
    """Where the customer can be written to, each with the way that gets there."""
    written = [
        Suggestion(address, label_of(WRITTEN_BY[channel]))
        for channel, address in all_addresses(complaint, case.policy.region)
        if channel in WRITTEN_BY
    ]
    posted = [
        Suggestion(each.given, label_of(NoticeChannel.LETTER))
        for each in complaint.customer.contacts
        if each.kind is ContactKind.ADDRESS
    ]
    return {"address": [*written, *posted]}


SUGGESTED: Mapping[str, Callable[[Complaint, Case], Suggestions]] = {
    "record_callback": suggested_numbers,
    "send_notice": _addresses,
}
"""By action; only people who may do it see its form, and they see the customer's numbers."""
