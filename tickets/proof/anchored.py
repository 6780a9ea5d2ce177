"""What is stored, proved against anchors: those that were kept outside, or else the database's own.

A rewritten history with all its hashes, a complaint that is gone with everything about it, events
that were taken away or put in with an older date: found once the day's anchor was made.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from tickets.database import db
from tickets.models import AdminEvent, AnchorLeaf, Complaint
from tickets.proof.anchors import AnchorBody, AnchorLine, all_lines, leaf_hashes
from tickets.proof.histories import KeptHistory
from tickets.proof.keys import signature_holds
from tickets.proof.merkle import root_of
from tickets.proof.states import COMPLAINT, columns_digest, told

GRACE = timedelta(days=1)
"""An event may be stored a while after its moment: while a long transaction is under way."""

Found = Iterator[tuple[str, int, str]]


@dataclass(frozen=True)
class Anchored:
    """The anchors that count, by number, and what each says."""

    lines: dict[int, AnchorLine]
    said: dict[int, AnchorBody]
    at: dict[int, datetime]

    @property
    def unsigned(self) -> int:
        return sum(not line.signature for line in self.lines.values())


def anchored_by(lines: Sequence[AnchorLine]) -> Anchored:
    numbered = {line.said["number"]: line for line in lines}
    said = {number: line.said for number, line in numbered.items()}
    at = {number: datetime.fromisoformat(each["at"]) for number, each in said.items()}
    return Anchored(numbered, said, at)


def trusted(outside: Sequence[AnchorLine]) -> Anchored:
    """Those from outside, and of the database's own those that are not among them: older ones
    before the file begins, newer ones after it ends."""
    kept = {line.said["number"]: line for line in all_lines()}
    return anchored_by([*({**kept, **anchored_by(outside).lines}).values()])


def flaws_of_anchors(outside: Sequence[AnchorLine], keys: Collection[str]) -> Found:
    """Whether the anchors hang together, are signed, and are those that were sent outside."""
    kept = anchored_by(list(all_lines()))
    for number, line in sorted(anchored_by(outside).lines.items()):
        own = kept.lines.get(number)
        if own is None:
            yield "anchor", number, "the anchor is missing"
        elif own.digest != line.digest:
            yield "anchor", number, "the anchor is not the one that was sent outside"
    everything = trusted(outside)
    before: AnchorLine | None = None
    for expected, (number, line) in enumerate(sorted(everything.lines.items()), 1):
        if number != expected:
            yield "anchor", expected, "the anchor is missing"
            return
        if everything.said[number]["previous"] != (before.digest if before else ""):
            yield "anchor", number, "the anchor does not follow the one before"
        yield from _signature(number, line, everything.said[number], keys)
        yield from _leaves(number, everything.said[number])
        before = line


def _signature(number: int, line: AnchorLine, said: AnchorBody, keys: Collection[str]) -> Found:
    public = said["key"]
    if public is None:
        if line.signature:
            yield "anchor", number, "the anchor is signed with no key"
        return
    if not signature_holds(public, line.signature, line.body):
        yield "anchor", number, "the signature of the anchor is wrong"
    elif keys and public not in keys:
        yield "anchor", number, "the anchor was signed with another key"


def _leaves(number: int, said: AnchorBody) -> Found:
    if root_of(leaf_hashes(number)) != said["root"]:
        yield "anchor", number, "its leaves are not those that were anchored"


def leaves_of(ids: Sequence[UUID]) -> dict[UUID, list[AnchorLeaf]]:
    """The leaves of these complaints, the oldest first."""
    found: dict[UUID, list[AnchorLeaf]] = defaultdict(list)
    query = select(AnchorLeaf).where(
        AnchorLeaf.subject == COMPLAINT, AnchorLeaf.subject_id.in_([each.hex for each in ids])
    )
    for leaf in db.session.scalars(query.order_by(AnchorLeaf.number, AnchorLeaf.place)):
        found[UUID(leaf.subject_id)].append(leaf)
    return found


def flaws_of_history(kept: KeptHistory, leaves: Sequence[AnchorLeaf], anchored: Anchored) -> Found:
    """Whether a complaint is what was anchored of it, each time that it was."""
    hashes = {event.seq: event.hash for event in kept.events}
    for leaf in leaves:
        if hashes.get(leaf.seq) != leaf.head or leaf.named != kept.number:
            yield kept.number, leaf.seq, f"it is not what anchor {leaf.number} holds"
            return
    reaches = leaves[-1].seq if leaves else 0
    if kept.anchored_events != reaches:
        yield kept.number, 0, "complaint.anchored_events was changed"
    if leaves:
        yield from _columns(kept, leaves[-1], anchored)
    yield from _dates(kept, leaves, anchored)


def _columns(kept: KeptHistory, leaf: AnchorLeaf, anchored: Anchored) -> Found:
    said = anchored.said.get(leaf.number)
    if said is None:
        return  # its anchor is still being made
    same = leaf.seq == kept.event_count
    rows = kept.stored if same else told(kept.baseline, kept.events, up_to=leaf.seq)
    if columns_digest(rows, said["covers"]) != leaf.columns:
        yield kept.number, leaf.seq, f"its rows are not what anchor {leaf.number} holds"


def _dates(kept: KeptHistory, leaves: Sequence[AnchorLeaf], anchored: Anchored) -> Found:
    """What is older than an anchor must be in it."""
    if not anchored.at:
        return
    ends = [(leaf.seq, leaf.number - 1) for leaf in leaves]
    newest = max(anchored.at)
    for event in kept.events:
        without = next((number for seq, number in ends if event.seq <= seq), newest)
        at = anchored.at.get(without)
        if at is not None and event.at < at - GRACE:
            yield kept.number, event.seq, f"it is older than anchor {without}, which lacks it"


def gone() -> Found:
    """Complaints that were anchored and are there no more."""
    rows = db.session.execute(
        select(AnchorLeaf.named, func.max(AnchorLeaf.seq))
        .where(AnchorLeaf.subject == COMPLAINT, AnchorLeaf.named.not_in(select(Complaint.number)))
        .group_by(AnchorLeaf.named)
    )
    for number, seq in rows:
        yield number, seq, "the complaint was anchored and is gone"


def flaws_of_administration() -> Found:
    """Whether administration's chains are what was anchored of them."""
    rows = db.session.execute(
        select(AnchorLeaf.subject, AnchorLeaf.seq, AnchorLeaf.head, AnchorLeaf.number)
        .where(AnchorLeaf.subject != COMPLAINT)
        .order_by(AnchorLeaf.number, AnchorLeaf.place)
    )
    for subject, seq, head, number in rows:
        kept = db.session.scalar(
            select(AdminEvent.hash).where(AdminEvent.subject == subject, AdminEvent.seq == seq)
        )
        if kept != head:
            yield subject, seq, f"it is not what anchor {number} holds"
