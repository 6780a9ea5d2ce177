"""Who may decide an exceptional closing, and who is named when nobody above the complaint may.

Upward first: supervisors and executives of the unit and above. With nobody eligible there, quality
of the branch, then supervisors of other branches, named by rule and by name; with none at all the
complaint stays open, and the page says who is missing (decision P3).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from tickets.actors import oversees
from tickets.database import db
from tickets.history.authors import authors_of
from tickets.models import Approval, Complaint, Membership, Person
from tickets.people.absences import absences_at
from workflow.absence import Away, stand_ins_of, stood_in_for
from workflow.authors import Authors, Deed, against_deciding
from workflow.case import Case
from workflow.closing_rules import decided_by_somebody_else
from workflow.lifecycle import ACTIONS
from workflow.words import Role

UPWARD = (Role.SUPERVISOR, Role.EXECUTIVE)


def may_decide(complaint: Complaint, now: datetime) -> list[Person]:
    """Everybody above the complaint who had no hand in it."""
    return _eligible(_upward(complaint), authors_of(complaint), now)


def named_for(complaint: Complaint, now: datetime, *requesters: UUID | None) -> Person | None:
    """Whom the rule names when nobody above may decide; None when somebody may, or nobody can.

    `requesters` are those whose request is being put down just now.
    """
    authors = dict(authors_of(complaint))
    for each in requesters:
        if each is not None:
            authors[each] = ASKING
    if _eligible(_upward(complaint), authors, now):
        return None
    return next(iter(_eligible(_elsewhere(complaint), authors, now)), None)


def is_orphaned(
    complaint: Complaint, named: UUID | None, now: datetime, authors: Authors | None = None
) -> bool:
    """Whether nobody at all may decide its closing; `authors` when the caller has them already."""
    known = authors_of(complaint) if authors is None else authors
    person = db.session.get(Person, named) if named else None
    asked = [*_upward(complaint), *([person] if person else [])]
    return not _eligible(asked, known, now)


def request_is_orphaned(complaint: Complaint, case: Case, request: Approval | None) -> bool:
    """Whether a closing is asked for that nobody may decide; asked of everybody only when the
    reader of the case may not decide it themselves."""
    if request is None or _reader_may_decide(case):
        return False
    return is_orphaned(complaint, request.named_id, case.now, case.authors)


def _reader_may_decide(case: Case) -> bool:
    decides = case.parties & ACTIONS["close_unreached"].by
    return bool(decides) and not decided_by_somebody_else(case)


ASKING = frozenset({Deed.ASKED})


def _upward(complaint: Complaint) -> list[Person]:
    holders = _holders(UPWARD)
    return _people(each for each in holders if oversees(each, complaint.unit))


def _elsewhere(complaint: Complaint) -> list[Person]:
    """Quality of the branch, then supervisors of other branches, each in the order of names."""
    quality = [each for each in _holders((Role.QUALITY,)) if oversees(each, complaint.unit)]
    others = [each for each in _holders(UPWARD) if not oversees(each, complaint.unit)]
    return [*_people(quality), *_people(others)]


def _holders(roles: Sequence[Role]) -> Sequence[Membership]:
    return db.session.scalars(
        select(Membership)
        .join(Person, Membership.person_id == Person.id)
        .where(Membership.role.in_(roles), Person.active)
        .options(
            joinedload(Membership.person).lazyload(Person.memberships),
            joinedload(Membership.unit),
        )
        .order_by(Person.login, Membership.id)
    ).all()


def _people(holders: Iterable[Membership]) -> list[Person]:
    return list(dict.fromkeys(each.person for each in holders))


def _eligible(people: Sequence[Person], authors: Authors, now: datetime) -> list[Person]:
    absences = absences_at(now)
    return [each for each in people if each.active and _is_free(each, authors, absences, now)]


def _is_free(
    person: Person, authors: Authors, absences: tuple[Away[UUID], ...], now: datetime
) -> bool:
    absent: frozenset[UUID] = stood_in_for(person.id, absences, now)
    there: frozenset[UUID] = stand_ins_of(person.id, absences, now)
    against = against_deciding(person.id, authors, stands_in_for=absent, stood_in_by=there)
    return not against
