"""How complaints ended, and which ends customers object to; whose withdrawals are frequent."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import func, select

from tickets.database import db
from tickets.facts.words import IN_TIME, Happened
from tickets.models import HappenedFact
from tickets.reports.callbacks import CALLBACK, happened
from tickets.reports.counting import Counted, Measure, drill, tables
from tickets.reports.cube import Found
from tickets.reports.groupings import Key, by_person, by_unit
from tickets.reports.scoped import Within
from tickets.reports.shape import (
    Chart,
    Column,
    ColumnKind,
    Condition,
    Definition,
    Drawing,
    Report,
    ReportRow,
    Table,
)
from workflow.words import N_, ClosingGround, Status

Fact = HappenedFact


def _ends_and_objections(within: Within) -> list[Condition]:
    return happened(within, Happened.ENDED, Happened.OBJECTED)


def _ended(*details: str) -> Condition:
    return (Fact.what == Happened.ENDED.value) & Fact.detail.in_(details)


ENDS = Measure(Column("ends", N_("Ends")), Fact.what == Happened.ENDED.value)
ON_WORD = Measure(Column("on_word", N_("Closed on the customer's word")), _ended(CALLBACK))
EXCEPTIONS = Measure(
    Column("exceptional", N_("Closed without it")), _ended(*(each.value for each in ClosingGround))
)
WITHDRAWN = Measure(Column("withdrawn", N_("Withdrawn")), _ended(Status.WITHDRAWN.value))
UNTOLD = Measure(
    Column("untold", N_("Could be told to nobody")),
    (Fact.what == Happened.ENDED.value) & (Fact.number == 1),
)
OBJECTED = Measure(Column("objected", N_("Objections")), Fact.what == Happened.OBJECTED.value)
OBJECTED_IN_TIME = Measure(
    Column("in_time", N_("of these in time")),
    (Fact.what == Happened.OBJECTED.value) & (Fact.detail == IN_TIME),
)
COUNTED = (ENDS, ON_WORD, EXCEPTIONS, WITHDRAWN, UNTOLD, OBJECTED, OBJECTED_IN_TIME)
SHARE = Column("share", N_("Share withdrawn"), ColumnKind.SHARE, ("withdrawn", "ends"))
UNIT_SHARE = Column(
    "unit_share", N_("Share in their units"), ColumnKind.SHARE, ("unit_withdrawn", "unit_ends")
)


@dataclass(frozen=True)
class BesideUnits(Counted):
    """People, each with the share of everybody in the units where they ended anything: a person
    whose withdrawals are frequent shows."""

    @property
    def columns(self) -> tuple[Column, ...]:
        return (*super().columns, UNIT_SHARE)

    def of(self, found: Mapping[Key, Mapping[str, Found]], within: Within) -> Table:
        table, shares = super().of(found, within), self._shares(within)
        return replace(table, rows=[_beside(row, shares) for row in table.rows])

    def _shares(self, within: Within) -> Mapping[str, float]:
        """By the key of each person's row."""
        ends: defaultdict[UUID, Counter[UUID | None]] = defaultdict(Counter)
        withdrawn: Counter[UUID] = Counter()
        for unit, person, every, some in db.session.execute(
            select(
                Fact.unit_id,
                Fact.person_id,
                func.count(),
                func.count().filter(WITHDRAWN.condition()),
            )
            .where(*self.belongs(within), ENDS.condition())
            .group_by(Fact.unit_id, Fact.person_id)
        ):
            ends[unit][person] += every
            withdrawn[unit] += some
        people = {person for of_unit in ends.values() for person in of_unit}
        return {
            self.by.written(person): sum(withdrawn[unit] for unit in ends if person in ends[unit])
            / sum(of_unit.total() for of_unit in ends.values() if person in of_unit)
            for person in people
        }


def _beside(row: ReportRow, shares: Mapping[str, float]) -> ReportRow:
    return replace(row, values={**row.values, UNIT_SHARE.key: shares.get(row.key)})


TABLES = (
    BesideUnits(
        "people",
        N_("By responsible person"),
        Fact,
        _ends_and_objections,
        by_person(Fact.person_id, N_("Responsible person")),
        COUNTED,
        (SHARE,),
        N_(
            "In the order of names. A share far above that of the same units asks for a look; a"
            " few ends say little."
        ),
    ),
    Counted(
        "units",
        N_("By unit"),
        Fact,
        _ends_and_objections,
        by_unit(Fact.unit_id),
        COUNTED,
        (SHARE,),
    ),
)

REPORTS = (
    Report(
        "ends",
        N_("Ends and objections"),
        N_("How do complaints end, and who objects?"),
        N_("Customers"),
        (
            Definition(
                N_("End"),
                N_(
                    "A closing or a withdrawal in the period that was not undone, for whoever was"
                    " responsible then; one that was reopened later stays counted. Merges are no"
                    " ends."
                ),
            ),
            Definition(
                N_("Closed without it"),
                N_(
                    "Closed as unreachable, or because the customer refuses contact, by somebody"
                    " else's decision"
                ),
            ),
            Definition(
                N_("Could be told to nobody"),
                N_(
                    "There was no address of this customer at which the end could be told in"
                    " writing. Ends from before they were told are not counted here."
                ),
            ),
            Definition(
                N_("Objection"),
                N_(
                    "Reopened in the period because the customer objects to the end, for whoever"
                    " was responsible for it; in time: while any desk may reopen"
                ),
            ),
            Definition(
                N_("Share in their units"),
                N_(
                    "Withdrawals divided by ends of everybody together, in the units where this"
                    " person ended anything in the period"
                ),
            ),
        ),
        tables(TABLES),
        drill(TABLES),
        (Chart("units", Drawing.STACKED, ("on_word", "exceptional", "withdrawn")),),
    ),
)
