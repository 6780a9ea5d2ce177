"""Days of a calendar from a file: what is read, and what is refused at its line."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.calendar_documents import document_of
from tickets.limits.day_files import LARGEST_FILE, DaysRead, read_days
from workflow.working_time import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = [("09:00", "12:00"), ("13:00", "18:00")]
ZONES = (
    "Pacific/Honolulu",
    "America/New_York",
    "UTC",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Pacific/Auckland",
    "Pacific/Tongatapu",
)


def day(written: str) -> date:
    return date.fromisoformat(written)


def ics(*events: str) -> bytes:
    """A file with these events, each given by its lines."""
    inside = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    whole = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//\n{inside}END:VCALENDAR\n"
    return whole.replace("\n", "\r\n").encode()


def from_ics(*events: str, zone: ZoneInfo = SHANGHAI) -> DaysRead:
    return read_days(ics(*events), "days.ics", zone, HOURS)


def from_csv(text: str, encoding: str = "utf-8") -> DaysRead:
    return read_days(text.encode(encoding), "days.csv", SHANGHAI, HOURS)


def refusals(read: DaysRead) -> list[tuple[str | None, str]]:
    return [(each.field, each.code) for each in read.reasons]


# iCalendar.


@pytest.mark.parametrize("zone", ZONES)
def test_a_whole_day_covers_one_local_date_in_every_zone(zone: str) -> None:
    """C-11, SLA-09: from UTC-10 to UTC+13; DTEND is exclusive."""
    read = from_ics(
        "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261002\nSUMMARY:国庆节",
        zone=ZoneInfo(zone),
    )

    assert read.holidays == {day("2026-10-01"): "国庆节"}
    assert read.reasons == ()


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Asia/Shanghai", "Pacific/Tongatapu"])
@pytest.mark.parametrize(
    "lines",
    [
        "DTSTART;VALUE=DATE:20261001",
        "DTSTART;VALUE=DATE:20261001\nDURATION:P1D",
        "DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261001",
        "DTSTART:20261001T000000\nDTEND:20261002T000000",
        "DTSTART;TZID=Asia/Shanghai:20261001T000000\nDTEND;TZID=Asia/Shanghai:20261002T000000",
        "DTSTART:20261001T000000Z\nDTEND:20261002T000000Z",
    ],
)
def test_one_day_may_be_written_in_many_ways(lines: str, zone: str) -> None:
    """C-11: what one program writes another reads, and it stays one date."""
    read = from_ics(f"{lines}\nSUMMARY:国庆节", zone=ZoneInfo(zone))

    assert read.holidays == {day("2026-10-01"): "国庆节"}


def test_a_midnight_of_the_calendar_is_a_midnight() -> None:
    """C-11: 16:00 of UTC is the beginning of the next day in Shanghai."""
    read = from_ics("DTSTART:20260930T160000Z\nDTEND:20261001T160000Z\nSUMMARY:国庆节")

    assert list(read.holidays) == [day("2026-10-01")]


def test_an_event_of_several_days_is_each_of_them() -> None:
    """C-11: seven days of National Day, and not an eighth."""
    read = from_ics("DTSTART;VALUE=DATE:20261001\nDTEND;VALUE=DATE:20261008\nSUMMARY:国庆节")

    assert [each.day for each in read.holidays] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "said",
    [
        "SUMMARY:国庆节补班",
        "SUMMARY:国庆节（班）",
        "SUMMARY:Make-up\nCATEGORIES:Holidays,WORKDAY",
        "SUMMARY:国庆节\nX-APPLE-SPECIAL-DAY:ALTERNATE-WORKDAY",
    ],
)
def test_a_make_up_workday_has_the_hours_of_a_workday(said: str) -> None:
    """C-10: 调休; the file states no hours, so they are those of the calendar."""
    read = from_ics(f"DTSTART;VALUE=DATE:20261010\n{said}")

    assert read.special_hours == {day("2026-10-10"): tuple(HOURS)}
    assert read.holidays == {}
    assert day("2026-10-10") in read.names


def test_a_workday_may_state_its_hours() -> None:
    """C-10: 09:00 to 12:00 of the calendar's zone, also if it is written in UTC."""
    read = from_ics("DTSTART:20261010T010000Z\nDTEND:20261010T040000Z\nSUMMARY:补班")

    assert read.special_hours == {day("2026-10-10"): (("09:00", "12:00"),)}


def test_two_festivals_of_one_day_share_it() -> None:
    """C-10: Mid-Autumn and National Day of 2020."""
    read = from_ics(
        "DTSTART;VALUE=DATE:20201001\nSUMMARY:国庆节", "DTSTART;VALUE=DATE:20201001\nSUMMARY:中秋节"
    )

    assert read.holidays == {day("2020-10-01"): "国庆节、中秋节"}


def test_what_was_cancelled_is_not_there() -> None:
    read = from_ics(
        "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节\nSTATUS:CANCELLED",
        "DTSTART;VALUE=DATE:20261002\nSUMMARY:国庆节",
    )

    assert list(read.holidays) == [day("2026-10-02")]


@pytest.mark.parametrize(
    ("lines", "field", "code"),
    [
        ("DTSTART;VALUE=DATE:20261001\nRRULE:FREQ=YEARLY", "date", "repeats"),
        ("DTSTART;VALUE=DATE:20261001\nRDATE;VALUE=DATE:20271001", "date", "repeats"),
        ("SUMMARY:no date", "date", "not_a_date"),
        ("DTSTART;VALUE=DATE:20261340", "date", "not_a_date"),
        ("DTSTART;VALUE=DATE:tomorrow", "date", "not_a_date"),
        ("DTSTART;VALUE=DATE:20261003\nDTEND;VALUE=DATE:20261001", "date", "bad_length"),
        ("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20270101", "date", "bad_length"),
        ("DTSTART;VALUE=DATE:99991231", "date", "not_a_date"),
        ("DTSTART;VALUE=DATE:19000101", "date", "bad_year"),
        ("DTSTART:20261001T090000\nDTEND:20261001T120000", "date", "has_hours"),
        ("DTSTART;VALUE=DATE:20261001\nDTEND:20261001T120000", "date", "has_hours"),
        ("DTSTART:20261010T120000\nDTEND:20261010T090000\nSUMMARY:补班", "from", "empty_span"),
        (f"DTSTART;VALUE=DATE:20261001\nSUMMARY:{'x' * 200}", "name", "too_long"),
    ],
)
def test_an_event_that_cannot_be_read_is_refused_at_its_line(
    lines: str, field: str, code: str
) -> None:
    """C-11, and the bad input of the issue: the good event before it begins at line 4."""
    good = "DTSTART;VALUE=DATE:20260101\nSUMMARY:元旦"

    read = from_ics(good, lines)

    assert refusals(read) == [(f"lines.8.{field}", code)]
    assert read.holidays == {day("2026-01-01"): "元旦"}
    assert all(str(each) for each in read.reasons)


def test_the_same_day_twice_is_refused() -> None:
    event = "DTSTART;VALUE=DATE:20261001\nSUMMARY:国庆节"

    assert refusals(from_ics(event, event)) == [("lines.8.date", "twice")]
    assert refusals(from_ics(event, f"{event}补班")) == [("lines.8.date", "twice")]


@pytest.mark.parametrize(
    "content",
    [
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\nEND:VCALENDAR",
        b"BEGIN:VCALENDAR\r\nnonsense\r\nEND:VCALENDAR",
        b"hello",
        b"",
        b"\x00\xff\xfe",
        b"BEGIN:VCALENDAR" * 1000,
    ],
)
def test_what_is_no_calendar_is_refused_without_an_error(content: bytes) -> None:
    read = read_days(content, "days.ics", SHANGHAI, HOURS)

    assert read.reasons
    assert not read.holidays


def test_too_much_is_refused_before_it_is_read() -> None:
    large = read_days(b"x" * (LARGEST_FILE + 1), "days.csv", SHANGHAI, HOURS)
    many = from_ics(*["DTSTART;VALUE=DATE:20261001"] * 2_001)
    lines = from_csv("date\n" + "2026-10-01\n" * 5_001)

    assert refusals(large) == [("file", "too_large")]
    assert refusals(many)[-1][1] == "too_many"
    assert refusals(lines)[-1][1] == "too_many"


# CSV.


def test_a_table_of_days() -> None:
    """C-10: holidays, a make-up workday, a half day in two spans."""
    read = from_csv(
        "date,name,kind,from,to\n"
        "2026-10-01,国庆节,holiday,,\n"
        "2026-10-10,国庆节调休,workday,,\n"
        "2026-12-31,年终,workday,09:00,11:00\n"
        "2026-12-31,年终,workday,13:00,15:00\n"
    )

    assert read.reasons == ()
    assert read.holidays == {day("2026-10-01"): "国庆节"}
    assert read.special_hours == {
        day("2026-10-10"): tuple(HOURS),
        day("2026-12-31"): (("09:00", "11:00"), ("13:00", "15:00")),
    }
    assert read.names[day("2026-10-10")] == "国庆节调休"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_as_excel_in_china_writes_it(encoding: str, delimiter: str) -> None:
    """C-10: Chinese headings and kinds, dates as Excel shows them, its encoding."""
    rows = (("日期", "名称", "类型"), ("2026/10/1", "国庆节", "假日"), ("2026年10月10日", "", "班"))

    read = from_csv("\r\n".join(delimiter.join(row) for row in rows), encoding)

    assert read.reasons == ()
    assert read.holidays == {day("2026-10-01"): "国庆节"}
    assert list(read.special_hours) == [day("2026-10-10")]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        ("yesterday,x,holiday,,", "date", "not_a_date"),
        ("2026-02-30,x,holiday,,", "date", "not_a_date"),
        (",x,holiday,,", "date", "not_a_date"),
        ("1899-12-31,x,holiday,,", "date", "bad_year"),
        ("2026-10-02,x,party,,", "kind", "unknown"),
        ("2026-10-02,x,holiday,09:00,12:00", "from", "has_hours"),
        ("2026-10-02,x,workday,09:00,", "from", "not_a_span"),
        ("2026-10-02,x,workday,nine,five", "from", "not_a_span"),
        ("2026-10-02,x,workday,09:00,09:00", "from", "empty_span"),
        ("2026-10-01,国庆节,holiday,,", "date", "twice"),
        ("2026-10-01,x,workday,,", "date", "twice"),
        ("2026-10-10,x,workday,11:00,14:00", "from", "overlap"),
        (f"2026-10-02,{'x' * 200},holiday,,", "name", "too_long"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_number(
    line: str, field: str, code: str
) -> None:
    """SLA-10, and the bad input of the issue: holidays twice, nonsense, overlapping spans."""
    good = "2026-10-01,国庆节,holiday,,\n2026-10-10,x,workday,09:00,12:00\n"

    read = from_csv(f"date,name,kind,from,to\n{good}{line}\n")

    assert refusals(read) == [(f"lines.4.{field}", code)]


@pytest.mark.parametrize("text", ["", "2026-10-01,国庆节\n", "name,kind\nx,holiday\n"])
def test_a_table_without_a_heading_is_refused(text: str) -> None:
    assert refusals(from_csv(text)) == [("file", "no_heading")]


def test_an_empty_table_says_so() -> None:
    assert refusals(from_csv("date,name\n\n")) == [("file", "empty")]
    assert refusals(read_days(ics(), "days.ics", SHANGHAI, HOURS)) == [("file", "empty")]


def test_what_was_read_makes_a_calendar() -> None:
    """C-10: dates, spans and names go into the calendar as they are."""
    read = from_csv("date,name,kind\n2026-10-01,国庆节,holiday\n2026-10-10,调休,workday\n")

    calendar = WorkingCalendar(
        SHANGHAI, {"mon": HOURS}, read.holidays, read.special_hours, names=read.names
    )

    assert document_of(calendar)["special_hours"]["2026-10-10"] == {
        "name": "调休",
        "spans": [["09:00", "12:00"], ["13:00", "18:00"]],
    }
