"""Lists written and files read in the background; killed, they go on where they stood.

What is stored with each `save` is a piece of the file together with the place to go on at, so
nothing is written twice and nothing is missing.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID

from flask import current_app
from flask_babel import force_locale
from flask_login import login_user, logout_user
from werkzeug.exceptions import NotFound

from tickets.complaints import lists
from tickets.database import db, reading
from tickets.importing.desk import Chosen, NoDesk, check_codes, chosen
from tickets.importing.mapping import BadMapping
from tickets.importing.rejects import rejects_rows
from tickets.importing.run import RowOutcome, batches, import_batch
from tickets.importing.sheet import BadFile, SourceSheet, checked
from tickets.importing.uploads import mapping_of
from tickets.jobs.registry import every, job
from tickets.jobs.work import Work
from tickets.messages.files import tell_owner
from tickets.models import FileState, Person, StoredFile
from tickets.storage import chunks
from tickets.web.complaints import sheet
from tickets.web.complaints.filters import asked_for
from workflow.values import needed
from workflow.words import N_

NO_LONGER_ALLOWED = N_("The person who asked for it may not see complaints any more.")
NO_SUCH_LIST = N_("The list is not there any more.")
LEASE = timedelta(minutes=5)


@job(chunks.EXPORT_JOB, lease=LEASE)
def export_complaints(work: Work) -> None:
    """Batch by batch, each from behind the last row of the one before."""
    file = db.session.get(StoredFile, UUID(needed(work.payload, "file", str)))
    if file is None or file.state is not FileState.WAITING:
        return  # removed meanwhile
    if not file.owner.active or not file.owner.roles:
        _refuse(file, NO_LONGER_ALLOWED, work)
        return
    try:
        _write(work, file.id)
    except NotFound:
        db.session.rollback()
        _refuse(db.session.get_one(StoredFile, file.id), NO_SUCH_LIST, work)


def _refuse(file: StoredFile, why: str, work: Work) -> None:
    file.state, file.trouble = FileState.REFUSED, why
    chunks.forget_content(file.id)
    tell_owner(file, work.now())


def _write(work: Work, file_id: UUID) -> None:
    done = work.done
    while True:
        file = db.session.get_one(StoredFile, file_id)
        with _as_asked(file) as person:
            asked = asked_for(person, file.created_at)
            total = lists.count_of(asked.filters, person) if work.cursor is None else None
            rows = lists.rows_after(asked.filters, person, sort=asked.sort, key=work.cursor or "")
            text = "".join(sheet.lines(rows, person))
            if work.cursor is None:
                text = sheet.heading() + text
        if text:
            chunks.add_piece(file_id, text.encode())
        done += len(rows)
        file.sums = {"rows": done}
        if len(rows) < lists.BATCH:
            file.state, file.ready_at = FileState.READY, work.now()
            tell_owner(file, work.now())
            return
        work.save(lists.key_of(rows[-1], asked.sort), done=done, total=total)


@contextmanager
def _as_asked(file: StoredFile) -> Iterator[Person]:
    """The address, the person and the language in which the list was asked for."""
    asked = file.asked
    with (
        current_app.test_request_context("/complaints/export.csv", query_string=asked["address"]),
        force_locale(asked["language"]),
    ):
        person = db.session.get_one(Person, file.owner_id)
        login_user(person)
        try:
            yield person
        finally:
            logout_user()


@job(chunks.IMPORT_JOB, lease=LEASE)
def import_complaints(work: Work) -> None:
    """Batch by batch; a row that is there already is left alone, so a batch that was not kept is
    simply read again."""
    file_id = UUID(needed(work.payload, "file", str))
    with tempfile.TemporaryDirectory() as folder:
        # Looked through by reading: nobody who writes shall wait until a large file is read.
        with reading():
            checked_or_why = _checked(file_id, Path(folder) / "upload.csv")
        if isinstance(checked_or_why, str):
            _refuse(db.session.get_one(StoredFile, file_id), checked_or_why, work)
        elif checked_or_why is not None:
            _read(work, file_id, *checked_or_why)


def _checked(file_id: UUID, path: Path) -> tuple[SourceSheet, Chosen] | str | None:
    """The file, put down at the path, and for whom it is read; or why it cannot be; or nothing,
    when nobody waits for it any more."""
    file = db.session.get(StoredFile, file_id)
    if file is None or file.state is not FileState.WAITING:
        return None
    with path.open("wb") as out:
        for piece in chunks.pieces(file_id):
            out.write(piece)
    try:
        found = checked(path, mapping_of(file.asked, path.parent))
        place = chosen(file.asked["desk"], file.asked["login"])
        check_codes(found.mapping)
    except (BadMapping, BadFile, NoDesk) as bad:
        return str(bad)
    return found, place


def _read(work: Work, file_id: UUID, found: SourceSheet, place: Chosen) -> None:
    done = work.done
    for rows in batches(islice(found.rows(), done, None)):
        file = db.session.get_one(StoredFile, file_id)
        outcomes = import_batch(rows, found.mapping, place, work.now())
        done += len(rows)
        file.sums = summed(file.sums, outcomes)
        _keep_rejects(file, outcomes, found.header, work)
        work.save(str(done), done=done, total=found.count)
    file = db.session.get_one(StoredFile, file_id)
    file.state, file.ready_at = FileState.READY, work.now()
    tell_owner(file, work.now())
    chunks.forget_content(file_id)
    rejects = chunks.existing_rejects(file_id)
    if rejects is not None:
        rejects.state, rejects.ready_at = FileState.READY, work.now()


def summed(before: Mapping[str, int], outcomes: Sequence[RowOutcome]) -> dict[str, int]:
    """The sums with these outcomes; `read` equals the three verdicts together."""
    sums = {"read": 0, "imported": 0, "already_there": 0, "rejected": 0, "doubtful": 0, **before}
    for outcome in outcomes:
        sums["read"] += 1
        sums[outcome.verdict.name.lower()] += 1
        sums["doubtful"] += bool(outcome.doubts)
    return sums


def _keep_rejects(
    file: StoredFile, outcomes: Sequence[RowOutcome], header: Sequence[str], work: Work
) -> None:
    rows = list(rejects_rows(outcomes, header))
    if not rows:
        return
    known = chunks.existing_rejects(file.id) is not None
    rejects = chunks.rejects_of(file, work.now())
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    if not known:
        buffer.write(sheet.MARK)
        writer.writerow(["line", "verdict", "reasons", *map(sheet.harmless, header)])
    writer.writerows(rows)
    rejects.sums = {"rows": rejects.sums.get("rows", 0) + len(rows)}
    chunks.add_piece(rejects.id, buffer.getvalue().encode())


@every(timedelta(hours=1), name="remove_old_files")
def remove_old_files(work: Work) -> None:
    for file in chunks.expired(work.now()):
        chunks.remove(file)
