"""What customers are written: about their complaint while it runs, and about its end."""

from tickets.messages.topic import Reader, Topic
from workflow.words import N_, MessageChannel

ANSWERING_CUSTOMERS = (
    Topic(
        "registered",
        Reader.CUSTOMER,
        N_("Complaint registered"),
        ("due",),
        N_("Your complaint {number} is registered. You will hear the result by {due}."),
        any_hour=True,
    ),
    Topic(
        "progress",
        Reader.CUSTOMER,
        N_("Progress"),
        ("text",),
        N_("About your complaint {number}: {text}"),
        any_hour=True,
    ),
    Topic(
        "progress_expected",
        Reader.CUSTOMER,
        N_("Progress with an expected time"),
        ("text", "due"),
        N_("About your complaint {number}: {text} We expect a solution by {due}."),
        any_hour=True,
    ),
    Topic(
        "answer",
        Reader.CUSTOMER,
        N_("Answer"),
        ("answer",),
        N_("There is an answer to your complaint {number}. We will call you."),
        {
            MessageChannel.EMAIL: N_(
                "The answer to your complaint {number}:\n\n{answer}\n\n"
                "We will call you to ask whether this settles it."
            )
        },
        held=True,
    ),
    Topic(
        "unreachable_notice",
        Reader.CUSTOMER,
        N_("Notice that we could not reach you"),
        ("text", "until"),
        N_(
            "About your complaint {number}: {text}"
            " Please get in touch by {until}; after that it may be closed."
        ),
    ),
)


def _end(code: str, label: str, line: str, *fields: str, held: bool = True) -> Topic:
    """How a customer hears that their complaint ended, and how to object."""
    fields = ("at", *fields, "days", "until")
    return Topic(code, Reader.CUSTOMER, label, fields, line, held=held)


ENDS = (
    _end(
        "ended_on_word",
        N_("Complaint closed"),
        N_(
            "Your complaint {number} was closed on {at} because you told us it is solved. If it is"
            " not, tell us within {days} days (by {until}), at any desk or by phone, and we take"
            " it up again."
        ),
    ),
    _end(
        "ended_unreachable",
        N_("Complaint closed: we could not reach you"),
        N_(
            "Your complaint {number} was closed on {at} because we could not reach you. If it is"
            " not solved, tell us within {days} days (by {until}), at any desk or by phone, and we"
            " take it up again."
        ),
    ),
    _end(
        "ended_refusing",
        N_("Complaint closed: you wanted no call"),
        N_(
            "Your complaint {number} was closed on {at} because you told us that you want no call."
            " If that is wrong or it is not solved, tell us within {days} days (by {until}), at"
            " any desk or by phone, and we take it up again."
        ),
    ),
    _end(
        "ended_withdrawn",
        N_("Complaint withdrawn"),
        N_(
            "Your complaint {number} was withdrawn on {at} because {who} told us so {way}. If that"
            " is wrong, tell us within {days} days (by {until}), at any desk or by phone, and we"
            " take it up again."
        ),
        "who",
        "way",
        held=False,
    ),
)
"""Each end of a complaint; a closing is told once it cannot be undone any more, a withdrawal at
once (decision P1)."""

FOR_CUSTOMERS = (*ANSWERING_CUSTOMERS, *ENDS)
