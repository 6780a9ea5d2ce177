"""What people type, made fit to be stored, or refused at its field."""

from flask_babel import gettext
from wtforms import Field, Form, ValidationError

from tickets.web.shell.languages import LANGUAGES


def trimmed(text: str | None) -> str:
    """Without blanks around it."""
    return (text or "").strip()


def storable(_form: Form, field: Field) -> None:
    """A NUL character cannot be stored by every database, and nobody types one."""
    if "\x00" in (field.data or ""):
        raise ValidationError(gettext("This contains a character that cannot be stored."))


def in_reader_language(names: dict[str, str], language: str) -> str:
    """The name in this language, else in the first language that has one."""
    return names.get(language) or next((names[code] for code in LANGUAGES if names.get(code)), "")
