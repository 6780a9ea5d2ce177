"""Importing complaints from a file: looked at first, then read in the background (docs/import.md).

The page shows what stands in the file and how many rows became what; complaints themselves are
not for administrators to see (design §2).
"""

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext, lazy_gettext
from flask_wtf.file import FileField, FileRequired
from sqlalchemy import select
from wtforms import SelectField, StringField

from tickets.clock import now
from tickets.config import settings_now
from tickets.database import db, reading
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.importing import mapping_file
from tickets.importing.desk import NoDesk, check_codes, chosen
from tickets.importing.mapping import BadMapping, ColumnMapping
from tickets.importing.reading import Rejected, claim
from tickets.importing.sheet import BadFile, SourceRow, SourceSheet, TooMuch, checked
from tickets.importing.uploads import mapping_of
from tickets.models import AskedOfFile, FileKind, FileState, StoredFile, Unit
from tickets.storage import chunks
from tickets.web.files.exports import as_download, progress_of
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.labels import name_in
from tickets.web.shell.saving import answer_button
from tickets.web.shell.viewer import reader
from workflow.words import UnitKind

LOOKED_AT = 200
"""Rows that are tried before anything is imported."""
SHOWN = 20
OWN = ""
MEGABYTE = 1024**2


class UploadForm(AdminForm):
    file = FileField(lazy_gettext("File (CSV)"), [FileRequired(lazy_gettext("Choose a file."))])
    shipped = SelectField(lazy_gettext("What its columns mean"))
    mapping = FileField(lazy_gettext("Mapping file (TOML), if it is an own one"))
    desk = SelectField(lazy_gettext("Desk"))
    login = StringField(lazy_gettext("Login of the one person who answers for all, if any"))


@dataclass(frozen=True)
class Tried:
    """What the first rows of a file would become, and what stands in their way."""

    sheet: SourceSheet
    fit: int
    looked_at: int
    refused: Sequence[tuple[SourceRow, Sequence[str]]]


def imports() -> ResponseReturnValue:
    """All imports, and the form for another one."""
    form = _form()
    if request.method == "POST" and form.validate():
        file = _kept(form)
        if file is not None:
            db.session.commit()
            return redirect(url_for("admin.import_", file_id=file.id), 303)
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    db.session.rollback()
    files = chunks.imports()
    page = render_template(
        "admin/imports.html",
        form=form,
        files=files,
        progress=progress_of(files),
        largest=format_decimal(settings_now().max_content_length / MEGABYTE, "#,##0.#"),
    )
    return page, status


def _form() -> UploadForm:
    form = UploadForm()
    shipped = sorted(path.stem for path in mapping_file.SHIPPED.glob("*.toml"))
    form.shipped.choices = [
        (OWN, gettext("As an own mapping file says")),
        *zip(shipped, shipped, strict=True),
    ]
    desks = db.session.scalars(select(Unit).where(Unit.kind == UnitKind.DESK, Unit.active))
    form.desk.choices = sorted((unit.code, name_in(unit.names)) for unit in desks)
    return form


def _kept(form: UploadForm) -> StoredFile | None:
    """The upload, stored, or None with what is wrong at its field."""
    written = _mapping_text(form)
    if written is None:
        return None
    asked: AskedOfFile = {
        "shipped": form.shipped.data or "",
        "mapping": written,
        "desk": form.desk.data,
        "login": (form.login.data or "").strip(),
    }
    content = form.file.data.read()
    # Looked through by reading: nobody who writes shall wait until a large file is read.
    db.session.rollback()
    with reading():
        fits = _fits(form, content, asked)
    if not fits:
        return None
    name = Path(form.file.data.filename or "upload.csv").name[:255]
    return chunks.keep_upload(reader(), name, content, asked, now())


def _fits(form: UploadForm, content: bytes, asked: AskedOfFile) -> bool:
    """Whether this can be imported; if not, what is wrong stands at its field."""
    try:
        _tried([content], asked)
    except BadMapping as bad:
        (form.mapping if asked["mapping"] else form.shipped).errors = _problems(bad)
    except BadFile as bad:
        form.file.errors = [_said(bad)]
    except NoDesk as nobody:
        (form.login if form.login.data else form.desk).errors = [str(nobody)]
    else:
        return True
    return False


def _problems(bad: BadMapping) -> list[str]:
    problems = [_said(bad)] if bad.too_much else list(bad.problems)
    more = len(problems) - SHOWN
    return (
        problems if more <= 0 else [*problems[:SHOWN], gettext("And %(count)s more.", count=more)]
    )


def _said(bad: Exception) -> str:
    """What is wrong with a file or a mapping, in the reader's language where there are words."""
    if isinstance(bad, TooMuch):
        sentence = gettext(bad.sentence, **bad.values)
        return gettext("Line %(line)s: %(sentence)s", line=bad.line, sentence=sentence)
    if isinstance(bad, BadMapping) and bad.too_much:
        sentence, values = bad.too_much
        return gettext(sentence, **values)
    return str(bad)


def _mapping_text(form: UploadForm) -> str | None:
    if form.shipped.data:
        return ""
    if not form.mapping.data:
        form.mapping.errors = [gettext("Choose what the columns mean, or give a mapping file.")]
        return None
    try:
        return str(form.mapping.data.read(mapping_file.LARGEST + 1).decode("utf-8"))
    except UnicodeDecodeError:
        form.mapping.errors = [gettext("The mapping file must be UTF-8.")]
        return None


def _tried(content: Iterable[bytes], asked: AskedOfFile) -> Tried:
    """Read the file to its end and try the first rows, writing nothing."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload.csv"
        path.write_bytes(b"".join(content))
        mapping = mapping_of(asked, Path(folder))
        found = checked(path, mapping)
        chosen(asked["desk"] or None, asked["login"] or None)
        check_codes(mapping)
        rows = list(islice(found.rows(), LOOKED_AT))
        refused = list(_refused(rows, mapping))
        return Tried(found, len(rows) - len(refused), len(rows), refused[:SHOWN])


def _refused(
    rows: Sequence[SourceRow], mapping: ColumnMapping
) -> Iterator[tuple[SourceRow, Sequence[str]]]:
    for row in rows:
        try:
            claim(row, mapping, now())
        except Rejected as rejected:
            yield row, rejected.reasons


def import_(file_id: UUID) -> ResponseReturnValue:
    """One import: what would become of it before it begins, and how far it is after."""
    file = _import(file_id)
    tried, why_not = _tried_or_why(file) if file.state is FileState.DRAFT else (None, "")
    return render_template(
        "admin/import.html",
        file=file,
        tried=tried,
        why_not=why_not,
        job=progress_of([file]).get(str(file.id)),
        rejects=chunks.existing_rejects(file.id),
    )


def _tried_or_why(file: StoredFile) -> tuple[Tried | None, str]:
    """What would become of it, or what has come in its way since it was uploaded."""
    try:
        return _tried(chunks.pieces(file.id), file.asked), ""
    except (BadMapping, BadFile, NoDesk) as bad:
        return None, _said(bad)


def begin(file_id: UUID) -> ResponseReturnValue:
    file = _import(file_id)
    if file.state is FileState.DRAFT:
        chunks.begin_import(file, now())
        _on_record(file, AdminEventName.BEGUN)
    db.session.commit()
    return redirect(url_for("admin.import_", file_id=file_id), 303)


def drop(file_id: UUID) -> ResponseReturnValue:
    """Forget the file. What was imported of it already stays."""
    file = _import(file_id)

    def forget() -> None:
        rejects = chunks.existing_rejects(file.id)
        if rejects is not None:
            chunks.remove(rejects)
        _on_record(file, AdminEventName.DISCARDED)
        chunks.remove(file)

    return answer_button(forget, back=url_for("admin.imports"), said=gettext("Removed."))


def rejects(file_id: UUID) -> ResponseReturnValue:
    found = chunks.existing_rejects(_import(file_id).id)
    if found is None:
        abort(404)
    return as_download(found)


def _on_record(file: StoredFile, what: AdminEventName) -> None:
    record(
        Subject.IMPORT,
        file.id,
        what,
        before=None,
        after={"name": file.name, "source": file.asked["shipped"] or gettext("Mapping file")},
        actor=reader(),
        now=now(),
    )


def _import(file_id: UUID) -> StoredFile:
    found = db.session.get(StoredFile, file_id)
    if found is None or found.kind is not FileKind.IMPORT:
        abort(404)
    return found
