"""What administrators decide about messages: channels, texts, webhooks, what could not leave."""

import base64
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update

from tickets.actors import Actor
from tickets.database import db, new_id
from tickets.history.admin_names import AdminEventName
from tickets.history.administration import Subject, record
from tickets.messages import outbox, texts
from tickets.messages.telling import announce_test
from tickets.messages.topics import FOR_WEBHOOKS, Topic
from tickets.messages.ways import setting_of
from tickets.models import ChannelSetting, Delivery, Message, MessageText, Webhook
from workflow.reasons import Reason, Refused
from workflow.words import N_, MessageChannel, MessageState

CHANNELS = "channels"
"""The subject under which changes of all channels are kept: one page, one version."""


@dataclass(frozen=True)
class ChannelData:
    active: bool
    digest: bool
    per_hour: int


@dataclass(frozen=True)
class HookData:
    name: str
    url: str
    topics: Collection[str]
    active: bool = True


@dataclass(frozen=True)
class TextPlace:
    """Where a text is used: one topic, one channel, one language."""

    topic: Topic
    channel: MessageChannel
    language: str

    @property
    def name(self) -> str:
        return f"{texts.key_of(self.topic)}.{self.channel}.{self.language}"


def change_channels(
    wanted: Mapping[MessageChannel, ChannelData], *, actor: Actor, now: datetime
) -> None:
    """Switch, digest or cap channels for everybody (NOT-04)."""
    before = {channel.value: _channel_shown(setting_of(channel)) for channel in wanted}
    for channel, data in wanted.items():
        row = db.session.get(ChannelSetting, channel) or ChannelSetting(channel=channel)
        row.active, row.digest, row.per_hour = data.active, data.digest, data.per_hour
        db.session.add(row)
    after = {channel.value: _channel_shown(setting_of(channel)) for channel in wanted}
    if before != after:
        record(
            Subject.CHANNEL,
            CHANNELS,
            AdminEventName.CHANGED,
            before=before,
            after=after,
            actor=actor,
            now=now,
        )


def _channel_shown(setting: ChannelSetting) -> dict[str, Any]:
    return {
        "active": setting.active,
        "digest": setting.digest,
        "per_hour": setting.per_hour,
    }


def own_text(place: TextPlace) -> MessageText | None:
    return db.session.scalar(
        select(MessageText).where(
            MessageText.topic == texts.key_of(place.topic),
            MessageText.channel == place.channel,
            MessageText.language == place.language,
        )
    )


def own_texts() -> set[str]:
    """The names of all texts that replace ours."""
    rows = db.session.execute(select(MessageText.topic, MessageText.channel, MessageText.language))
    return {f"{row.topic}.{row.channel}.{row.language}" for row in rows}


def set_text(place: TextPlace, subject: str, body: str, *, actor: Actor, now: datetime) -> None:
    """Use this text from now on; raises Refused with everything that is wrong with it (UX-02)."""
    texts.refuse_unfit(place.topic, place.channel, subject, body)
    before = dict(zip(("subject", "body"), _in_force(place), strict=True))
    row = own_text(place)
    if row is None:
        row = MessageText(
            id=new_id(),
            topic=texts.key_of(place.topic),
            channel=place.channel,
            language=place.language,
        )
        db.session.add(row)
    row.subject, row.body = subject, body
    after = {"subject": subject, "body": body}
    if before != after:
        record(
            Subject.TEXT,
            place.name,
            AdminEventName.CHANGED,
            before=before,
            after=after,
            actor=actor,
            now=now,
        )


def reset_text(place: TextPlace, *, actor: Actor, now: datetime) -> None:
    """Use the shipped text again."""
    row = own_text(place)
    if row is None:
        return
    before = {"subject": row.subject, "body": row.body}
    db.session.delete(row)
    db.session.flush()
    after = dict(zip(("subject", "body"), _in_force(place), strict=True))
    record(
        Subject.TEXT,
        place.name,
        AdminEventName.RESTORED,
        before=before,
        after=after,
        actor=actor,
        now=now,
    )


def _in_force(place: TextPlace) -> tuple[str, str]:
    return texts.text_for(place.topic, place.channel, place.language)


def add_webhook(data: HookData, *, actor: Actor, now: datetime) -> Webhook:
    """A new webhook with a secret of its own; the caller has checked where it leads (S-40)."""
    _refuse_unknown_topics(data)
    hook = Webhook(
        id=new_id(),
        name=data.name,
        url=data.url,
        topics=sorted(data.topics),
        active=data.active,
        secret=new_secret(),
        created_at=now,
    )
    db.session.add(hook)
    record(
        Subject.WEBHOOK,
        hook.id,
        AdminEventName.ADDED,
        before=None,
        after=_hook_shown(hook),
        actor=actor,
        now=now,
    )
    return hook


def change_webhook(hook: Webhook, data: HookData, *, actor: Actor, now: datetime) -> None:
    _refuse_unknown_topics(data)
    before = _hook_shown(hook)
    hook.name, hook.url, hook.active = data.name, data.url, data.active
    hook.topics = sorted(data.topics)
    after = _hook_shown(hook)
    if before != after:
        record(
            Subject.WEBHOOK,
            hook.id,
            AdminEventName.CHANGED,
            before=before,
            after=after,
            actor=actor,
            now=now,
        )


def renew_secret(hook: Webhook, *, actor: Actor, now: datetime) -> None:
    """From now on everything is signed with a new secret, retries too."""
    hook.secret = new_secret()
    record(
        Subject.WEBHOOK,
        hook.id,
        AdminEventName.SECRET_RENEWED,
        before={},
        after={},
        actor=actor,
        now=now,
    )


def test_webhook(hook: Webhook, *, actor: Actor, now: datetime) -> None:
    """Put a test into the outbox; whether it arrived stands in the log."""
    if not hook.active:
        raise Refused([Reason("off", N_("This webhook is switched off."), {}, None)])
    announce_test(hook, now=now)
    record(
        Subject.WEBHOOK, hook.id, AdminEventName.TESTED, before={}, after={}, actor=actor, now=now
    )


def new_secret() -> str:
    """As receivers' libraries expect it (standardwebhooks.com)."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def send_again(message: Message, *, actor: Actor, now: datetime) -> None:
    """Raises Refused when there is nothing to send again."""
    if not outbox.send_again(message, now=now):
        sentence = N_("This message cannot be sent again: it is on its way, or has no final text.")
        raise Refused([Reason("not_again", sentence, {}, None)])
    _note_message(message, AdminEventName.SENT_AGAIN, actor, now)


def cancel_message(message: Message, *, actor: Actor, now: datetime) -> None:
    """Raises Refused when it has left already."""
    if not outbox.cancel(message, now=now):
        sentence = N_("This message has left, is leaving, or was cancelled before.")
        raise Refused([Reason("too_late", sentence, {}, None)])
    _note_message(message, AdminEventName.CANCELLED, actor, now)


def send_all_again(
    matching: Collection[ColumnElement[bool]], *, actor: Actor, now: datetime
) -> int:
    """Queue everything that is held or dead and matches; what has no final text stays dead."""
    was_tried = exists().where(Delivery.message_id == Message.id)
    sendable = (Message.state == MessageState.HELD) | (
        (Message.state == MessageState.DEAD) & was_tried
    )
    done = db.session.execute(
        update(Message)
        .where(sendable, *matching)
        .values(
            state=MessageState.QUEUED,
            send_at=now,
            attempts=0,
            last_error="",
            lease_by=None,
            lease_until=None,
        )
        .execution_options(synchronize_session=False)
    )
    count = int(done.rowcount)  # type: ignore[attr-defined]  # every result of an UPDATE has it
    if count:
        record(
            Subject.MESSAGE,
            "all",
            AdminEventName.SENT_AGAIN,
            before={},
            after={"count": count},
            actor=actor,
            now=now,
        )
    return count


def _note_message(message: Message, action: AdminEventName, actor: Actor, now: datetime) -> None:
    after = {"topic": message.topic, "channel": message.channel.value}
    record(Subject.MESSAGE, message.id, action, before={}, after=after, actor=actor, now=now)


def _refuse_unknown_topics(data: HookData) -> None:
    known = {topic.code for topic in FOR_WEBHOOKS}
    if not data.topics or set(data.topics) - known:
        raise Refused([Reason("topics", N_("Choose at least one of the list."), {}, "topics")])


def _hook_shown(hook: Webhook) -> dict[str, Any]:
    return {
        "name": hook.name,
        "url": hook.url,
        "topics": list(hook.topics),
        "active": hook.active,
    }
