"""What messages can be about: one row per topic, with the fields its texts may use.

The fields of a topic are a flat allow-list (S-34): a text names them as `{field}`, and nothing
else can be reached from a text. Topics for customers have fields of their own, so that no
internal text can get into what a customer reads (NOT-05). Topics for people carry number and
link, never what the customer said or who they are (NOT-04).
"""

from collections.abc import Mapping

from tickets.messages.anchor_topics import ANCHOR, ANCHORS_MOVED
from tickets.messages.customer_topics import ENDS, FOR_CUSTOMERS
from tickets.messages.topic import Field, Reader, Shape, Topic
from workflow.words import N_, MessageChannel

__all__ = [
    "ANCHOR",
    "ANCHORS_MOVED",
    "DIGEST",
    "ENDS",
    "FIELDS",
    "FOR_CUSTOMERS",
    "FOR_PEOPLE",
    "FOR_WEBHOOKS",
    "REPORT",
    "TEST",
    "TOPICS",
    "Field",
    "Reader",
    "Shape",
    "Topic",
    "fields_of",
    "topic_of",
]


FIELDS: Mapping[str, Field] = {
    "number": Field(N_("Ticket number"), Shape.TEXT, "25-0314-7K"),
    "link": Field(N_("Link to the complaint"), Shape.TEXT, "https://complaints.example.com/…"),
    "by": Field(N_("Who did it"), Shape.SENTENCE, "Zheng"),
    "to": Field(N_("The person named"), Shape.TEXT, "Wang"),
    "whom": Field(N_("Whom it is about"), Shape.TEXT, "Wang"),
    "absent": Field(N_("Who is away"), Shape.TEXT, "Chen"),
    "unit": Field(N_("Unit"), Shape.NAMES, "Network"),
    "clock": Field(N_("Which limit"), Shape.CODE, "resolution"),
    "percent": Field(N_("Share that is used, in percent"), Shape.TEXT, "75"),
    "due": Field(N_("When it is due"), Shape.MOMENT, "2025-03-13T02:00:00+00:00"),
    "since": Field(N_("Since when"), Shape.MOMENT, "2025-03-11T02:00:00+00:00"),
    "until": Field(N_("Until when"), Shape.MOMENT, "2025-03-14T10:00:00+00:00"),
    "level": Field(N_("Level"), Shape.CODE, "2"),
    "action": Field(N_("What was done"), Shape.SENTENCE, "Note"),
    "count": Field(N_("How many"), Shape.TEXT, "3"),
    "items": Field(N_("The list of what happened"), Shape.TEXT, "25-0314-7K · …"),
    "text": Field(N_("What is written to the customer"), Shape.TEXT, "A technician comes."),
    "problem": Field(N_("Number of the problem"), Shape.TEXT, "P-20260001"),
    "report": Field(N_("Report"), Shape.TEXT, "Time limits"),
    "period": Field(N_("Period"), Shape.TEXT, "2025-03-01 – 2025-03-31"),
    "file": Field(N_("Name of the file"), Shape.TEXT, "complaints.csv"),
    "anchor": Field(N_("The anchor, one line of JSON"), Shape.TEXT, '{"body":"…"}'),
    "answer": Field(N_("The answer to the customer"), Shape.TEXT, "The line was repaired."),
    "at": Field(N_("When it happened"), Shape.MOMENT, "2025-03-11T02:00:00+00:00"),
    "days": Field(N_("In how many days the customer may object"), Shape.TEXT, "30"),
    "who": Field(N_("Who withdrew"), Shape.SENTENCE, N_("you")),
    "way": Field(N_("How it was withdrawn"), Shape.SENTENCE, N_("by phone")),
}


def _person(code: str, label: str, line: str, *fields: str, critical: bool = False) -> Topic:
    return Topic(code, Reader.PERSON, label, fields, line, critical=critical)


def _general(code: str, label: str, line: str, *fields: str) -> Topic:
    return Topic(code, Reader.PERSON, label, fields, line, general=True)


def _webhook(code: str, label: str, *fields: str) -> Topic:
    return Topic(code, Reader.WEBHOOK, label, fields)


FOR_PEOPLE = (
    _person("assigned", N_("You became responsible"), N_("You answer for this complaint now.")),
    _person(
        "dispatched", N_("New work order"), N_("There is a new work order for {unit}."), "unit"
    ),
    _person("recalled", N_("Work order recalled"), N_("The work order of {unit} is off."), "unit"),
    _person("accepted", N_("Work order accepted"), N_("{unit} has accepted."), "unit"),
    _person("answered", N_("Department answered"), N_("{unit} has answered."), "unit"),
    _person("all_answered", N_("All departments answered"), N_("No work order is open any more.")),
    _person("rejected", N_("Answer rejected"), N_("The answer of {unit} is not accepted."), "unit"),
    _person("returned", N_("Work order returned"), N_("{unit} has returned the order."), "unit"),
    _person("urged", N_("Answer urged"), N_("{by} urges {unit} to answer."), "by", "unit"),
    _person(
        "interim_measure",
        N_("Interim measure"),
        N_("{unit} has an interim measure; the customer must be told."),
        "unit",
    ),
    _person(
        "transfer_asked",
        N_("Asked to take responsibility"),
        N_("{by} asks you to take responsibility."),
        "by",
    ),
    _person("transfer_done", N_("Responsibility moved"), N_("{to} is responsible now."), "to"),
    _person(
        "transfer_declined",
        N_("Responsibility declined"),
        N_("{to} does not take responsibility."),
        "to",
    ),
    _person("transfer_cancelled", N_("Transfer cancelled"), N_("The transfer is off.")),
    _person(
        "closing_requested",
        N_("Closing requested"),
        N_("{by} asks for a closing without the customer's word."),
        "by",
    ),
    _person("closing_denied", N_("Closing denied"), N_("{by} denied the closing."), "by"),
    _person("closing_approved", N_("Closing approved"), N_("{by} approved the closing."), "by"),
    _person(
        "notice_returned",
        N_("Written notice came back"),
        N_("A written notice to the customer came back: it reached nobody."),
    ),
    _person("reopened", N_("Complaint reopened"), N_("The complaint is open again.")),
    _person(
        "objected",
        N_("The customer objects to the end"),
        N_("The customer objects to the end; the complaint is open again."),
    ),
    _person("withdrawn", N_("Complaint withdrawn"), N_("The customer withdrew the complaint.")),
    _person("level_raised", N_("Level raised"), N_("Raised: {level}."), "level"),
    _person(
        "customer_contacted",
        N_("The customer got in touch"),
        N_("The customer got in touch again."),
    ),
    _person(
        "limit_warning",
        N_("Limit runs out"),
        N_("{clock}: {percent} percent of the limit is used, due {due}."),
        "clock",
        "percent",
        "due",
    ),
    _person(
        "limit_missed",
        N_("Limit missed"),
        N_("{clock}: the limit was missed, it was {due}."),
        "clock",
        "due",
    ),
    _person("reminder", N_("Your reminder"), N_("You wanted to be reminded of this complaint.")),
    _person(
        "quality_low",
        N_("Low score"),
        N_("A second call found a low score; please look at how it was handled."),
    ),
    _person("stale", N_("No activity"), N_("Nothing has happened since {since}."), "since"),
    _person(
        "follow_up_reached",
        N_("Follow-up date reached"),
        N_("The follow-up date is here; the complaint goes on."),
    ),
    Topic(
        "substitute_started",
        Reader.PERSON,
        N_("You stand in for somebody"),
        ("absent", "until"),
        N_("You stand in for {absent} until {until}."),
        general=True,
    ),
    _general(
        "absence_entered",
        N_("Absence entered for somebody"),
        N_("{by} entered that {absent} is away until {until}; {to} stands in."),
        "by",
        "absent",
        "until",
        "to",
    ),
    _person(
        "progress_shared",
        N_("Progress of a problem shared"),
        N_("The customer was told the progress of the problem; the call back is still yours."),
    ),
    _person(
        "progress_withheld",
        N_("Progress of a problem not shared"),
        N_("There is news of the problem; this customer wants no contact and was not told."),
    ),
    _general(
        "problem_due",
        N_("Problem falls due"),
        N_("The measure of problem {problem} is due {due}."),
        "problem",
        "due",
    ),
    _general(
        "problem_overdue",
        N_("Problem overdue"),
        N_("The measure of problem {problem} was due {due}."),
        "problem",
        "due",
    ),
    _general(
        "list_written",
        N_("List written"),
        N_("The list you asked for is ready; complaints in it: {count}."),
        "count",
    ),
    _general("list_refused", N_("List not written"), N_("The list you asked for was not written.")),
    _general(
        "import_done",
        N_("Import done"),
        N_("The import of {file} is done; rows read: {count}."),
        "file",
        "count",
    ),
    _general(
        "import_refused", N_("Import refused"), N_("The import of {file} was refused."), "file"
    ),
    _general(
        "rights_asked",
        N_("A second administrator is needed"),
        N_("{by} asks a second administrator to decide on the rights of {whom}."),
        "by",
        "whom",
    ),
    _general(
        "rights_decided",
        N_("A second administrator decided"),
        N_("{by} decided on what you asked for about {whom}."),
        "by",
        "whom",
    ),
    _general(
        "rights_changed",
        N_("Oversight changed by one person alone"),
        N_("{action}: {whom} (by {by}, without a second administrator)."),
        "action",
        "whom",
        "by",
    ),
    _person("note_added", N_("New note"), N_("{by} added a note."), "by"),
    _person("happened", N_("Other news"), N_("{action} ({by})"), "action", "by"),
    _person(
        "coordinator_named", N_("Coordinator named"), N_("{to} coordinates the departments."), "to"
    ),
    _person(
        "arbitration",
        N_("Arbitration needed"),
        N_("A supervisor must decide whether {unit} answers."),
        "unit",
    ),
    _person("arbitrated", N_("Arbitration decided"), N_("{by} decided who answers."), "by"),
    _person(
        "admin_warning",
        N_("Nobody to tell"),
        N_("An alert of {unit} found nobody to tell. Somebody must hold the role."),
        "unit",
        critical=True,
    ),
)

DIGEST = Topic(
    "digest",
    Reader.PERSON,
    N_("Digest"),
    ("count", "items"),
    N_("What happened: {count}"),
    {MessageChannel.EMAIL: N_("What happened since the last digest:\n\n{items}\n\n{link}")},
    general=True,
)
"""Written by `digests`, never told by itself, so nobody is asked how they want it."""

REPORT = Topic(
    "report",
    Reader.PERSON,
    N_("Report on schedule"),
    ("report", "period"),
    N_("Report: {report}, {period}"),
    {
        MessageChannel.EMAIL: N_(
            "The report “{report}” for {period} is in the file that comes with this e-mail."
            " It holds what you may see.\n\n{link}"
        )
    },
    general=True,
)
"""Sent by a schedule with its file, never told by itself."""

FOR_WEBHOOKS = (
    _webhook("complaint.registered", N_("A complaint was registered")),
    _webhook("complaint.changed", N_("A complaint was changed"), "action"),
    _webhook("complaint.resolved", N_("A complaint has an answer")),
    _webhook("complaint.reopened", N_("A complaint was reopened")),
    _webhook("complaint.closed", N_("A complaint was closed")),
    _webhook("complaint.withdrawn", N_("A complaint was withdrawn")),
    _webhook("complaint.merged", N_("A complaint was merged")),
    _webhook("complaint.raised", N_("A complaint was raised"), "level"),
    _webhook("limit.warning", N_("A limit runs out"), "clock", "percent", "due"),
    _webhook("anchor.made", N_("An anchor was made"), "anchor"),
    _webhook("limit.missed", N_("A limit was missed"), "clock", "due"),
)

TEST = Topic("webhook.test", Reader.WEBHOOK, N_("Test"))

NEVER_TOLD = (DIGEST, REPORT, ANCHOR, ANCHORS_MOVED)
"""For people, but told by other ways than the rest, so that nobody is asked how they want them."""

TOPICS: Mapping[tuple[Reader, str], Topic] = {
    (each.reader, each.code): each
    for each in (*FOR_PEOPLE, *NEVER_TOLD, *FOR_CUSTOMERS, *FOR_WEBHOOKS, TEST)
}


def topic_of(reader: Reader, code: str) -> Topic:
    """The topic, or ValueError: a message is about something that stands in the table above."""
    found = TOPICS.get((reader, code))
    if found is None:
        raise ValueError(f"no topic {code!r} for a {reader}")
    return found


def fields_of(topic: Topic) -> tuple[str, ...]:
    """Every field that a text of this topic may name; customers get no links."""
    number = () if topic.general else ("number",)
    link = () if topic.reader is Reader.CUSTOMER else ("link",)
    return (*number, *link, *topic.fields)
