"""A calendar written as the document it can be read from."""

from workflow.spans import shown_spans
from workflow.values import Json
from workflow.working_time import WorkingCalendar


def document_of(calendar: WorkingCalendar) -> dict[str, Json]:
    """As plain JSON; `WorkingCalendar.from_json` makes the same calendar of it."""
    return {
        "tz": calendar.tz.key,
        "weekly": {day: shown_spans(spans) for day, spans in calendar.weekly.items() if spans},
        "holidays": {
            day.isoformat(): calendar.names.get(day, "") for day in sorted(calendar.holidays)
        },
        "special_hours": {
            day.isoformat(): {"name": calendar.names.get(day, ""), "spans": shown_spans(spans)}
            for day, spans in sorted(calendar.special_hours.items())
        },
    }
