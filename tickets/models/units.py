"""Units: one tree of companies, branches, desks and departments (design §2)."""

from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model, UuidKey
from tickets.models.columns import code_type, key
from workflow.words import UnitKind


class Unit(Model):
    """One node of the tree.

    `path` is the chain of keys from the root, each ended by "/", so that "is below" is a
    prefix test in Python and in SQL alike. `branch_id` is the nearest branch at or above it.
    """

    id: Mapped[UUID] = key()
    parent_id: Mapped[UUID | None] = mapped_column(UuidKey, ForeignKey("unit.id"), index=True)
    branch_id: Mapped[UUID | None] = mapped_column(UuidKey, ForeignKey("unit.id"))
    kind: Mapped[UnitKind] = mapped_column(code_type(UnitKind))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    path: Mapped[str] = mapped_column(String(800), index=True)
    duty_id: Mapped[UUID | None] = mapped_column(UuidKey, ForeignKey("person.id"))
    """Whom critical alerts reach outside the unit's hours (ESC-03)."""
    active: Mapped[bool] = mapped_column(default=True)

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])

    def place_under(self, parent: "Unit | None") -> None:
        """Set parent, path and branch; the caller replaces the units below when this one moves."""
        self.parent_id = parent.id if parent else None
        self.path = f"{parent.path if parent else ''}{self.id.hex}/"
        if self.kind in (UnitKind.BRANCH, UnitKind.COMPANY) or parent is None:
            self.branch_id = self.id
            return
        self.branch_id = parent.branch_id

    def within(self, other: "Unit") -> bool:
        """Whether this unit is `other` or lies below it."""
        return self.path.startswith(other.path)
