"""The page of the policy's settings."""

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from tickets.administration.policy import POLICY, change_policy, settings_of
from tickets.clock import now
from tickets.history.administration import Subject, history_of, version_of
from tickets.policy import policy_now
from tickets.web.admin.policy_fields import FIELDS
from tickets.web.shell.admin_forms import AdminForm
from tickets.web.shell.saving import answer_form, hold_installation
from tickets.web.shell.viewer import reader


class PolicyForm(AdminForm):
    """One field per setting; see FIELDS."""


for _name, (_label, _shape) in FIELDS.items():
    setattr(PolicyForm, _name, _shape.field(_label))


def policy() -> ResponseReturnValue:
    hold_installation()
    form = PolicyForm(data=_stored())

    def page() -> str:
        history = history_of(Subject.POLICY, POLICY)
        return render_template("admin/policy.html", form=form, names=list(FIELDS), history=history)

    return answer_form(
        form,
        lambda: _change(form),
        page=page,
        then=url_for("admin.policy"),
        known=(Subject.POLICY, POLICY),
    )


def _change(form: PolicyForm) -> None:
    wanted = {name: shape.read(form[name].data) for name, (_, shape) in FIELDS.items()}
    change_policy(wanted, actor=reader(), now=now())


def _stored() -> dict[str, object]:
    settings = settings_of(policy_now())
    shown = {name: shape.shown(settings[name]) for name, (_, shape) in FIELDS.items()}
    return {"version": version_of(Subject.POLICY, POLICY), **shown}
