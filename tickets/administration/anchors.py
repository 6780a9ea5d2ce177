"""Where anchors go, and telling them: changed addresses are told to the ones before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from tickets.actors import Actor
from tickets.config import settings_now
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.messages.telling import Enclosed, announce_in_general, queue
from tickets.messages.topics import ANCHOR, ANCHORS_MOVED, Topic
from tickets.messages.ways import Way, is_mail_address
from tickets.models import AnchorAddress, Person
from tickets.proof.anchors import AnchorLine
from workflow.reasons import Reason, Refused
from workflow.words import N_, MessageChannel

ANCHORS = "anchor"
"""There is one list of addresses, so its events are all about this one subject."""
MOST = 20


def addresses() -> list[str]:
    """Where every anchor is sent by e-mail, in alphabetical order."""
    return list(db.session.scalars(select(AnchorAddress.address).order_by(AnchorAddress.address)))


def change_addresses(wanted: Sequence[str], *, actor: Actor, now: datetime) -> None:
    """Send anchors there from now on; those before are told, so that nobody is left out in
    silence. Raises Refused."""
    after = sorted(set(wanted))
    before = addresses()
    if reasons := _objections(after):
        raise Refused(reasons)
    if before == after:
        return
    for row in db.session.scalars(select(AnchorAddress)):
        if row.address not in after:
            db.session.delete(row)
    for address in after:
        if address not in before:
            db.session.add(AnchorAddress(id=new_id(), address=address, added_at=now))
    record(
        Subject.ANCHOR,
        ANCHORS,
        AdminEventName.CHANGED,
        before={"addresses": before},
        after={"addresses": after},
        actor=actor,
        now=now,
    )
    by = actor.name if isinstance(actor, Person) else actor.rule
    for address in before:
        _write(
            ANCHORS_MOVED,
            address,
            f"anchors_moved:{new_id().hex}",
            {"by": by, "items": "\n".join(after) or "–"},
            now,
        )


def _objections(wanted: Sequence[str]) -> list[Reason]:
    wrong = [each for each in wanted if not is_mail_address(each)]
    found = []
    if wrong:
        sentence = N_("This is not an address: %(address)s")
        found.append(Reason("address", sentence, {"address": wrong[0]}, "addresses"))
    if len(wanted) > MOST:
        sentence = N_("At most %(most)s addresses.")
        found.append(Reason("too_many", sentence, {"most": MOST}, "addresses"))
    return found


def tell(line: AnchorLine, *, now: datetime) -> None:
    """Send an anchor to wherever it cannot be taken back from."""
    number = line.said["number"]
    for address in addresses():
        _write(
            ANCHOR,
            address,
            f"anchor:{number}:{new_id().hex}",
            {"count": str(number), "anchor": line.text},
            now,
            [Enclosed(f"anchor-{number}.jsonl", "application/json", f"{line.text}\n".encode())],
        )
    values = {"anchor": line.text}
    announce_in_general("anchor.made", now=now, once=f"anchor:{number}", values=values)


def _write(
    topic: Topic,
    address: str,
    once: str,
    read: dict[str, str],
    now: datetime,
    files: Sequence[Enclosed] = (),
) -> None:
    queue(
        topic,
        Way(MessageChannel.EMAIL, address, now),
        once=once,
        language=settings_now().default_language,
        read={**read, "link": ""},
        now=now,
        critical=True,
        files=files,
    )
