"""What complaints are about, why they arose, and the settings of the policy."""

from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model, UuidKey
from tickets.models.columns import key


class Category(Model):
    """One node of the tree of subjects."""

    id: Mapped[UUID] = key()
    parent_id: Mapped[UUID | None] = mapped_column(UuidKey, ForeignKey("category.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)


class Cause(Model):
    """A cause code: why the customer had to complain (CLO-02)."""

    id: Mapped[UUID] = key()
    code: Mapped[str] = mapped_column(String(40), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(default=True)


class PolicySetting(Model):
    """One setting that differs from the default in `workflow.policy.Policy`."""

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[bool | int | str] = mapped_column(JSON)
