"""A complaint's history as a file that proves itself: `tools/verify_proof.py` needs nothing else.

It holds what the newest finished anchor covers and no more, so that nothing in it is unproven.
"""

from datetime import UTC

from sqlalchemy import select

from tickets.database import db
from tickets.models import Anchor, AnchorLeaf, Complaint
from tickets.proof.anchors import leaf_document, leaf_hashes, line_of
from tickets.proof.histories import ChainedEvent, KeptHistory, histories
from tickets.proof.merkle import path_of
from tickets.proof.said import Rows
from tickets.proof.states import COMPLAINT, covered_by, told

FORMAT = "shouwen-proof/1"


class NotAnchored(LookupError):
    """No anchor covers this complaint yet; the next one will."""


def proof_of(complaint: Complaint) -> dict[str, object]:
    """The document; raises NotAnchored."""
    leaf, anchor = _newest(complaint)
    (kept,) = histories([complaint.id])
    line = line_of(anchor)
    hashes = list(leaf_hashes(leaf.number))
    proven = [event for event in kept.events if event.seq <= leaf.seq]
    return {
        "format": FORMAT,
        "complaint": str(kept.id),
        "events": [_event(event) for event in proven],
        "texts": [
            {"seq": event.seq, "field": words.field, "text": words.text}
            for event in proven
            for words in event.entries
            if words.redacted_at is None
        ],
        "columns": _columns(kept, leaf, line.said["covers"]),
        "leaf": dict(leaf_document(leaf)),
        "place": leaf.place,
        "path": path_of(hashes, leaf.place),
        "anchor": {"body": line.body, "signature": line.signature},
    }


def _newest(complaint: Complaint) -> tuple[AnchorLeaf, Anchor]:
    found = db.session.execute(
        select(AnchorLeaf, Anchor)
        .join(Anchor, Anchor.number == AnchorLeaf.number)
        .where(AnchorLeaf.subject == COMPLAINT, AnchorLeaf.subject_id == complaint.id.hex)
        .order_by(AnchorLeaf.number.desc(), AnchorLeaf.place.desc())
        .limit(1)
    ).first()
    if found is None:
        raise NotAnchored(complaint.number)
    return found[0], found[1]


def _event(event: ChainedEvent) -> dict[str, object]:
    return {
        "id": str(event.id),
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(),
        "action": event.action,
        "kind": event.kind,
        "actor": str(event.actor_id),
        "rule": event.rule,
        "work_order": str(event.work_order_id),
        "data": event.data,
        "hash": event.hash,
    }


def _columns(kept: KeptHistory, leaf: AnchorLeaf, covers: dict[str, list[str]]) -> Rows:
    same = leaf.seq == kept.event_count
    rows = kept.stored if same else told(kept.baseline, kept.events, up_to=leaf.seq)
    return covered_by(rows, covers)
