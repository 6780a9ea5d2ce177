"""Make tickets/limits/packs/*.json of the tables, the published limits and the official days.

For maintainers, with `../shared` beside this repository: `python -m tools.make_limit_packs`.
Packs are only ever a beginning: what an installation runs on is its own version of one.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tickets.limits.official_days import official_days
from tools.limit_pack_tables import LADDER, PACKS, Row
from workflow.limits_document import objections

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT.parent / "shared" / "policies" / "published_limits.json"
TARGET = ROOT / "tickets" / "limits" / "packs"

YEARS = (2025, 2026, 2027)
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")
DAYS = (*WORKING_DAYS, "sat", "sun")
OFFICE = [["09:00", "12:00"], ["13:00", "18:00"]]
UNITS = {
    "hour": "hours",
    "day": "days",
    "week": "weeks",
    "month": "months",
    "working_day": "working_days",
    "business_day": "working_days",
}
NAMES = {
    "office": {"zh_Hans": "工作时间", "zh_Hant": "工作時間", "en": "Office hours"},
    "always": {"zh_Hans": "全天候", "zh_Hant": "全天候", "en": "Around the clock"},
}


def document(name: str, limits: dict[str, Row]) -> Row:
    """The document of one pack."""
    pack = PACKS[name]
    return {
        "pack": name,
        "titles": pack["titles"],
        "jurisdiction": pack["jurisdiction"],
        "calendars": {"office": office(pack), "always": always(pack)},
        "default_calendar": "office",
        "unit_calendars": {},
        "rules": [rule(row, limits) for row in pack["rules"]],
        "ladder": list(LADDER),
        "new_cycle_grace": 1800,
        "repeat_breach": 28800,
    }


def rule(row: Row, limits: dict[str, Row]) -> Row:
    """One rule; what is published brings its amount, unit and source along."""
    made = dict(row)
    name = made.pop("published", None)
    if name is None:
        return made
    limit = limits[name]
    source = {"text": limit["source"], "id": name, "verified": limit["verified"]}
    figures = {"amount": limit["limit"], "unit": UNITS[limit["unit"]]}
    return {"id": made.pop("id"), "clock": made.pop("clock"), **figures, **made, "source": source}


def always(pack: Row) -> Row:
    weekly = {day: [["00:00", "24:00"]] for day in DAYS}
    calendar = {"tz": pack["tz"], "weekly": weekly, "holidays": {}, "special_hours": {}}
    return {"names": NAMES["always"], "country": None, "calendar": calendar}


def office(pack: Row) -> Row:
    """Office hours with the official days of the country for these years."""
    country, subdivision = pack["jurisdiction"], pack["subdivision"]
    years = [official_days(country, year, subdivision) for year in YEARS]
    free = {day: name for year in years for day, name in year.holidays.items()}
    worked = {day: name for year in years for day, name in year.makeup_days.items()}
    return {
        "names": NAMES["office"],
        "country": country,
        "subdivision": subdivision,
        "official_years": [each.year for each in years if not each.provisional],
        "provisional_years": [each.year for each in years if each.provisional],
        "calendar": {
            "tz": pack["tz"],
            "weekly": {day: OFFICE for day in WORKING_DAYS},
            "holidays": {day.isoformat(): name for day, name in sorted(free.items())},
            "special_hours": {
                day.isoformat(): {"name": name, "spans": OFFICE}
                for day, name in sorted(worked.items())
            },
        },
    }


def written(value: Any, depth: int = 0, broad: int = 3) -> str:
    """JSON with one rule, one rung or one day a line: differences can be read."""
    if depth == broad or not isinstance(value, dict | list) or not value:
        return json.dumps(value, ensure_ascii=False)
    pad, end = " " * (depth + 1), " " * depth
    if isinstance(value, list):
        lines = [f"{pad}{json.dumps(each, ensure_ascii=False)}" for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{end}]"
    lines = [
        f"{pad}{json.dumps(name)}: {written(each, depth + 1, 5 if name == 'calendars' else broad)}"
        for name, each in value.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{end}}}"


def main() -> int:
    rows = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    limits = {row["id"]: row for row in rows}
    for name in PACKS:
        made = document(name, limits)
        if reasons := objections(made):
            print(f"{name}: {'; '.join(f'{each.field}: {each}' for each in reasons)}")
            return 1
        (TARGET / f"{name}.json").write_text(written(made) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
