"""Days one by one, from the lines of a file: what they come to, and what is wrong with them."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.reasons import Reason
from workflow.spans import CalendarRefused, read_spans
from workflow.words import N_

MOST_ROWS = 5_000
MOST_COLUMNS = 100
MOST_ON_ONE_DAY = 20
"""Festivals or spans; each is compared with the others of its day."""
LONGEST_NAME = 120
YEARS = range(2000, 2101)

COLUMNS = {
    "date": "date", "日期": "date",
    "name": "name", "名称": "name", "名稱": "name",
    "kind": "kind", "类型": "kind", "類型": "kind",
    "from": "from", "开始": "from", "開始": "from",
    "to": "to", "结束": "to", "結束": "to",
}  # fmt: skip

WORKED = {
    "": False, "holiday": False, "假日": False, "放假": False, "休": False,
    "workday": True, "工作日": True, "上班": True, "班": True, "补班": True, "補班": True,
}  # fmt: skip

DATE = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?")

Written = tuple[str, str]


@dataclass(frozen=True)
class DaysRead:
    """What a file says: holidays, dates with hours of their own, and names of both.

    With `reasons` it must not be used. `special_hours` are spans as a calendar takes them.
    """

    holidays: Mapping[date, str]
    special_hours: Mapping[date, tuple[Written, ...]]
    names: Mapping[date, str]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class DayRow:
    """One date from one line; `span` when the line states hours."""

    line: int
    day: date
    name: str
    worked: bool
    span: Written | None = None


@dataclass
class Collected:
    """Gathers rows and refusals."""

    workday_hours: tuple[Written, ...]
    rows: dict[date, list[DayRow]] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def refuse(self, line: int, column: str, code: str, sentence: str, /, **values: object) -> None:
        self.reasons.append(
            Reason(code, sentence, {"line": line, **values}, f"lines.{line}.{column}")
        )

    def nothing_found(self) -> None:
        if not self.reasons:
            self.reasons.append(Reason("empty", N_("This file contains no days."), {}, "file"))

    def add(self, row: DayRow) -> None:
        if row.day.year not in YEARS:
            sentence = N_("The year of %(day)s is not between %(first)s and %(last)s.")
            ends = {"first": YEARS[0], "last": YEARS[-1]}
            self.refuse(row.line, "date", "bad_year", sentence, day=row.day.isoformat(), **ends)
            return
        if len(row.name) > LONGEST_NAME:
            sentence = N_("A name has at most %(most)s characters.")
            self.refuse(row.line, "name", "too_long", sentence, most=LONGEST_NAME)
            return
        others = self.rows.setdefault(row.day, [])
        if len(others) >= MOST_ON_ONE_DAY or any(not _stand_together(row, each) for each in others):
            sentence = N_("%(day)s is there twice.")
            self.refuse(row.line, "date", "twice", sentence, day=row.day.isoformat())
            return
        others.append(row)

    def days(self) -> DaysRead:
        holidays: dict[date, str] = {}
        special: dict[date, tuple[Written, ...]] = {}
        names: dict[date, str] = {}
        for day, rows in sorted(self.rows.items()):
            name = "、".join(dict.fromkeys(row.name for row in rows if row.name))
            if name:
                names[day] = name
            if rows and rows[0].worked:
                special[day] = self._hours(rows)
            elif rows:
                holidays[day] = name
        return DaysRead(holidays, special, names, tuple(self.reasons))

    def _hours(self, rows: list[DayRow]) -> tuple[Written, ...]:
        spans = tuple(sorted(row.span for row in rows if row.span)) or self.workday_hours
        try:
            read_spans(spans, f"lines.{rows[-1].line}.from")
        except CalendarRefused as refused:
            self.reasons += refused.reasons
        return spans


def _stand_together(one: DayRow, other: DayRow) -> bool:
    """Two festivals on one date, or two spans of one workday."""
    if one.worked != other.worked:
        return False
    if one.worked:
        return bool(one.span and other.span)
    return one.name != other.name


def rows_of_csv(content: bytes, collected: Collected) -> None:
    """Collects the lines of a table with a heading."""
    reader = csv.reader(io.StringIO(_text(content), newline=""), delimiter=_delimiter(content))
    try:
        first = next(reader, [])
        if len(first) > MOST_COLUMNS:
            sentence = N_("At most %(most)s columns; this file has %(found)s.")
            values = {"most": MOST_COLUMNS, "found": len(first)}
            collected.reasons.append(Reason("too_wide", sentence, values, "file"))
            return
        heading = [COLUMNS.get(each.strip().lower(), "") for each in first]
        if "date" not in heading:
            sentence = N_("The first line must name the columns: date, name, kind, from, to.")
            collected.reasons.append(Reason("no_heading", sentence, {}, "file"))
            return
        for cells in reader:
            if reader.line_num > MOST_ROWS:
                sentence = N_("There are too many lines.")
                collected.refuse(reader.line_num, "date", "too_many", sentence)
                return
            if any(each.strip() for each in cells):
                given = dict(zip(heading, (each.strip() for each in cells), strict=False))
                _row(reader.line_num, given, collected)
    except csv.Error:
        sentence = N_("This line cannot be read.")
        collected.refuse(reader.line_num, "date", "not_csv", sentence)
    if not collected.rows:
        collected.nothing_found()


def _text(content: bytes) -> str:
    """UTF-8, or what Excel in China writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", errors="replace").replace("\x00", "")


def _delimiter(content: bytes) -> str:
    heading = content.split(b"\n", 1)[0]
    return max((",", ";", "\t"), key=lambda each: heading.count(each.encode()))


def _row(line: int, given: Mapping[str, str], collected: Collected) -> None:
    day = _date(given.get("date", ""))
    if day is None:
        sentence = N_("“%(written)s” is not a date.")
        collected.refuse(line, "date", "not_a_date", sentence, written=given.get("date", "")[:40])
        return
    worked = WORKED.get(given.get("kind", "").lower())
    if worked is None:
        sentence = N_("“%(written)s” is neither holiday nor workday.")
        collected.refuse(line, "kind", "unknown", sentence, written=given["kind"][:40])
        return
    hours = given.get("from", ""), given.get("to", "")
    if any(hours) and not worked:
        sentence = N_("A holiday is a whole day; for a day with hours the kind is workday.")
        collected.refuse(line, "from", "has_hours", sentence)
        return
    if any(hours) and not _readable(hours, line, collected):
        return
    collected.add(DayRow(line, day, given.get("name", ""), worked, hours if any(hours) else None))


def _readable(hours: Written, line: int, collected: Collected) -> bool:
    try:
        read_spans([hours], f"lines.{line}.from")
    except CalendarRefused as refused:
        collected.reasons += [
            Reason(each.code, each.sentence, {**each.values, "line": line}, each.field)
            for each in refused.reasons
        ]
        return False
    return True


def _date(written: str) -> date | None:
    found = DATE.fullmatch(written)
    if found is None:
        return None
    year, _, month, _, day = found.groups()
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
