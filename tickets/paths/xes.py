"""The event log as XES (IEEE 1849-2016): a trace for each complaint, in its events' order."""

from collections.abc import Iterator
from datetime import UTC, datetime
from xml.sax.saxutils import quoteattr

from tickets.paths.log import LogCodes, LoggedComplaint, LoggedEvent, Pseudonyms, cases, names
from tickets.reports.shape import Scope

MEDIA_TYPE = "application/xml"
SYSTEM = "system"

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
<extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
<global scope="trace"><string key="concept:name" value=""/></global>
<global scope="event">
<string key="concept:name" value=""/>
<date key="time:timestamp" value="1970-01-01T00:00:00+00:00"/>
<string key="lifecycle:transition" value="complete"/>
</global>
<classifier name="Activity" keys="concept:name"/>
<classifier name="Step" keys="step"/>
"""
FOOT = "</log>\n"


def xes(scope: Scope, people: Pseudonyms) -> Iterator[str]:
    """The file, complaint by complaint."""
    known = names()
    yield HEAD
    for case in cases(scope, known):
        yield "".join(_trace(case, known, people))
    yield FOOT


def _trace(case: LoggedComplaint, known: LogCodes, people: Pseudonyms) -> Iterator[str]:
    yield "<trace>\n"
    yield _text("concept:name", case.number)
    yield _text("unit", known.units[case.unit])
    yield _text("category", case.category)
    yield _text("channel", case.channel)
    yield _text("tier", case.tier)
    yield _text("severity", case.severity)
    yield _text("status", case.status)
    yield _date("registered", case.registered_at)
    units = {row.id: known.units[row.unit_id] for row in case.orders}
    for event in case.events:
        order = event.told.order
        yield from _event(event, known, people, units.get(order, "") if order else "")
    yield "</trace>\n"


def _event(event: LoggedEvent, known: LogCodes, people: Pseudonyms, group: str) -> Iterator[str]:
    told = event.told
    yield "<event>\n"
    yield _text("concept:name", told.action)
    yield _date("time:timestamp", told.at)
    yield _text("lifecycle:transition", "complete")
    yield _text("org:resource", people.of(told.actor) if told.actor else SYSTEM)
    if group:
        yield _text("org:group", group)
    yield _text("step", known.step(event.step))
    yield f'<boolean key="entered" value="{"true" if event.entered else "false"}"/>\n'
    yield "</event>\n"


def _text(key: str, value: str) -> str:
    return f"<string key={quoteattr(key)} value={quoteattr(value)}/>\n"


def _date(key: str, at: datetime) -> str:
    return f"<date key={quoteattr(key)} value={quoteattr(at.astimezone(UTC).isoformat())}/>\n"
