"""People, their roles in units, and how they are signed in."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask_login import UserMixin
from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.units import Unit
from workflow.words import Role


class Person(UserMixin, Model):  # type: ignore[misc]  # Flask-Login publishes no types
    """Somebody who works with complaints. Nobody is ever deleted, only made inactive."""

    id: Mapped[UUID] = key()
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    password_changed_at: Mapped[datetime] = moment()
    password_is_initial: Mapped[bool] = mapped_column(default=False)
    """Issued by an administrator; its owner must change it before doing anything else."""
    active: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str | None] = mapped_column(String(10))
    theme: Mapped[str] = mapped_column(String(8), default="auto")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    mobile: Mapped[str] = mapped_column(String(60), default="", server_default="")
    created_at: Mapped[datetime] = moment()

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="person", cascade="all, delete-orphan", lazy="selectin"
    )

    stands_in_for: frozenset[UUID] = frozenset()
    """For whom this person acts just now besides themselves (OWN-06); no column: the edge that
    signs somebody in sets it."""

    @property
    def acts_as(self) -> frozenset[UUID]:
        """Whose responsibility this person carries: their own, and that of the absent."""
        return self.stands_in_for | {self.id}

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(membership.role for membership in self.memberships)

    def units_as(self, *roles: Role) -> list[Unit]:
        """The units in which this person holds one of the roles."""
        return [each.unit for each in self.memberships if each.role in roles]


class Membership(Model):
    """One role of one person in one unit."""

    __table_args__ = (UniqueConstraint("person_id", "unit_id", "role"),)

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = reference("person.id")
    unit_id: Mapped[UUID] = reference("unit.id", index=True)
    role: Mapped[Role] = mapped_column(code_type(Role))

    person: Mapped[Person] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)


class SignInSession(Model):
    """One signed-in browser. The token itself is in the cookie only; here is its hash."""

    id: Mapped[UUID] = key()
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = reference("person.id", index=True)
    created_at: Mapped[datetime] = moment()
    seen_at: Mapped[datetime] = moment()
    expires_at: Mapped[datetime] = moment(index=True)
    ended_at: Mapped[datetime | None] = moment(null=True)
    ended_because: Mapped[str | None] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(64), default="")

    person: Mapped[Person] = relationship(lazy="joined", innerjoin=True)


class LoginAttempt(Model):
    """One try to sign in, kept to slow down guessing per account and per address (S-20)."""

    id: Mapped[UUID] = key()
    login: Mapped[str] = mapped_column(String(80), index=True)
    address: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = moment(index=True)
    succeeded: Mapped[bool]


class Draft(Model):
    """What somebody had typed into a form when it could not be taken (CON-06, CON-07)."""

    __table_args__ = (UniqueConstraint("person_id", "path"),)

    id: Mapped[UUID] = key()
    person_id: Mapped[UUID] = reference("person.id")
    path: Mapped[str] = mapped_column(String(300))
    fields: Mapped[Mapping[str, list[str]]] = mapped_column(JSON)
    at: Mapped[datetime] = moment()
