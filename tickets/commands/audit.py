"""`flask audit`: whether what is stored is what was written, and proof for others (AUD-03)."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from tickets.clock import now
from tickets.config import settings_now
from tickets.database import db, writing
from tickets.history import Flaw
from tickets.history import audit as auditing
from tickets.models import Complaint
from tickets.numbers import is_number, plain, spoken
from tickets.proof import anchors
from tickets.proof.anchors import AnchorLine
from tickets.proof.keys import KeyTrouble, make_key, read_key
from tickets.proof.proof_file import NotAnchored, proof_of
from tickets.workers.anchoring import make_anchor


@click.group()
def audit() -> None:
    """What is stored, looked at by somebody who does not believe it."""


@audit.command("verify")
@click.option(
    "--anchors",
    "file",
    type=click.File(encoding="utf-8"),
    help="Anchors as they were sent, one line of JSON each; other lines are left out.",
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    help="A public key that anchors may be signed with, besides that of AUDIT_KEY_FILE.",
)
@with_appcontext
def verify(file: TextIO | None, keys: tuple[str, ...]) -> None:
    """Check every complaint, the guards, administration and anchors; fails on any flaw."""
    outside = _lines(file) if file is not None else []
    keys = (*keys, *_own_key())
    auditing.begin()
    complaints, events = auditing.how_many()
    found, not_covered = 0, 0
    anchored = auditing.anchored(outside)
    with click.progressbar(
        auditing.complaint_by_complaint(anchored),
        length=complaints,
        label="Verifying",
        file=sys.stderr,
    ) as everything:
        for each in everything:
            not_covered += each.not_covered
            found += _say_all(each.flaws)
    found += _say_all(list(auditing.flaws_besides(outside, keys)))
    db.session.rollback()
    click.echo(f"Columns from before the upgrade that are not covered: {not_covered}")
    click.echo(f"Anchors: {len(anchored.lines)}, of these unsigned: {anchored.unsigned}")
    click.echo(f"Complaints verified: {complaints}, events: {events}, flaws: {found}")
    if found:
        raise click.ClickException("What is stored is not what was written.")


@audit.command("key")
@with_appcontext
def key() -> None:
    """Make the key that signs anchors, in AUDIT_KEY_FILE; a key that is there stays."""
    path = settings_now().audit_key_file
    if not path:
        raise click.ClickException("Set AUDIT_KEY_FILE to where the key shall be.")
    try:
        public = make_key(Path(path))
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; it is not written over.") from None
    except OSError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Made {path}. Its public half, for whoever checks anchors:\n{public}")


@audit.command("anchor")
@with_appcontext
def anchor() -> None:
    """Anchor now what changed since the last anchor; the job does it once a day by itself."""
    with writing():
        line = make_anchor(now(), lambda _done: db.session.commit())
        db.session.commit()
    click.echo(line.text)


@audit.command("anchors")
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-")
@with_appcontext
def export(output: TextIO) -> None:
    """Write every anchor as it was sent, one line of JSON each."""
    for line in anchors.all_lines():
        output.write(f"{line.text}\n")


@audit.command("proof")
@click.argument("number")
@click.option("-o", "--output", type=click.File("w", encoding="utf-8"), default="-")
@with_appcontext
def proof(number: str, output: TextIO) -> None:
    """Write the history of complaint NUMBER so that it proves itself: tools/verify_proof.py."""
    complaint = db.session.scalar(select(Complaint).where(Complaint.number == plain(number)))
    if complaint is None:
        raise click.ClickException(f"There is no complaint {number}.")
    try:
        found = proof_of(complaint)
    except NotAnchored:
        raise click.ClickException(
            "No anchor covers it yet: wait for the next one, or make it: flask audit anchor."
        ) from None
    json.dump(found, output, ensure_ascii=False, indent=1, sort_keys=True)
    output.write("\n")


def _lines(file: TextIO) -> list[AnchorLine]:
    found = []
    for place, text in enumerate(file, 1):
        if not text.strip().startswith("{"):
            continue
        try:
            found.append(anchors.read_line(text))
        except ValueError as error:
            raise click.ClickException(f"{file.name}, line {place}: {error}") from error
    if not found:
        raise click.ClickException(f"{file.name} holds no anchor.")
    return found


def _own_key() -> tuple[str, ...]:
    try:
        found = read_key(settings_now().audit_key_file)
    except KeyTrouble as trouble:
        raise click.ClickException(str(trouble)) from trouble
    return (found.public,) if found else ()


def _say_all(flaws: Sequence[Flaw]) -> int:
    for flaw in flaws:
        number = spoken(flaw.number) if is_number(flaw.number) else flaw.number
        place = f"event {flaw.seq}" if flaw.seq else "rows"
        click.echo(f"{number}  {place}: {flaw.what}")
    return len(flaws)
