"""Once a day everything that changed is anchored, and the anchor is sent outside."""

from collections.abc import Callable
from datetime import datetime, timedelta

from tickets.administration import anchors as admin_anchors
from tickets.config import Config, settings_now
from tickets.delivery.stamping import NotStamped, stamped
from tickets.jobs.registry import every
from tickets.jobs.work import Work
from tickets.log import log
from tickets.proof import anchors
from tickets.proof.anchors import AnchorLine
from tickets.proof.keys import KeyTrouble, SigningKey, read_key

KIND = "anchor_histories"


@every(timedelta(days=1), name=KIND, lease=timedelta(minutes=5))
def anchor_histories(work: Work) -> None:
    make_anchor(work.now(), lambda done: work.save(done=done))


def make_anchor(now: datetime, save: Callable[[int], None]) -> AnchorLine:
    """Put the leaves down in steps, then the anchor over them. Killed in between, the next one goes
    on where it stood: what has its leaf needs no other."""
    done = 0
    while step := anchors.put_leaves():
        done += step
        save(done)
    done += anchors.put_administration_leaves()
    settings = settings_now()
    line = anchors.drawn_up(now, _key(settings))
    save(done)  # nothing stays open while another machine answers
    token = _token(line, settings)
    anchors.keep(line, token)
    sent = AnchorLine(line.body, line.signature, token)
    admin_anchors.tell(sent, now=now)
    log.info("anchored", number=line.said["number"], leaves=line.said["leaves"])
    return sent


def _key(settings: Config) -> SigningKey | None:
    """A key that cannot be read must not stop the anchor: unsigned, it still proves what was."""
    try:
        return read_key(settings.audit_key_file)
    except KeyTrouble as trouble:
        log.error("the anchor is not signed", because=str(trouble))
        return None


def _token(line: AnchorLine, settings: Config) -> str:
    if not settings.audit_tsa_url:
        return ""
    try:
        return stamped(line.body, settings)
    except NotStamped as trouble:
        log.warning("the anchor has no time stamp", because=str(trouble))
        return ""
