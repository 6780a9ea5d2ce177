"""The outbox: what left, what waits, what needs a person; and sending it again.

Administrators do not read complaints by virtue of that role (design §2): of what goes to
customers they see that it went, not what it says.
"""

from collections.abc import Mapping
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload, lazyload

from tickets.administration import messages as admin_messages
from tickets.clock import now
from tickets.customers.privacy import masked
from tickets.database import db
from tickets.messages import outbox
from tickets.messages.topics import TOPICS
from tickets.models import Message, Person, Webhook
from tickets.web.admin.messages_sink import in_a_demo
from tickets.web.shell.labels import choices_of
from tickets.web.shell.paging import Paging
from tickets.web.shell.saving import Said, answer_button, loaded
from tickets.web.shell.viewer import reader
from workflow.words import MessageChannel, MessageState


def messages() -> ResponseReturnValue:
    chosen = _chosen(request.args)
    total = db.session.scalar(select(func.count()).select_from(Message).where(*chosen)) or 0
    paging = Paging.of_request(total)
    rows = db.session.scalars(
        paging.cut(
            select(Message)
            .where(*chosen)
            .order_by(Message.created_at.desc(), Message.id.desc())
            .options(
                joinedload(Message.person).options(lazyload(Person.memberships)),
                joinedload(Message.complaint),
            )
        )
    ).all()
    return render_template(
        "admin/messages.html",
        rows=rows,
        paging=paging,
        standing=outbox.waiting(now()),
        is_demo=in_a_demo(),
        states=choices_of(MessageState),
        channels=choices_of(MessageChannel),
        hooks={row.id: row.name for row in db.session.scalars(select(Webhook))},
        topic_label=topic_label,
        shown_address=shown_address,
        why=why,
    )


def message(message_id: UUID) -> ResponseReturnValue:
    shown = loaded(Message, message_id)
    hook = db.session.get(Webhook, shown.webhook_id) if shown.webhook_id else None
    return render_template(
        "admin/message.html",
        message=shown,
        hook=hook,
        topic_label=topic_label,
        shown_address=shown_address,
        why=why,
        to_customer=is_for_customer(shown),
        again=shown.state in (*outbox.STOPPED, MessageState.SENT, MessageState.CANCELLED),
        cancel=shown.state in (*outbox.DUE, *outbox.STOPPED),
    )


def send_again(message_id: UUID) -> ResponseReturnValue:
    shown = loaded(Message, message_id)
    return answer_button(
        lambda: admin_messages.send_again(shown, actor=reader(), now=now()),
        back=url_for("admin.message", message_id=message_id),
        said=gettext("It is queued; it leaves with the next round."),
    )


def cancel_message(message_id: UUID) -> ResponseReturnValue:
    shown = loaded(Message, message_id)
    return answer_button(
        lambda: admin_messages.cancel_message(shown, actor=reader(), now=now()),
        back=url_for("admin.message", message_id=message_id),
        said=gettext("It is cancelled."),
    )


def send_all_again() -> ResponseReturnValue:
    """Everything that is stopped and matches the filter of the page."""
    chosen = _chosen(request.form)

    def said(count: int) -> Said:
        sentence = ngettext("%(num)s message is queued.", "%(num)s messages are queued.", count)
        return sentence, "success"

    return answer_button(
        lambda: admin_messages.send_all_again(chosen, actor=reader(), now=now()),
        back=url_for("admin.messages"),
        said=said,
    )


def topic_label(row: Message) -> str:
    """What the message is about; of a topic that is gone, its code."""
    found = next((topic for (_, code), topic in TOPICS.items() if code == row.topic), None)
    return gettext(found.label) if found else row.topic


def is_for_customer(row: Message) -> bool:
    return row.person_id is None and row.webhook_id is None


def shown_address(row: Message) -> str:
    """A customer's only as far as needed to recognise it."""
    return masked(row.address) if is_for_customer(row) else row.address


def why(row: Message) -> str:
    """What stopped it: our own reasons in the reader's language, the other side's as it said."""
    return gettext(row.last_error) if row.last_error in OURS else row.last_error


OURS = frozenset({outbox.SWITCHED_OFF, outbox.NOT_SET_UP, outbox.HOOK_OFF, outbox.TOO_MANY})


def _chosen(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """The filter; what it does not know is nothing that anybody could have chosen."""
    conditions: list[ColumnElement[bool]] = []
    state, channel, hook = (asked.get(name, "") for name in ("state", "channel", "webhook"))
    try:
        if state:
            conditions.append(Message.state == MessageState(state))
        if channel:
            conditions.append(Message.channel == MessageChannel(channel))
        if hook:
            conditions.append(Message.webhook_id == UUID(hook))
    except ValueError:
        abort(400)
    return conditions
