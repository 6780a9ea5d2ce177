"""Who had a hand in how a complaint was handled, and so does not decide its exceptional closing.

Pure: identities are opaque and only compared. Source: design §3, "No single person ends a
complaint"; decisions P2–P4.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from workflow.reasons import Reason
from workflow.words import N_

Identity = object


class Deed(StrEnum):
    """What makes somebody an author."""

    ANSWERED = "answered"
    CALLED = "called"
    NOTIFIED = "notified"
    ASKED = "asked"
    RESPONSIBLE = "responsible"
    REPRESENTED = "represented"


SENTENCES = {
    Deed.ANSWERED: N_("You wrote an answer to this complaint; somebody else must decide."),
    Deed.CALLED: N_("You recorded a callback of this complaint; somebody else must decide."),
    Deed.NOTIFIED: N_("You sent a written notice of this complaint; somebody else must decide."),
    Deed.ASKED: N_("You asked for this closing; somebody else must decide."),
    Deed.RESPONSIBLE: N_("You are or were responsible for this complaint; somebody else decides."),
    Deed.REPRESENTED: N_("Somebody acted for you on this complaint; somebody else must decide."),
}
CODES = {Deed.ASKED: "own_request", Deed.RESPONSIBLE: "own_complaint"}

Authors = Mapping[Identity, frozenset[Deed]]


def against_deciding(
    person: Identity,
    authors: Authors,
    *,
    stands_in_for: Iterable[Identity] = frozenset(),
    stood_in_by: Iterable[Identity] = frozenset(),
) -> list[Reason]:
    """Every reason why this person may not decide; empty when they may.

    `authors` holds what each did on the complaint; `stands_in_for` whom the person represents at
    this moment, `stood_in_by` who represents the person.
    """
    own = sorted(authors.get(person, frozenset()))
    found = [Reason(CODES.get(deed, f"author_{deed}"), SENTENCES[deed]) for deed in own]
    if any(authors.get(each) for each in stands_in_for):
        sentence = N_("You stand in for somebody who handled this complaint.")
        found.append(Reason("stands_in_for_author", sentence))
    if any(authors.get(each) for each in stood_in_by):
        sentence = N_("Somebody who handled this complaint stands in for you.")
        found.append(Reason("author_stands_in", sentence))
    return found
