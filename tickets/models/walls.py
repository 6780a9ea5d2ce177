"""Screens on the wall: opened by a link that can be taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import key, moment, reference
from tickets.models.people import Person
from tickets.models.units import Unit


class Wallboard(Model):
    """One screen: which unit's board, in which language, by whom. The link's secret is kept as
    its SHA-256 only, so that nobody can read links out of the database."""

    id: Mapped[UUID] = key()
    title: Mapped[str] = mapped_column(String(120))
    unit_id: Mapped[UUID] = reference("unit.id")
    language: Mapped[str] = mapped_column(String(12))
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_by_id: Mapped[UUID] = reference("person.id")
    created_at: Mapped[datetime] = moment()
    revoked_at: Mapped[datetime | None] = moment(null=True)
    revoked_by_id: Mapped[UUID | None] = reference("person.id", null=True)

    unit: Mapped[Unit] = relationship()
    created_by: Mapped[Person] = relationship(foreign_keys=[created_by_id])
