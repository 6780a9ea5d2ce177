"""What an event says, each value in its type: the only place that reads an event's data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from tickets.history.stored_data import StoredData
from tickets.history.vocabulary import DataKey as K
from tickets.history.vocabulary import action_of
from workflow.system_rules import Because, because_of
from workflow.values import Json, Sets
from workflow.words import Origin, Severity, WithdrawalChannel, WithdrawnBy


class SaysData(Protocol):
    """An event's row, or what was read of it."""

    @property
    def data(self) -> Mapping[str, Json]: ...


def data_of(event: SaysData) -> "EventData":
    """What this event says."""
    return EventData(event.data)


class EventData(StoredData):
    """The data of one event, by what they mean."""

    __slots__ = ()

    # Every event of an action.

    @property
    def from_status(self) -> str | None:
        """A code of `Status`; of an order's event, one of `OrderStatus`."""
        return self.text(K.FROM_STATUS)

    @property
    def to_status(self) -> str | None:
        return self.text(K.TO_STATUS)

    @property
    def stayed(self) -> bool:
        """Whether the status before and after it is the same."""
        return self.stored.get(K.TO_STATUS) == self.stored.get(K.FROM_STATUS)

    @property
    def instead_of(self) -> UUID | None:
        """Whose responsibility the actor carried as a substitute."""
        return self.id(K.INSTEAD_OF)

    @property
    def told_to_nobody(self) -> bool:
        """That it ended could be told at no address; before ends were told, no event said how many
        there were."""
        return self.stored.get(K.ADDRESSES) == 0

    @property
    def texts(self) -> dict[str, str]:
        """The digest of each text, by the field that it was typed into."""
        return {name: str(digest) for name, digest in self.within(K.TEXTS).stored.items()}

    @property
    def rows(self) -> Mapping[str, Json]:
        """What the event says of rows (`tickets.proof.said`)."""
        return self.within(K.ROWS).stored

    # Registering, importing, correcting.

    @property
    def responsible(self) -> UUID | None:
        return self.id(K.RESPONSIBLE)

    @property
    def origin(self) -> Origin:
        """Where a complaint came from, as its event of registering says it.

        Before origins were said, only an import registered without a person, and it said which row
        of which source it was. Such events are chained and stay as they are.
        """
        imported = Origin.IMPORTED if K.IMPORT in self.stored else Origin.LIVE
        return Origin(self.text(K.ORIGIN) or imported)

    @property
    def received_at(self) -> datetime | None:
        """When the customer complained, where that was before it was entered."""
        return self.moment(K.RECEIVED_AT)

    @property
    def imported_as(self) -> str:
        """The fingerprint of the row that it was imported from."""
        return self.within(K.IMPORT).text(K.FINGERPRINT) or ""

    @property
    def category(self) -> UUID | None:
        return self.id(K.CATEGORY)

    @property
    def severity(self) -> Severity | None:
        return self.code(K.SEVERITY, Severity)

    @property
    def callback_number(self) -> str:
        return self.text(K.CALLBACK_NUMBER) or ""

    @property
    def refuses_contact(self) -> bool:
        return self.flag(K.REFUSES_CONTACT)

    @property
    def corrected_from(self) -> "EventData":
        """What stood where a correction wrote."""
        return EventData(self.within(K.BEFORE).stored)

    @property
    def reason(self) -> Because | None:
        """Why the system did it; None for a person, whose reason is a text."""
        return because_of(self.stored.get(K.REASON))

    # Promises and waiting.

    def set_by(self, event: str, *meanings: Sets) -> str | None:
        """What it set with the first of these meanings, whatever the field is called; `event` is
        its name."""
        row = action_of(event)
        for meaning in meanings if row is not None else ():
            field = row.field_that_sets(meaning) if row is not None else None
            if field is not None and self.stored.get(field):
                return str(self.stored[field])
        return None

    def date_set_by(self, event: str) -> datetime | None:
        """The time that the event sets for what it promises or waits for."""
        known = self.promise or self.promised_at
        said = None if known else self.set_by(event, Sets.PROMISE, Sets.FOLLOW_UP)
        return datetime.fromisoformat(said) if said else known

    @property
    def promise(self) -> datetime | None:
        """The time that holds for the customer, where an older promise does."""
        return self.moment(K.PROMISE)

    @property
    def promised_at(self) -> datetime | None:
        """The time that was typed in."""
        return self.moment(K.PROMISED_AT)

    @property
    def promised_before(self) -> datetime | None:
        """The promise that a manager replaced."""
        return self.moment(K.BEFORE)

    # Work orders.

    @property
    def units(self) -> tuple[UUID, ...]:
        return self.ids(K.UNITS)

    @property
    def orders(self) -> tuple[UUID, ...]:
        """The orders that it sent or urged."""
        return self.ids(K.ORDERS)

    @property
    def contested(self) -> frozenset[UUID]:
        """The departments among them that sent the complaint back before."""
        return frozenset(self.ids(K.CONTESTED))

    @property
    def ruling(self) -> str:
        return self.text(K.RULING) or ""

    @property
    def bound(self) -> UUID | None:
        """The department that has to do it."""
        return self.id(K.BOUND)

    # Answers, callbacks, notices, endings.

    @property
    def outcome(self) -> str:
        """A code of `CallOutcome`; of a resolving, one of `Resolution`."""
        return self.text(K.OUTCOME) or ""

    @property
    def cause(self) -> UUID | None:
        return self.id(K.CAUSE)

    @property
    def remedy(self) -> str:
        return self.text(K.REMEDY) or ""

    @property
    def liable_unit(self) -> UUID | None:
        return self.id(K.LIABLE_UNIT)

    @property
    def compensation(self) -> int:
        """In minor units of the operator's currency."""
        return self.number(K.COMPENSATION)

    @property
    def callback(self) -> UUID | None:
        return self.id(K.CALLBACK)

    @property
    def cycle(self) -> int | None:
        """None in events from before they said it."""
        return self.number(K.CYCLE) or None

    @property
    def attempt(self) -> UUID | None:
        return self.id(K.ATTEMPT)

    @property
    def called_at(self) -> datetime | None:
        return self.moment(K.CALLED_AT)

    @property
    def notice(self) -> UUID | None:
        """The notice that it is about."""
        return self.id(K.NOTICE)

    @property
    def written_notice(self) -> UUID | None:
        """The notice that it put down; None before it was looked at whether one left."""
        return self.id(K.WRITTEN_NOTICE)

    @property
    def channel(self) -> str:
        """A code of the action's own channels."""
        return self.text(K.CHANNEL) or ""

    @property
    def ground(self) -> str:
        return self.text(K.GROUND) or ""

    @property
    def withdrawn_by(self) -> WithdrawnBy | None:
        """None where it was not asked for yet."""
        return self.code(K.SAID_BY, WithdrawnBy)

    @property
    def withdrawn_through(self) -> WithdrawalChannel | None:
        return self.code(K.CHANNEL, WithdrawalChannel)

    @property
    def at(self) -> datetime | None:
        """When it was, where that was typed in."""
        return self.moment(K.AT)

    # Reopening and merging.

    @property
    def because(self) -> str:
        return self.text(K.BECAUSE) or ""

    @property
    def in_time(self) -> bool:
        """Whether any desk could have reopened it then."""
        return self.flag(K.IN_TIME)

    @property
    def started_at(self) -> datetime | None:
        """From when on the complaint counts, now that another is merged in or taken out."""
        return self.moment(K.STARTED_AT)

    # Responsibility, levels, limits.

    @property
    def named(self) -> UUID | None:
        """Who was named to take it over, to handle it, or to decide."""
        return self.id(K.TO) or self.id(K.HANDLER) or self.id(K.NAMED)

    @property
    def from_person(self) -> UUID | None:
        return self.id(K.FROM_PERSON)

    @property
    def to_person(self) -> UUID | None:
        return self.id(K.TO_PERSON)

    @property
    def level(self) -> int:
        return self.number(K.LEVEL)

    @property
    def limits(self) -> UUID | None:
        """The limits that hold from here."""
        return self.id(K.LIMITS)

    @property
    def limits_before(self) -> UUID | None:
        return self.id(K.BEFORE)

    # Files and redacted texts.

    @property
    def file(self) -> str | None:
        return self.text(K.FILE)

    @property
    def sha256(self) -> str | None:
        return self.text(K.SHA256)

    @property
    def redacted(self) -> tuple[str | None, str | None]:
        """Of a text that was taken out: the key of its entry and the digest of its words."""
        return self.text(K.ENTRY), self.text(K.REMOVED)
