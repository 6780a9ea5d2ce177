"""`flask limits`: the tables of the shipped limits in docs/limits.md."""

import click
from flask.cli import with_appcontext
from flask_babel import force_locale

from tickets.config import ROOT
from tickets.limits import pack, pack_names
from tickets.web.limits.words import amount_words, calendar_name, condition_words
from tickets.web.shell.labels import label_of
from workflow.limits import Limits, Rule
from workflow.limits_document import read

DOCUMENT = ROOT / "docs" / "limits.md"
MARK = "<!-- What follows is written by `make docs` from tickets/limits/packs. -->\n"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the document is stale.")
@with_appcontext
def limits(check: bool) -> None:
    """Write the tables of docs/limits.md."""
    before = DOCUMENT.read_text(encoding="utf-8")
    after = document(before)
    if not check:
        DOCUMENT.write_text(after, encoding="utf-8")
    elif before != after:
        raise click.ClickException(f"{DOCUMENT.name} is stale; run: make docs")


def document(text: str) -> str:
    """The document with its tables as the packs say; what people wrote stays."""
    with force_locale("en"):
        tables = [table(name) for name in pack_names()]
    return "\n".join([text.partition(MARK)[0] + MARK, *tables])


def table(name: str) -> str:
    """One pack: every limit with its source."""
    shipped = pack(name)
    of_pack = read(shipped, key=name, number=0)
    rows = [
        f"## `{name}`: {shipped['titles']['en']}",
        "",
        "| clock | for | limit | calendar | source |",
        "|---|---|---|---|---|",
        *(row(rule, of_pack) for rule in of_pack.rules),
    ]
    return "\n".join(rows) + "\n"


def row(rule: Rule, of_pack: Limits) -> str:
    """One limit as a line of the table."""
    amount = amount_words(rule.amount, rule.unit) + (", statutory" if rule.statutory else "")
    if rule.reopened is not None:
        amount += f"; reopened {amount_words(rule.reopened, rule.unit)}"
    source = rule.source.text.replace("|", "/") + (
        f" (`{rule.source.id}`)" if rule.source.id else ""
    )
    if rule.source.own and rule.source.id:
        source += ", as our own decision"
    conditions = "; ".join(condition_words(rule)) or "–"
    calendar = calendar_name(of_pack, rule.calendar)
    return f"| {label_of(rule.clock)} | {conditions} | {amount} | {calendar} | {source} |"
