"""What one administrator asks for and another decides on: who oversees, with what password."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.people import Person
from tickets.models.units import Unit
from workflow.words import Role


class RightsAct(StrEnum):
    """What needs a second administrator."""

    GRANT_ROLE = "grant_role"
    ISSUE_PASSWORD = "issue_password"  # noqa: S105 - the name of an act
    ENABLE = "enable"
    TAKE_ROLE = "take_role"
    DISABLE = "disable"


class RightsState(StrEnum):
    """What became of it. One that nobody decided in time stays pending for ever."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"


class RightsRequest(Model):
    """One act that waits for a second administrator; done when approved, kept in any case.

    The one who decides is neither the one who asked nor the one who gains by it: the database
    refuses both, as it refuses a decision after its time.
    """

    __table_args__ = (
        CheckConstraint("decided_by_id <> requested_by_id", name="another_decides"),
        CheckConstraint("person_id <> requested_by_id", name="not_for_oneself"),
        CheckConstraint(
            "decided_by_id <> person_id OR act IN ('take_role', 'disable')", name="not_by_who_gains"
        ),
        CheckConstraint(
            "(state = 'pending') = (decided_by_id IS NULL)"
            " AND (state = 'pending') = (decided_at IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_at < expires_at", name="in_time"),
        CheckConstraint(
            "(act IN ('grant_role', 'take_role')) = (role IS NOT NULL)"
            " AND (role IS NULL) = (unit_id IS NULL)",
            name="role",
        ),
    )

    id: Mapped[UUID] = key()
    act: Mapped[RightsAct] = mapped_column(code_type(RightsAct, checked=True))
    person_id: Mapped[UUID] = reference("person.id", index=True)
    role: Mapped[Role | None] = mapped_column(code_type(Role))
    unit_id: Mapped[UUID | None] = reference("unit.id", null=True)
    successor_id: Mapped[UUID | None] = reference("person.id", null=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    """Why the successor takes over, for the acts that ask for one."""
    requested_by_id: Mapped[UUID] = reference("person.id")
    requested_at: Mapped[datetime] = moment(index=True)
    expires_at: Mapped[datetime] = moment()
    state: Mapped[RightsState] = mapped_column(
        code_type(RightsState, checked=True), default=RightsState.PENDING
    )
    decided_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    decided_at: Mapped[datetime | None] = moment(null=True)
    decision_reason: Mapped[str] = mapped_column(String(500), default="")

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    unit: Mapped[Unit | None] = relationship()
    successor: Mapped[Person | None] = relationship(foreign_keys=[successor_id])
    requested_by: Mapped[Person] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be decided."""
        return self.state is RightsState.PENDING and now < self.expires_at
