"""Everything that is stored: tables, columns, and the guards that the database itself keeps.

No verb and no rule belongs here.
"""

from tickets.models.catalogue import Category, Cause, PolicySetting
from tickets.models.closing import (
    Answer,
    Approval,
    ApprovalState,
    AttemptConfirmation,
    Callback,
    CallbackAttempt,
    Notice,
    NoticePosting,
    NoticeReturn,
    Responsibility,
    SpentBasis,
)
from tickets.models.complaints import Complaint
from tickets.models.customers import Contact, ContactKind, Customer
from tickets.models.facts import (
    ClockFact,
    ComplaintFact,
    HappenedFact,
    HeldFact,
    PathFact,
    StayFact,
)
from tickets.models.files import AskedOfFile, FileKind, FilePiece, FileState, StoredFile
from tickets.models.history import AdminEvent, Attachment, Entry, Event
from tickets.models.installation import Installation
from tickets.models.jobs import Job, JobHealth
from tickets.models.messages import (
    ChannelSetting,
    Delivery,
    Message,
    MessageFile,
    MessageText,
    Notification,
    Preference,
    QuietHours,
    SinkMessage,
    Webhook,
)
from tickets.models.months import ClockMonth, CountedMonth, HeldMonth
from tickets.models.people import Draft, LoginAttempt, Membership, Person, SignInSession
from tickets.models.problems import Problem, ProblemEvent, ProblemLink
from tickets.models.proof import AdminHead, Anchor, AnchorAddress, AnchorLeaf, Baseline
from tickets.models.quality import QualityCall, QualitySample, ReviewTask, SampleState, Verdict
from tickets.models.reports import FileFormat, ReportRecipient, ReportSchedule, Rhythm
from tickets.models.rights import RightsAct, RightsRequest, RightsState
from tickets.models.ties import Merge, Presence, Transfer, TransferState, Watch
from tickets.models.time import Absence, Alert, ClockRow, LimitsVersion, Reminder
from tickets.models.units import Unit
from tickets.models.walls import Wallboard
from tickets.models.what_if import WhatIf, WhatIfChange
from tickets.models.work import InterimMeasure, WorkOrder

__all__ = [
    "Absence",
    "AdminEvent",
    "AdminHead",
    "Alert",
    "Anchor",
    "AnchorAddress",
    "AnchorLeaf",
    "Answer",
    "Approval",
    "ApprovalState",
    "Attachment",
    "AskedOfFile",
    "AttemptConfirmation",
    "Baseline",
    "Callback",
    "CallbackAttempt",
    "Category",
    "Cause",
    "ChannelSetting",
    "ClockFact",
    "ClockMonth",
    "ClockRow",
    "Complaint",
    "ComplaintFact",
    "Contact",
    "ContactKind",
    "CountedMonth",
    "Customer",
    "Delivery",
    "Draft",
    "Entry",
    "Event",
    "FileFormat",
    "FileKind",
    "FilePiece",
    "FileState",
    "HappenedFact",
    "HeldFact",
    "HeldMonth",
    "Installation",
    "InterimMeasure",
    "Job",
    "JobHealth",
    "LimitsVersion",
    "LoginAttempt",
    "Membership",
    "Merge",
    "Message",
    "MessageFile",
    "MessageText",
    "Notice",
    "NoticePosting",
    "NoticeReturn",
    "Notification",
    "PathFact",
    "Person",
    "PolicySetting",
    "Preference",
    "Presence",
    "Problem",
    "ProblemEvent",
    "ProblemLink",
    "QualityCall",
    "QualitySample",
    "QuietHours",
    "Reminder",
    "ReportRecipient",
    "ReportSchedule",
    "Responsibility",
    "ReviewTask",
    "Rhythm",
    "RightsAct",
    "RightsRequest",
    "RightsState",
    "SampleState",
    "SignInSession",
    "SinkMessage",
    "SpentBasis",
    "StayFact",
    "StoredFile",
    "Transfer",
    "TransferState",
    "Unit",
    "Verdict",
    "Wallboard",
    "Watch",
    "Webhook",
    "WhatIf",
    "WhatIfChange",
    "WorkOrder",
]
