"""Pages of administration: people, units, catalogue, policy, messages, jobs, imports.

Pages of the limits are in `web/limits`.
"""

from collections.abc import Callable

from flask import Blueprint

from tickets.web.admin import (
    anchors,
    catalogue,
    changes,
    history,
    imports,
    jobs,
    messages,
    messages_channels,
    messages_sink,
    people,
    policy,
    rights,
    roles,
    texts,
    units,
    webhooks,
)
from tickets.web.limits import (
    calendars,
    calendars_import,
    calendars_official,
    effect,
    explain,
)
from tickets.web.limits import (
    pages as limits,
)
from tickets.web.limits import (
    rows as limits_rows,
)
from tickets.web.shell.typed import in_reader_language

FORM = ("GET", "POST")
SEND = ("POST",)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.context_processor
def _words() -> dict[str, Callable[..., object]]:
    """What the templates of these pages read events and names with."""
    return {
        "action_of": history.action_of,
        "subject_of": history.subject_of,
        "changes_of": history.changes_of,
        "in_reader_language": in_reader_language,
    }


blueprint.add_url_rule("/", view_func=changes.index)
blueprint.add_url_rule("/changes", view_func=changes.changes)

blueprint.add_url_rule("/imports", view_func=imports.imports, methods=FORM)
blueprint.add_url_rule("/imports/<uuid:file_id>", view_func=imports.import_)
blueprint.add_url_rule(
    "/imports/<uuid:file_id>/begin",
    endpoint="begin_import",
    view_func=imports.begin,
    methods=SEND,
)
blueprint.add_url_rule(
    "/imports/<uuid:file_id>/drop", endpoint="drop_import", view_func=imports.drop, methods=SEND
)
blueprint.add_url_rule(
    "/imports/<uuid:file_id>/rejects.csv", endpoint="import_rejects", view_func=imports.rejects
)

blueprint.add_url_rule("/units", view_func=units.units)
blueprint.add_url_rule("/units/new", view_func=units.add_unit, methods=FORM)
blueprint.add_url_rule("/units/<uuid:unit_id>", view_func=units.unit, methods=FORM)
blueprint.add_url_rule("/units/<uuid:unit_id>/retire", view_func=units.retire_unit, methods=FORM)
blueprint.add_url_rule("/units/<uuid:unit_id>/restore", view_func=units.restore_unit, methods=SEND)

blueprint.add_url_rule("/people", view_func=people.people)
blueprint.add_url_rule("/people/new", view_func=people.add_person, methods=FORM)
blueprint.add_url_rule("/people/<uuid:person_id>", view_func=people.person, methods=FORM)
blueprint.add_url_rule(
    "/people/<uuid:person_id>/password", view_func=people.issue_password, methods=SEND
)
blueprint.add_url_rule(
    "/people/<uuid:person_id>/disable", view_func=people.disable_person, methods=FORM
)
blueprint.add_url_rule(
    "/people/<uuid:person_id>/enable", view_func=people.enable_person, methods=SEND
)
blueprint.add_url_rule(
    "/people/<uuid:person_id>/roles/new", view_func=roles.grant_role, methods=FORM
)
blueprint.add_url_rule(
    "/people/<uuid:person_id>/roles/<uuid:membership_id>", view_func=roles.take_role, methods=FORM
)

blueprint.add_url_rule("/rights", endpoint="rights", view_func=rights.rights_requests)
blueprint.add_url_rule(
    "/rights/<uuid:request_id>",
    endpoint="rights_request",
    view_func=rights.rights_request,
    methods=FORM,
)

blueprint.add_url_rule("/categories", view_func=catalogue.categories)
blueprint.add_url_rule("/categories/new", view_func=catalogue.add_category, methods=FORM)
blueprint.add_url_rule("/categories/<uuid:category_id>", view_func=catalogue.category, methods=FORM)
blueprint.add_url_rule("/causes", view_func=catalogue.causes)
blueprint.add_url_rule("/causes/new", view_func=catalogue.add_cause, methods=FORM)
blueprint.add_url_rule("/causes/<uuid:cause_id>", view_func=catalogue.cause, methods=FORM)

blueprint.add_url_rule("/anchors", view_func=anchors.anchors, methods=FORM)
blueprint.add_url_rule("/policy", view_func=policy.policy, methods=FORM)

blueprint.add_url_rule("/jobs", view_func=jobs.jobs)
blueprint.add_url_rule(
    "/jobs/<uuid:job_id>/again",
    endpoint="run_job_again",
    view_func=jobs.run_again,
    methods=SEND,
)

blueprint.add_url_rule("/limits", view_func=limits.limits)
blueprint.add_url_rule("/limits/new", view_func=limits.add_limits, methods=FORM)
VERSION = "/limits/<uuid:version_id>"
blueprint.add_url_rule(VERSION, view_func=limits.limits_version)
blueprint.add_url_rule(f"{VERSION}/general", view_func=limits.limits_general, methods=FORM)
blueprint.add_url_rule(f"{VERSION}/discard", view_func=limits.discard_limits, methods=SEND)
blueprint.add_url_rule(f"{VERSION}/explain", view_func=explain.explain_limits)
blueprint.add_url_rule(f"{VERSION}/compare", view_func=explain.compare_limits)
blueprint.add_url_rule(f"{VERSION}/effect", view_func=effect.limits_effect)
blueprint.add_url_rule(f"{VERSION}/activate", view_func=effect.activate_limits, methods=SEND)
blueprint.add_url_rule(f"{VERSION}/rules/new", view_func=limits_rows.add_rule, methods=FORM)
blueprint.add_url_rule(f"{VERSION}/rules/<name>", view_func=limits_rows.limits_rule, methods=FORM)
blueprint.add_url_rule(
    f"{VERSION}/rules/<name>/remove", view_func=limits_rows.remove_rule, methods=SEND
)
blueprint.add_url_rule(f"{VERSION}/ladder/new", view_func=limits_rows.add_rung, methods=FORM)
blueprint.add_url_rule(f"{VERSION}/ladder/<name>", view_func=limits_rows.limits_rung, methods=FORM)
blueprint.add_url_rule(
    f"{VERSION}/ladder/<name>/remove", view_func=limits_rows.remove_rung, methods=SEND
)
blueprint.add_url_rule(f"{VERSION}/calendars/new", view_func=calendars.add_calendar, methods=FORM)
blueprint.add_url_rule(
    f"{VERSION}/calendars/<code>", view_func=calendars.limits_calendar, methods=FORM
)
blueprint.add_url_rule(
    f"{VERSION}/calendars/<code>/remove", view_func=calendars.drop_calendar, methods=SEND
)
blueprint.add_url_rule(
    f"{VERSION}/calendars/<code>/official",
    view_func=calendars_official.take_official_days,
    methods=FORM,
)
blueprint.add_url_rule(
    f"{VERSION}/calendars/<code>/import", view_func=calendars_import.import_days, methods=FORM
)
blueprint.add_url_rule(
    f"{VERSION}/calendars/<code>/keep", view_func=calendars_import.keep_days, methods=SEND
)

blueprint.add_url_rule("/messages", view_func=messages.messages)
blueprint.add_url_rule("/messages/again", view_func=messages.send_all_again, methods=SEND)
blueprint.add_url_rule("/messages/channels", view_func=messages_channels.channels, methods=FORM)
blueprint.add_url_rule("/messages/texts", view_func=texts.texts)
blueprint.add_url_rule("/messages/texts/<name>", view_func=texts.text, methods=FORM)
blueprint.add_url_rule("/messages/texts/<name>/reset", view_func=texts.reset_text, methods=SEND)
blueprint.add_url_rule("/messages/<uuid:message_id>", view_func=messages.message)
blueprint.add_url_rule(
    "/messages/<uuid:message_id>/again", view_func=messages.send_again, methods=SEND
)
blueprint.add_url_rule(
    "/messages/<uuid:message_id>/cancel", view_func=messages.cancel_message, methods=SEND
)
blueprint.add_url_rule("/webhooks", view_func=webhooks.webhooks)
blueprint.add_url_rule("/webhooks/new", view_func=webhooks.add_webhook, methods=FORM)
blueprint.add_url_rule("/webhooks/<uuid:hook_id>", view_func=webhooks.webhook, methods=FORM)
blueprint.add_url_rule(
    "/webhooks/<uuid:hook_id>/secret", view_func=webhooks.renew_secret, methods=SEND
)
blueprint.add_url_rule(
    "/webhooks/<uuid:hook_id>/test", view_func=webhooks.test_webhook, methods=SEND
)
blueprint.add_url_rule("/sink", view_func=messages_sink.sink)
