"""What somebody typed, as a form in the page that says why it could not be taken.

The fields travel in the page itself: when this is needed, the database can keep nothing. Passwords
and files do not travel; the page asks for them again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, g, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from tickets.database import READING_METHODS
from tickets.web.shell.drafts import came_from_our_page
from tickets.web.shell.safe_next import is_local_path
from workflow.words import N_

TOKEN = "csrf_token"  # noqa: S105 - the name of a field
PASSWORDS = {
    "password": N_("Password"),
    "current_password": N_("Present password"),
    "new_password": N_("New password"),
    "again_password": N_("New password again"),
}
PROSE = re.compile(r"[^!-~]")
"""Found in what people write, and not in codes, keys, dates and versions."""


@dataclass(frozen=True)
class SentField:
    """One value of a field; `shown` when it is text that somebody typed."""

    name: str
    value: str

    @property
    def shown(self) -> bool:
        return PROSE.search(self.value) is not None


@dataclass(frozen=True)
class SentAgain:
    """A form with everything that came, to be sent to the same address once more."""

    address: str
    fields: Sequence[SentField]
    passwords: Sequence[tuple[str, str]]
    """Names and labels of the fields that are asked for again."""
    files: Sequence[str]
    """Names of the fields that brought files."""


def sent_again() -> SentAgain | None:
    """The form of the present request; None when there is nothing to send, or it was not ours."""
    address = request.script_root + request.full_path.rstrip("?")
    if request.method in READING_METHODS or request.endpoint is None:
        return None
    if not _is_ours() or not is_local_path(address):
        return None
    try:
        return _form(address)
    except HTTPException:  # too large, or cut off on its way: there is no whole form to keep
        return None


def _is_ours() -> bool:
    """The form that is made here carries a token of ours; another site's fields must not get it."""
    tokens = current_app.config["WTF_CSRF_ENABLED"]
    return came_from_our_page() and (not tokens or bool(g.get("csrf_valid")))


def _form(address: str) -> SentAgain | None:
    fields, passwords = [], []
    for name, values in request.form.lists():
        if "password" in name:
            passwords.append((name, gettext(PASSWORDS.get(name, PASSWORDS["password"]))))
        elif name != TOKEN:
            fields += [SentField(name, value) for value in values]
    files = sorted(name for name, file in request.files.items() if file.filename)
    if not fields and not passwords and not files:
        return None
    return SentAgain(address, fields, passwords, files)
