"""What this database is: one row."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tickets.database import Model


class Installation(Model):
    """A demo database says so itself, because its accounts have a published password."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    zone_rules: Mapped[Mapping[str, str] | None] = mapped_column(JSON)
    """What each time zone's rules were when last looked at, as digests (C-20)."""
