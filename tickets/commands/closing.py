"""`flask closing`: docs/closing.md, the ways in which a complaint ends, from `workflow.endings`."""

from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from tickets.commands.lifecycle import WRITTEN_IN, write_or_check
from tickets.config import ROOT
from tickets.web.shell.labels import label_of
from tickets.web.shell.languages import LANGUAGES
from workflow.endings import WAYS, WayToEnd
from workflow.lifecycle import ACTIONS
from workflow.sentences import RULES
from workflow.words import N_

DOCUMENT = ROOT / "docs" / "closing.md"
PREFACE = """# How a complaint ends 投诉的结束方式

No single person ends a complaint. This page lists every way, who may go it, what must hold, and
whose second pair of eyes is on it. It is written by `make docs` from `workflow/endings.py` and the
lifecycle's rows; a way that is not in the table fails a test. Nothing else ends a complaint: an
import brings in what was answered elsewhere as *callback due*, no job closes anything, and in the
database triggers refuse what the rules refuse ([audit.md](audit.md) says what they cannot).

A reopened, undone or merged complaint takes its authors along: whoever answered, called, sent the
notice, asked, was ever responsible, or stood in for one of these, decides no exceptional closing of
it, in any cycle. With nobody left above the complaint, the rule names quality of the branch, then a
supervisor of another branch; with nobody at all it stays open, and the page says who is missing.
"""
HEADS = (N_("Way"), N_("When"), N_("Who"), N_("What must hold"), N_("The second pair of eyes"))


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; fail when the document is stale.")
@with_appcontext
def closing(check: bool) -> None:
    """Write docs/closing.md."""
    write_or_check(DOCUMENT, document(), check=check)


def document() -> str:
    """The whole document, in each of its languages; needs the application's context."""
    chapters = [PREFACE]
    for code in WRITTEN_IN:
        with force_locale(code):
            chapters.append("\n".join((f"## {LANGUAGES[code]}", "", *_table())) + "\n")
    return "\n".join([*chapters, "\n".join(_attacks()) + "\n"])


def _table() -> Iterator[str]:
    yield _row(gettext(head) for head in HEADS)
    yield "|---" * len(HEADS) + "|"
    for way in WAYS:
        yield _row(_cells(way))


def _cells(way: WayToEnd) -> Iterator[str]:
    action = ACTIONS[way.action]
    yield f"{gettext(action.label)} → {label_of(way.to)}"
    yield gettext(way.when)
    yield "<br>".join(label_of(party) for party in sorted(action.by))
    yield "<br>".join(gettext(RULES[rule]) for rule in action.holds)
    yield gettext(way.second)


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _attacks() -> Iterator[str]:
    yield "## The attacks"
    yield ""
    yield "What was tried, and is refused; each is a test under `tests/`."
    yield ""
    for way in WAYS:
        yield f"- **{ACTIONS[way.action].label}**: {way.when}"
        for attack in way.attacks:
            file, name = attack.split("::")
            yield f"  - {name.removeprefix('test_').replace('_', ' ')} (`{file}`)"
