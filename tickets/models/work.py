"""Work orders: one department's leg of a complaint (design §4)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from tickets.models.complaints import Complaint
from tickets.models.people import Person
from tickets.models.units import Unit
from workflow.words import OrderStatus


class WorkOrder(Model):
    """One question to one department, and what became of it.

    `bound` says that a supervisor named this department: it cannot return the order.
    """

    __table_args__ = (
        Index("ix_work_order_unit", "unit_id", "status", "sent_at"),
        Index("ix_work_order_ended", "unit_id", "ended_at"),
        Index("ix_work_order_status", "status", "sent_at"),
        Index("ix_work_order_complaint", "complaint_id", "unit_id"),
    )

    id: Mapped[UUID] = key()
    complaint_id: Mapped[UUID] = reference("complaint.id")
    cycle: Mapped[int]
    unit_id: Mapped[UUID] = reference("unit.id")
    version: Mapped[int] = mapped_column()
    status: Mapped[OrderStatus] = mapped_column(code_type(OrderStatus, checked=True))
    bound: Mapped[bool] = mapped_column(default=False)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    return_reason: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime] = moment()
    sent_by_id: Mapped[UUID] = reference("person.id")
    handler_id: Mapped[UUID | None] = reference("person.id", null=True, index=True)
    accepted_at: Mapped[datetime | None] = moment(null=True)
    answered_at: Mapped[datetime | None] = moment(null=True)
    ended_at: Mapped[datetime | None] = moment(null=True)
    rejections: Mapped[int] = mapped_column(default=0)
    urges: Mapped[int] = mapped_column(default=0)

    complaint: Mapped[Complaint] = relationship()
    unit: Mapped[Unit] = relationship()
    handler: Mapped[Person | None] = relationship(foreign_keys=[handler_id])

    __mapper_args__ = {"version_id_col": version}


class InterimMeasure(Model):
    """A stop-gap a department put in place; the customer must be told of it (design §4)."""

    id: Mapped[UUID] = key()
    work_order_id: Mapped[UUID] = reference("work_order.id")
    complaint_id: Mapped[UUID] = reference("complaint.id", index=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = moment()
    by_id: Mapped[UUID] = reference("person.id")
    told_at: Mapped[datetime | None] = moment(null=True)
