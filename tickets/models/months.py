"""Months of facts summed up, so that a year is counted from thousands of rows, not from millions.

Only months that are over, whole in the operator's zone, stand here (`CountedMonth` says which);
everything else is counted from the facts themselves. Sums hold what reports group and narrow by,
nothing about single people or complaints: what asks for more is counted from the facts.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, moment
from tickets.models.facts import Told
from workflow.words import ClockKind


class CountedMonth(Model):
    """A month whose sums are there. `month` is its year × 12 + its month − 1, in this zone."""

    month: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    zone: Mapped[str] = mapped_column(String(64))
    counted_at: Mapped[datetime] = moment()


class Summed(Told):
    """What every sum has: a key made of all that it is about, its month, and how many facts."""

    id: Mapped[UUID] = mapped_column(UuidKey, primary_key=True)
    month: Mapped[int]
    n: Mapped[int] = mapped_column(BigInteger)


class ClockMonth(Summed, Model):
    """Clocks whose result became certain in the month (`ClockFact`)."""

    __table_args__ = (Index("ix_clock_month_month", "month"),)

    kind: Mapped[ClockKind] = mapped_column(code_type(ClockKind))
    met: Mapped[bool]
    department_id: Mapped[UUID] = mapped_column(UuidKey)


class HeldMonth(Summed, Model):
    """Segments of complaints that ended in the month (`HeldFact`), and how long they lasted."""

    __table_args__ = (Index("ix_held_month_month", "month"),)

    holder: Mapped[str] = mapped_column(String(24))
    holder_id: Mapped[UUID] = mapped_column(UuidKey)
    seconds: Mapped[int] = mapped_column(BigInteger)
