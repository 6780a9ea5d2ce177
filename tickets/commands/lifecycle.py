"""`flask lifecycle`: docs/lifecycle.md, written from the tables of `workflow.lifecycle`."""

from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from tickets.config import ROOT
from tickets.documents.lifecycle import Language, markdown
from tickets.web.shell.labels import label_of
from tickets.web.shell.languages import LANGUAGES

DOCUMENT = ROOT / "docs" / "lifecycle.md"
WRITTEN_IN = ("en", "zh_Hans")
PREFACE = """# Lifecycle 生命周期

What may be done with a complaint and with a work order: when, by whom, under which conditions, and
what follows. Written by `make docs` from the tables in `workflow/lifecycle.py` and
`workflow/order_lifecycle.py`; the application runs on the same rows and shows them under Help.
"""


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the document is stale.")
@with_appcontext
def lifecycle(check: bool) -> None:
    """Write docs/lifecycle.md."""
    write_or_check(DOCUMENT, document(), check=check)


def write_or_check(path: Path, text: str, *, check: bool) -> None:
    """Write a document that is made from the code, or fail when it is stale."""
    if not check:
        path.write_text(text, encoding="utf-8")
        return
    if not is_current(path, text):
        raise click.ClickException(f"{path.name} is stale; run: make docs")


def document() -> str:
    """The whole document, in each of its languages; needs the application's context."""
    chapters = []
    for code in WRITTEN_IN:
        with force_locale(code):
            chapters.append(f"# {LANGUAGES[code]}\n\n{markdown(Language(gettext, label_of))}")
    return "\n".join([PREFACE, *chapters])


def is_current(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text
