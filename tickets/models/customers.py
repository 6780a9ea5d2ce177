"""Customers and the ways to reach and recognise them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tickets.database import Model
from tickets.models.columns import code_type, key, moment, reference
from workflow.tiers import higher
from workflow.words import Card, GroupTier


class ContactKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    ACCOUNT = "account"
    ADDRESS = "address"


class Customer(Model):
    """Who complained. Only what was said: nothing forces a name or a number (CUS-01)."""

    id: Mapped[UUID] = key()
    name: Mapped[str] = mapped_column(String(120), default="", index=True)
    town: Mapped[str] = mapped_column(String(120), default="")
    group_tier: Mapped[GroupTier | None] = mapped_column(code_type(GroupTier))
    card: Mapped[Card | None] = mapped_column(code_type(Card))
    language: Mapped[str] = mapped_column(String(10), default="zh_Hans")
    created_at: Mapped[datetime] = moment()

    contacts: Mapped[list["Contact"]] = relationship(
        back_populates="customer",
        lazy="select",
        primaryjoin="and_(Contact.customer_id == Customer.id, Contact.removed_at.is_(None))",
        order_by="Contact.id",
    )
    """Those that hold now."""
    all_contacts: Mapped[list["Contact"]] = relationship(
        lazy="select", order_by="Contact.id", viewonly=True
    )
    """Those that were removed as well: a number once known stays one that must be tried."""

    @property
    def tier(self) -> GroupTier | Card | None:
        return higher(self.group_tier, self.card)


class Contact(Model):
    """A phone number, address or account: as it was given, and as it is looked up.

    `normal` holds E.164 for phones and folded text for the rest; `tail` its last four signs.
    Several customers may share one (a family, a company's switchboard).
    """

    id: Mapped[UUID] = key()
    customer_id: Mapped[UUID] = reference("customer.id", index=True)
    kind: Mapped[ContactKind] = mapped_column(code_type(ContactKind))
    given: Mapped[str] = mapped_column(String(200))
    normal: Mapped[str] = mapped_column(String(200), index=True)
    tail: Mapped[str] = mapped_column(String(4), index=True)
    added_at: Mapped[datetime] = moment()
    added_by_id: Mapped[UUID | None] = reference("person.id", null=True)
    """None when an import or a seed brought it."""
    removed_at: Mapped[datetime | None] = moment(null=True)

    customer: Mapped[Customer] = relationship(back_populates="contacts")
