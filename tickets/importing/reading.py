"""From a row to what the door asks for, with every reason why that is not possible."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from tickets.importing.mapping import ANSWER, CODED, Arrives, ColumnMapping, YesNo
from tickets.importing.moments import Received, Unreadable, received
from tickets.importing.sheet import SourceRow
from tickets.models import Complaint, Contact, Customer
from workflow.inputs import missing_or_wrong
from workflow.lifecycle import ACTIONS
from workflow.reasons import Reason
from workflow.values import Inputs
from workflow.words import CallChannel

STORED_IN: Mapping[str, InstrumentedAttribute[str] | InstrumentedAttribute[str | None]] = {
    "external_id": Complaint.external_id,
    "line": Complaint.line,
    "town": Complaint.town,
    "on_behalf_of": Complaint.on_behalf_of,
    "callback_number": Complaint.callback_number,
    "callback_wish": Complaint.callback_wish,
    "customer_name": Customer.name,
    "phone": Contact.given,
    "account": Contact.given,
    "email": Contact.given,
}
"""Where each short text goes: a longer one is refused, never cut."""

REGISTER = ("description", "channel", "severity", "wish", "callback_number", "callback_wish")


@dataclass(frozen=True)
class Claim:
    """One row as the product understands it; codes of category and cause are still texts."""

    row: SourceRow
    external_id: str
    fingerprint: str
    arrives: Arrives
    received_at: datetime
    texts: Mapping[str, str]
    register: Inputs
    answer: Mapping[str, str]
    callback_channel: CallChannel | None
    category: str
    rest: str
    doubts: tuple[str, ...]


class Rejected(Exception):
    """A row that cannot be imported; `reasons` holds every one."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def fingerprint(row: SourceRow) -> str:
    """What the row says, as a digest: the same id with another one has been changed meanwhile."""
    said = json.dumps(dict(row.cells), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def external_id(row: SourceRow, mapping: ColumnMapping) -> str:
    return mapping.fields["external_id"].filled(row.cells).strip()


def doubts(row: SourceRow, mapping: ColumnMapping, now: datetime) -> tuple[str, ...]:
    """What is doubtful about a row that could be read."""
    try:
        return received(mapping.dates, mapping.zone, row.cells, now).doubts
    except Unreadable as unreadable:
        return unreadable.reasons


def claim(row: SourceRow, mapping: ColumnMapping, now: datetime) -> Claim:
    """What this row says, or Rejected with every reason."""
    reading = _Reading(row, mapping)
    values = reading.values()
    when = reading.when(now)
    category = reading.category(values)
    register = _registering(values)
    answer = {name: values[name] for name in ANSWER if values.get(name)}
    reading.check_length(values)
    reading.check_inputs("register", {**register, "category": category})
    if values.get("status") == Arrives.RESOLVED:
        reading.check_inputs("resolve", answer)
    if reading.reasons or when is None:
        raise Rejected(reading.reasons)
    return Claim(
        row=row,
        external_id=values["external_id"].strip(),
        fingerprint=fingerprint(row),
        arrives=Arrives(values["status"]),
        received_at=when.at,
        texts=values,
        register=register,
        answer=answer,
        callback_channel=_channel(values),
        category=category,
        rest=_rest(row, mapping),
        doubts=when.doubts,
    )


def _registering(values: Mapping[str, str]) -> Inputs:
    """What registering asks for, as far as the row says it."""
    refuses = values.get("refuses_contact") == YesNo.YES
    said = {name: values[name] for name in REGISTER if values.get(name)}
    return {**said, "refuses_contact": True} if refuses else said


def _channel(values: Mapping[str, str]) -> CallChannel | None:
    said = values.get("callback_channel")
    return CallChannel(said) if said else None


def _rest(row: SourceRow, mapping: ColumnMapping) -> str:
    """Everything in the row that is not kept as it stands in a field of its own, line by line."""
    whole = _kept_whole(mapping)
    return "\n".join(
        f"{column}: {said}" for column, said in row.cells.items() if said and column not in whole
    )


def _kept_whole(mapping: ColumnMapping) -> set[str]:
    return {
        column
        for name, template in mapping.fields.items()
        if name not in mapping.values and name not in CODED
        for column in template.columns
        if template.text == f"{{{column}}}"
    }


def _length_of(column: TypeEngine[str] | TypeEngine[str | None]) -> int | None:
    """How many characters it holds; None for any number of them."""
    return column.length if isinstance(column, String) else None


@dataclass
class _Reading:
    """One row being read; collects what is wrong with it."""

    row: SourceRow
    mapping: ColumnMapping
    reasons: list[str] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def values(self) -> dict[str, str]:
        """Every mapped field; those of the answer only where the row arrives answered."""
        status = self.value("status")
        left_out = () if status == Arrives.RESOLVED else ANSWER
        fields = [each for each in self.mapping.fields if each not in ("status", *left_out)]
        return {"status": status, **{name: self.value(name) for name in fields}}

    def value(self, name: str) -> str:
        """What the row says in this field, as the mapping translates it."""
        said = self.mapping.fields[name].filled(self.row.cells)
        known = self.mapping.values.get(name)
        if known is None:
            return self._code(name, said) if name in CODED else said
        if said.strip() in known:
            return known[said.strip()]
        self._refuse(name, f"“{said}” is not in the mapping's values.{name}")
        return ""

    def _code(self, name: str, said: str) -> str:
        """A code that the row itself holds."""
        code = said.strip()
        if not code or code in {each.value for each in CODED[name]}:
            return code
        self._refuse(name, f"“{said}” is none of {', '.join(sorted(CODED[name]))}")
        return ""

    def _refuse(self, name: str, what: str) -> None:
        self.reasons.append(f"{name}: {what}")
        self.failed.add(name)

    def when(self, now: datetime) -> Received | None:
        try:
            return received(self.mapping.dates, self.mapping.zone, self.row.cells, now)
        except Unreadable as unreadable:
            self.reasons += unreadable.reasons
            return None

    def category(self, values: Mapping[str, str]) -> str:
        """The mapped category; else by the first keyword in the description; else the fallback."""
        if values.get("category") or "category" in self.failed:
            return values["category"].strip()
        folded = values.get("description", "").casefold()
        found = (rule.code for rule in self.mapping.keywords if rule.fit(folded))
        return next(found, self.mapping.fallback or "")

    def check_length(self, values: Mapping[str, str]) -> None:
        for name, column in STORED_IN.items():
            longest, length = _length_of(column.type), len(values.get(name, ""))
            if longest is not None and length > longest:
                self._refuse(name, f"At most {longest} characters; these are {length}.")
        for name in ("external_id", "status"):
            if not values.get(name, "").strip() and name not in self.failed:
                self._refuse(name, "Please fill this in.")

    def check_inputs(self, action: str, inputs: Inputs) -> None:
        """What the door itself would say, for every field that has not failed already."""
        for reason in missing_or_wrong(ACTIONS[action], inputs):
            if reason.field not in self.failed:
                self.reasons.append(worded(reason))


def worded(reason: Reason) -> str:
    return f"{reason.field}: {reason}" if reason.field else str(reason)
