"""`flask complaints import`: complaints out of another system's file (docs/import.md)."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import with_appcontext

from tickets.clock import now
from tickets.commands.rejects import RejectsReport, rejects_file
from tickets.database import db, writing
from tickets.importing import mapping_file
from tickets.importing.desk import Chosen, NoDesk, check_codes, chosen
from tickets.importing.mapping import Arrives, BadMapping
from tickets.importing.run import RowOutcome, RowVerdict, Tally, batches, import_batch
from tickets.importing.sheet import BadFile, SourceSheet, checked

ARRIVED = {
    Arrives.REGISTERED: "registered",
    Arrives.IN_PROGRESS: "in progress",
    Arrives.RESOLVED: "answered, callback due",
}


@click.group()
def complaints() -> None:
    """Complaints, from a shell."""


@complaints.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--mapping", required=True, help="A mapping file, or the name of a shipped one: fcc.")
@click.option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Where rejects are written."
)
@click.option("--desk", help="Code of the desk on whose behalf; needed when there are several.")
@click.option("--as", "login", help="Login of the one person who shall answer for all of them.")
@with_appcontext
def import_(
    file: Path, mapping: str, rejects: Path | None, desk: str | None, login: str | None
) -> None:
    """Import the complaints in FILE, a CSV with a header, as MAPPING says.

    Nothing is ever imported as closed: what was closed elsewhere arrives answered, with its
    callback due. May be run again at any time: what is there already is left alone.
    The exit code is 0 when every row is there afterwards, and 1 when rows were rejected, or the
    file or the mapping was refused; then nothing was written.
    """
    _refuse_overwriting(file, rejects)
    try:
        sheet = checked(file, mapping_file.read(mapping_file.named(mapping)))
        place = chosen(desk, login)
        check_codes(sheet.mapping)
        db.session.remove()
        tally = _run(sheet, place, rejects)
    except BadMapping as bad:
        raise click.ClickException(f"The mapping cannot be used.\n{bad}") from bad
    except BadFile as bad:
        raise click.ClickException(f"{file}, {bad}") from bad
    except NoDesk as nobody:
        raise click.ClickException(f"{nobody}.") from nobody
    _say(tally)
    sys.exit(1 if tally.verdicts[RowVerdict.REJECTED] else 0)


def _refuse_overwriting(file: Path, rejects: Path | None) -> None:
    if rejects is not None and rejects.exists() and rejects.samefile(file):
        raise click.ClickException("The rejects would overwrite the file that is imported.")


def _run(sheet: SourceSheet, place: Chosen, rejects: Path | None) -> Tally:
    tally = Tally()
    with (
        _report(sheet, rejects) as report,
        click.progressbar(length=sheet.count, label=sheet.path.name, file=sys.stderr) as bar,
    ):
        for rows in batches(sheet.rows()):
            tally.read += len(rows)
            with writing():
                outcomes = import_batch(rows, sheet.mapping, place, now())
                db.session.commit()
                db.session.remove()
            for outcome in outcomes:
                tally.add(outcome)
                report.add(outcome)
            bar.update(len(rows))
    if not tally.fits():
        raise click.ClickException(f"{tally.read} rows were read, but not all are accounted for.")
    return tally


@contextmanager
def _report(sheet: SourceSheet, rejects: Path | None) -> Iterator[RejectsReport]:
    if rejects is None:
        yield _Screen()
        return
    try:
        with rejects_file(rejects, sheet.header) as report:
            yield report
    except OSError as error:
        raise click.ClickException(f"{rejects}: {error.strerror}") from error


class _Screen:
    """Without a file for them, rejected rows are said at once."""

    def add(self, outcome: RowOutcome) -> None:
        if outcome.reasons:
            click.echo(f"line {outcome.row.line}: {'; '.join(outcome.reasons)}", err=True)


def _say(tally: Tally) -> None:
    verdicts = tally.verdicts
    sums = " + ".join(f"{verdicts[verdict]} {verdict.value}" for verdict in RowVerdict)
    click.echo(f"{tally.read} read = {sums}")
    for arrives, words in ARRIVED.items():
        click.echo(f"  {tally.arrived[arrives]} {words}")
    for doubt, count in sorted(tally.doubts.items()):
        click.echo(f"  {count} doubtful: {doubt}")
