"""Pages of what-if runs: the question, the answer, and the answer as a file.

Reckoning is in `tickets/what_if`.
"""

from flask import Blueprint

from tickets.web.what_if import pages

blueprint = Blueprint("what_if", __name__, url_prefix="/what-if")

SEND = ["POST"]

blueprint.add_url_rule("/", endpoint="index", view_func=pages.index)
blueprint.add_url_rule("/new", endpoint="new", view_func=pages.new, methods=["GET", "POST"])
blueprint.add_url_rule("/<uuid:run_id>", endpoint="run", view_func=pages.run)
blueprint.add_url_rule("/<uuid:run_id>.csv", endpoint="as_csv", view_func=pages.as_csv)
blueprint.add_url_rule("/<uuid:run_id>.xlsx", endpoint="as_xlsx", view_func=pages.as_xlsx)
blueprint.add_url_rule(
    "/<uuid:run_id>/name", endpoint="rename", view_func=pages.rename, methods=SEND
)
blueprint.add_url_rule(
    "/<uuid:run_id>/remove", endpoint="remove", view_func=pages.remove, methods=SEND
)
