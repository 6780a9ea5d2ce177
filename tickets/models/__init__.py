"""Everything that is stored."""

from tickets.models.catalogue import Category, Cause, PolicySetting
from tickets.models.closing import (
    Answer,
    Approval,
    ApprovalState,
    Callback,
    CallbackAttempt,
    Notice,
)
from tickets.models.complaints import Complaint
from tickets.models.customers import Contact, ContactKind, Customer
from tickets.models.history import AdminEvent, Attachment, Entry, Event
from tickets.models.installation import Installation
from tickets.models.people import Draft, LoginAttempt, Membership, Person, SignInSession
from tickets.models.ties import Merge, Presence, Transfer, TransferState, Watch
from tickets.models.units import Unit
from tickets.models.work import InterimMeasure, WorkOrder

__all__ = [
    "AdminEvent",
    "Answer",
    "Approval",
    "ApprovalState",
    "Attachment",
    "Callback",
    "CallbackAttempt",
    "Category",
    "Cause",
    "Complaint",
    "Contact",
    "ContactKind",
    "Customer",
    "Draft",
    "Entry",
    "Event",
    "Installation",
    "InterimMeasure",
    "LoginAttempt",
    "Membership",
    "Merge",
    "Notice",
    "Person",
    "PolicySetting",
    "Presence",
    "SignInSession",
    "Transfer",
    "TransferState",
    "Unit",
    "Watch",
    "WorkOrder",
]
