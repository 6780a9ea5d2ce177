"""Nothing typed is lost: forms whose session or token had expired come back filled (CON-07).

For a form's view:

    form = IntakeForm()
    prefill(form)                       # GET: what was kept, when the page was asked for it
    if form.validate_on_submit():
        …
        drop_draft()                    # before the commit

Two ways lead here. Signed in, with an expired form token: the fields are kept as a draft and the
browser is sent to the form. Not signed in any more: the sign-in page carries the fields in its own
form, signed, and after signing in they become a draft of that person. Files cannot be kept.
"""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from tickets.complaints import drafts
from tickets.complaints.drafts import Fields
from tickets.models import Person
from tickets.web.shell.fields import PageForm
from tickets.web.shell.safe_next import is_local_path

ASKED_FOR = "draft"
"""The query parameter by which a form's page is asked to show what was kept."""

CARRIED_FOR_SECONDS = 12 * 60 * 60
LARGEST_CARRIED = 400_000
"""Characters of typed text, all fields together; the longest text of a form is far below."""
NEVER_KEPT = ("csrf_token", "carried")


def prefill(form: PageForm) -> bool:
    """Fill the form with what was kept for this page; whether there was anything."""
    fields = drafted_fields()
    if fields is None:
        return False
    form.process(formdata=fields)
    return True


def drafted_fields(
    path: str | None = None, person: Person | None = None
) -> MultiDict[str, str] | None:
    """What was kept for this page, in the shape of a submitted form; None when not asked for."""
    if request.method != "GET" or ASKED_FOR not in request.args:
        return None
    kept = drafts.draft_of((person or current_user).id, path or request.path)
    return None if kept is None else MultiDict(kept)


def drop_draft(path: str | None = None, person: Person | None = None) -> None:
    """Forget what was kept for this page; call it when the form was taken, before the commit."""
    drafts.drop_draft((person or current_user).id, path or request.path)


def typed_fields() -> Fields | None:
    """What the present request brought and may be kept; None when there is nothing to keep."""
    if not came_from_our_page():
        return None
    fields = {
        name: values
        for name, values in request.form.lists()
        if name not in NEVER_KEPT and "password" not in name
    }
    size = sum(len(value) for values in fields.values() for value in values)
    return fields if fields and size <= LARGEST_CARRIED else None


def came_from_our_page() -> bool:
    """Whether the browser says that a page of ours sent this; another site's text is not kept."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    origin = request.headers.get("Origin", "")
    ours = not origin or urlsplit(origin).netloc == request.host
    return ours and site in ("same-origin", "none")


def has_files() -> bool:
    """Whether files came along, which cannot be kept."""
    return any(file.filename for file in request.files.values())


def carry(fields: Fields, *, path: str, owner: UUID | None) -> str:
    """The fields as signed text for the sign-in page; `owner` is who typed them, if known."""
    return _serializer().dumps([path, dict(fields), str(owner) if owner else None])


def take_over(carried: str, *, person_id: UUID, now: datetime) -> str | None:
    """Keep carried fields as a draft of whoever signed in; the path of their form.

    None when they are not ours, too old, or another person's: what one types is not shown to the
    next one at a shared counter.
    """
    try:
        path, fields, owner = _serializer().loads(carried, max_age=CARRIED_FOR_SECONDS)
    except BadSignature:
        return None
    if owner not in (None, str(person_id)) or not is_local_path(path):
        return None
    drafts.keep_draft(person_id, path, fields, now=now)
    return path


def filled(path: str) -> str:
    """The address at which the form at this path shows what was kept."""
    return f"{path}?{ASKED_FOR}=1"


def form_path() -> str:
    """Where the form of the present POST is shown: its own path, or the page it came from."""
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and adapter.test(request.path, method="GET"):
        return request.path
    here = request.host_url.rstrip("/")
    came_from = (request.referrer or "").removeprefix(here).partition("?")[0]
    return came_from if is_local_path(came_from) else "/"


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="carried-form")
