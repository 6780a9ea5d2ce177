"""Pages of problems: list, one problem, linking, sharing progress, closing.

The verbs are in `tickets/problems`.
"""

from flask import Blueprint

from tickets.web.problems import linking, pages

blueprint = Blueprint("problems", __name__, url_prefix="/problems")

blueprint.add_url_rule("/", endpoint="index", view_func=pages.index)
blueprint.add_url_rule("/new", endpoint="new", view_func=pages.new, methods=["GET", "POST"])
blueprint.add_url_rule(
    "/link", endpoint="link_many", view_func=linking.link_many, methods=["GET", "POST"]
)
blueprint.add_url_rule("/<problem>", endpoint="problem", view_func=pages.problem)
blueprint.add_url_rule(
    "/<problem>/edit", endpoint="edit", view_func=pages.edit, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/<problem>/progress", endpoint="progress", view_func=pages.progress, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/<problem>/close", endpoint="close", view_func=pages.close, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/of/<number>", endpoint="link", view_func=linking.link_one, methods=["GET", "POST"]
)
blueprint.add_url_rule(
    "/of/<number>/unlink", endpoint="unlink", view_func=linking.unlink_one, methods=["POST"]
)
