"""What is handed to a way out: a message without its row, so that no transaction is needed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tickets.messages.telling import Enclosed
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
    files: tuple[Enclosed, ...] = ()


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
        files=tuple(_enclosed(message)),
    )


def _enclosed(message: Message) -> Iterator[Enclosed]:
    """Only e-mails carry files, so others are not asked for any."""
    if message.channel is MessageChannel.EMAIL:
        for each in message.files:
            yield Enclosed(each.name, each.media_type, each.content)
