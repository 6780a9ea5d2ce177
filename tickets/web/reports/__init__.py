"""Pages of reports and regulators' returns, their files, and reports by mail.

Figures and definitions are in `tickets/reports`.
"""

from flask import Blueprint

from tickets.web.reports import pages, schedules, words

FORM = ("GET", "POST")

blueprint = Blueprint("reports", __name__, url_prefix="/reports")

blueprint.add_app_template_global(words.shown, "figure")
blueprint.add_app_template_global(words.changed, "change_of_figure")
blueprint.add_app_template_global(words.raw, "raw_figure")
blueprint.add_app_template_global(words.scope_lines, "scope_lines")
blueprint.add_app_template_global(words.unit_of, "unit_of_column")
blueprint.add_app_template_global(words.title_of_row, "title_of_row")
blueprint.add_app_template_global(words.title_of_column, "title_of_column")

blueprint.add_url_rule("/", endpoint="index", view_func=pages.index)
blueprint.add_url_rule("/schedules", endpoint="schedules", view_func=schedules.index)
blueprint.add_url_rule(
    "/schedules/new", endpoint="add_schedule", view_func=schedules.add, methods=FORM
)
blueprint.add_url_rule(
    "/schedules/<uuid:schedule_id>",
    endpoint="schedule",
    view_func=schedules.edit,
    methods=FORM,
)
for name, view in (
    ("pause", schedules.pause),
    ("resume", schedules.resume),
    ("remove", schedules.remove),
    ("leave", schedules.leave),
):
    blueprint.add_url_rule(
        f"/schedules/<uuid:schedule_id>/{name}",
        endpoint=f"{name}_schedule",
        view_func=view,
        methods=("POST",),
    )

blueprint.add_url_rule("/<name>", endpoint="report", view_func=pages.report)
blueprint.add_url_rule("/<name>.csv", endpoint="as_csv", view_func=pages.as_csv)
blueprint.add_url_rule("/<name>.xlsx", endpoint="as_xlsx", view_func=pages.as_xlsx)
