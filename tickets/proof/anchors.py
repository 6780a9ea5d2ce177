"""Anchors: once a day one root over every chain that changed, chained to the day before.

Leaves are put down in steps, so that a million complaints fit; the anchor over them comes last.
What is sent outside is one line of JSON per anchor: the body as text, its signature, its token.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypedDict, cast
from uuid import UUID

from sqlalchemy import func, select, update

from tickets.database import db, new_id
from tickets.models import AdminHead, Anchor, AnchorLeaf, Complaint
from tickets.proof.canonical import canonical, digest
from tickets.proof.covered import columns_covered
from tickets.proof.keys import SigningKey
from tickets.proof.merkle import leaf_hash, root_of
from tickets.proof.states import COMPLAINT, columns_digest, stored

FORMAT = "shouwen-anchor/1"
BATCH = 200


class AnchorBody(TypedDict):
    """What an anchor says. `previous` is the digest of the one before, `covers` the columns by
    table that its leaves speak of, `key` the public one that it is signed with."""

    format: str
    number: int
    at: str
    previous: str
    root: str
    leaves: int
    complaints: int
    covers: dict[str, list[str]]
    key: str | None


class Leaf(Protocol):
    """A leaf's row, or what was read of it."""

    subject: str
    subject_id: str
    named: str
    seq: int
    head: str
    columns: str


@dataclass(frozen=True)
class AnchorLine:
    """One anchor as it is sent and kept outside."""

    body: str
    signature: str = ""
    token: str = ""

    @property
    def said(self) -> AnchorBody:
        """What the body says; raises ValueError when it is no anchor."""
        found = json.loads(self.body)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise ValueError("this is no anchor")
        return cast(AnchorBody, found)  # whoever reads more of it finds out what is missing

    @property
    def digest(self) -> str:
        return digest(self.body)

    @property
    def text(self) -> str:
        return canonical({"body": self.body, "signature": self.signature, "token": self.token})


def line_of(anchor: Anchor) -> AnchorLine:
    return AnchorLine(anchor.body, anchor.signature, anchor.token)


def read_line(text: str) -> AnchorLine:
    """An anchor as it was sent; raises ValueError for anything else."""
    found = json.loads(text)
    parts = ("body", "signature", "token")
    if not isinstance(found, dict) or not all(isinstance(found.get(p), str) for p in parts):
        raise ValueError("this is no line of an anchor")
    line = AnchorLine(*(found[part] for part in parts))
    if not isinstance(line.said.get("number"), int):
        raise ValueError("the anchor has no number")
    return line


def latest() -> Anchor | None:
    return db.session.scalar(select(Anchor).order_by(Anchor.number.desc()).limit(1))


def all_lines() -> Iterator[AnchorLine]:
    """Every anchor from the first on, as it was sent."""
    query = select(Anchor.body, Anchor.signature, Anchor.token).order_by(Anchor.number)
    for row in db.session.execute(query):
        yield AnchorLine(*row)


def put_leaves() -> int:
    """Leaves for some of the complaints that changed since they were anchored; returns how many,
    nought when none is left. Whoever holds a complaint now leaves it to the next anchor."""
    changed = db.session.execute(
        select(Complaint.id, Complaint.number, Complaint.event_count, Complaint.chain_head)
        .where(Complaint.anchored_events != Complaint.event_count)
        .order_by(Complaint.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=Complaint)
    ).all()
    if not changed:
        return 0
    rows = stored([row.id for row in changed])
    covers = columns_covered()
    number, place = _next_number(), _next_place()
    for ahead, row in enumerate(changed):
        leaf = _complaint_leaf(row.id, row.number, row.event_count, row.chain_head)
        leaf.number, leaf.place = number, place + ahead
        leaf.columns = columns_digest(rows[row.id], covers)
        db.session.add(leaf)
    _mark([row.id for row in changed])
    db.session.flush()  # the next batch begins behind these
    return len(changed)


def _complaint_leaf(key: UUID, named: str, seq: int, head: str) -> AnchorLeaf:
    return AnchorLeaf(
        id=new_id(), subject=COMPLAINT, subject_id=key.hex, named=named, seq=seq, head=head
    )


def _mark(ids: Sequence[UUID]) -> None:
    """Without making forms that are open stale: nobody's decision rests on it."""
    db.session.execute(
        update(Complaint)
        .where(Complaint.id.in_(ids))
        .values(anchored_events=Complaint.event_count),
        execution_options={"synchronize_session": False},
    )


def put_administration_leaves() -> int:
    """The same for administration: one leaf for each subject that something happened to."""
    heads = db.session.scalars(
        select(AdminHead)
        .where(AdminHead.anchored != AdminHead.count)
        .order_by(AdminHead.subject)
        .with_for_update()
    ).all()
    number, place = _next_number(), _next_place()
    for ahead, head in enumerate(heads):
        db.session.add(
            AnchorLeaf(
                id=new_id(),
                number=number,
                place=place + ahead,
                subject=head.subject,
                subject_id="",
                named=head.subject,
                seq=head.count,
                head=head.head,
                columns="",
            )
        )
        head.anchored = head.count
    db.session.flush()
    return len(heads)


def drawn_up(now: datetime, key: SigningKey | None) -> AnchorLine:
    """The anchor over the leaves that were put down; it is kept by `keep`."""
    before = latest()
    number = before.number + 1 if before else 1
    complaints = db.session.scalar(select(func.count()).select_from(Complaint))
    leaves = db.session.scalar(
        select(func.count()).select_from(AnchorLeaf).where(AnchorLeaf.number == number)
    )
    said: AnchorBody = {
        "format": FORMAT,
        "number": number,
        "at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "previous": before.digest if before else "",
        "root": root_of(leaf_hashes(number)),
        "leaves": leaves or 0,
        "complaints": complaints or 0,
        "covers": columns_covered(),
        "key": key.public if key else None,
    }
    body = canonical(said)
    return AnchorLine(body, key.sign(body) if key else "")


def keep(line: AnchorLine, token: str) -> Anchor:
    """Store the anchor, with what the time-stamping server said."""
    said = line.said
    anchor = Anchor(
        id=new_id(),
        number=said["number"],
        at=datetime.fromisoformat(said["at"]),
        body=line.body,
        digest=line.digest,
        signature=line.signature,
        token=token,
    )
    db.session.add(anchor)
    db.session.flush()  # one number, one anchor: a second one is refused here
    return anchor


def leaf_text(leaf: Leaf) -> str:
    """Everything that a leaf says, in its only spelling."""
    return canonical(leaf_document(leaf))


def leaf_document(leaf: Leaf) -> Mapping[str, str | int]:
    return {
        "subject": leaf.subject,
        "subject_id": leaf.subject_id,
        "named": leaf.named,
        "seq": leaf.seq,
        "head": leaf.head,
        "columns": leaf.columns,
    }


def leaf_hashes(number: int) -> Iterator[str]:
    """The hashes of an anchor's leaves in their order; flat memory."""
    query = (
        select(
            AnchorLeaf.subject,
            AnchorLeaf.subject_id,
            AnchorLeaf.named,
            AnchorLeaf.seq,
            AnchorLeaf.head,
            AnchorLeaf.columns,
        )
        .where(AnchorLeaf.number == number)
        .order_by(AnchorLeaf.place)
        .execution_options(yield_per=1000)
    )
    for row in db.session.execute(query):
        yield leaf_hash(leaf_text(row))


def _next_number() -> int:
    return (db.session.scalar(select(func.max(Anchor.number))) or 0) + 1


def _next_place() -> int:
    highest = db.session.scalar(
        select(func.max(AnchorLeaf.place)).where(AnchorLeaf.number == _next_number())
    )
    return 0 if highest is None else highest + 1
