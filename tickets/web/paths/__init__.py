"""The page of the process map, and event logs as files.

Paths are counted in `tickets/paths`.
"""

from flask import Blueprint

from tickets.web.paths import pages

blueprint = Blueprint("paths", __name__, url_prefix="/paths")

blueprint.add_url_rule("/", endpoint="index", view_func=pages.index)
blueprint.add_url_rule("/log.xes", endpoint="as_xes", view_func=pages.as_xes)
blueprint.add_url_rule("/log.jsonocel", endpoint="as_ocel", view_func=pages.as_ocel)
