"""`flask configuration`: docs/configuration.md, written from the settings themselves."""

from pathlib import Path

import click

from tickets.config import ROOT, configuration_table

DOCUMENT = ROOT / "docs" / "configuration.md"
PREFACE = """# Configuration

Everything is read from the environment.
This table is written by `make docs` from `tickets/config.py`.

"""


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the document is stale.")
def configuration(check: bool) -> None:
    """Write docs/configuration.md."""
    text = PREFACE + configuration_table()
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return
    if not _is_current(DOCUMENT, text):
        raise click.ClickException(f"{DOCUMENT.name} is stale; run: make docs")


def _is_current(document: Path, text: str) -> bool:
    return document.exists() and document.read_text(encoding="utf-8") == text
