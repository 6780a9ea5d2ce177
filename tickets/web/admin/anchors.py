"""The page of anchors: where they are sent, how they stand, the latest ones."""

from datetime import datetime
from typing import NamedTuple

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from sqlalchemy import select
from wtforms import TextAreaField
from wtforms.validators import Length

from tickets.administration import anchors as admin_anchors
from tickets.administration.anchors import ANCHORS
from tickets.clock import now
from tickets.config import settings_now
from tickets.database import db
from tickets.history.administration import Subject, history_of, version_of
from tickets.models import Anchor, Webhook
from tickets.proof.anchors import line_of
from tickets.proof.standing import NO_KEY, standing
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.saving import answer_form, hold_installation
from tickets.web.shell.typed import storable, trimmed
from tickets.web.shell.viewer import reader

SHOWN = 30
LONGEST = 4000


class AnchorsForm(AdminForm):
    addresses = TextAreaField(
        lazy_gettext("E-mail addresses, one a line"),
        [Length(max=LONGEST), storable],
        filters=[trimmed],
    )


class ShownAnchor(NamedTuple):
    """One anchor as the page shows it."""

    number: int
    at: datetime
    leaves: int
    signed: bool
    stamped: bool


def anchors() -> ResponseReturnValue:
    hold_installation()
    form = AnchorsForm(data=_stored())

    def page() -> str:
        settings = settings_now()
        return render_template(
            "admin/anchors.html",
            form=form,
            rows=_latest(),
            standing=standing(settings.audit_key_file),
            no_key=NO_KEY,
            stamps=settings.audit_tsa_url,
            hooks=_hooks(),
            history=history_of(Subject.ANCHOR, ANCHORS),
        )

    return answer_form(
        form,
        lambda: _change(form),
        page=page,
        then=url_for("admin.anchors"),
        known=(Subject.ANCHOR, ANCHORS),
    )


def _change(form: AnchorsForm) -> None:
    wanted = [line.strip() for line in (form.addresses.data or "").splitlines() if line.strip()]
    admin_anchors.change_addresses(wanted, actor=reader(), now=now())


def _stored() -> dict[str, object]:
    return {
        "version": version_of(Subject.ANCHOR, ANCHORS),
        "addresses": "\n".join(admin_anchors.addresses()),
    }


def _latest() -> list[ShownAnchor]:
    rows = db.session.scalars(select(Anchor).order_by(Anchor.number.desc()).limit(SHOWN))
    return [
        ShownAnchor(
            row.number,
            row.at,
            line_of(row).said["leaves"],
            bool(row.signature),
            bool(row.token),
        )
        for row in rows
    ]


def _hooks() -> list[str]:
    """The webhooks that get anchors; the list is short."""
    hooks = db.session.scalars(select(Webhook).where(Webhook.active).order_by(Webhook.name))
    return [hook.name for hook in hooks if "anchor.made" in hook.topics]
