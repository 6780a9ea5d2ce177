"""What is handed to a way out: a message without its row, so that no transaction is needed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.models import Message, Webhook
from workflow.words import MessageChannel


@dataclass(frozen=True)
class Parcel:
    """A message, ready to be sent. `key` is the same for every try (NOT-02)."""

    id: UUID
    key: str
    channel: MessageChannel
    address: str
    subject: str
    body: str
    created_at: datetime
    url: str = ""
    secret: str = ""


def packed(message: Message, hook: Webhook | None) -> Parcel:
    """`hook` is where a webhook's message goes today, whatever its address was then."""
    return Parcel(
        id=message.id,
        key=message.once,
        channel=message.channel,
        address=message.address,
        subject=message.subject,
        body=message.body,
        created_at=message.created_at,
        url=hook.url if hook else "",
        secret=hook.secret if hook else "",
    )
