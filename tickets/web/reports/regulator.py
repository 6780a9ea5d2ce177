"""The regulators' periodic figures: which returns there are, and their last whole period."""

from datetime import date, timedelta

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tickets.clock import now
from tickets.config import operators_zone
from tickets.reports.regulator.returns import RETURNS, ReturnRhythm

blueprint = Blueprint("regulator", __name__, url_prefix="/reports/regulator")

MONTHS = {ReturnRhythm.MONTH: 1, ReturnRhythm.QUARTER: 3, ReturnRhythm.HALF_YEAR: 6}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    today = now().astimezone(operators_zone()).date()
    rows = [(row, *last_period(row.rhythm, today)) for row in RETURNS]
    return render_template("reports/regulator.html", rows=rows)


def last_period(rhythm: ReturnRhythm, today: date) -> tuple[date, date]:
    """First and last day of the last month, quarter or half of a year that is over."""
    months = MONTHS[rhythm]
    starts = today.replace(month=(today.month - 1) // months * months + 1, day=1)
    last = starts - timedelta(days=1)
    return last.replace(month=(last.month - 1) // months * months + 1, day=1), last
