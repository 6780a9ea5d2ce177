"""What a file's columns mean, as somebody wrote it down once per source (docs/import.md)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from tickets.importing.template import Template
from workflow.words import CallChannel, Channel, Remedy, Resolution, Severity, Status


class YesNo(StrEnum):
    YES = "yes"
    NO = "no"


class Arrives(StrEnum):
    """The statuses a row can arrive in. Closed is none of them: nobody here has called back."""

    REGISTERED = Status.REGISTERED.value
    IN_PROGRESS = Status.IN_PROGRESS.value
    RESOLVED = Status.RESOLVED.value


CODED: Mapping[str, type[StrEnum]] = {
    "channel": Channel,
    "severity": Severity,
    "status": Arrives,
    "refuses_contact": YesNo,
    "callback_channel": CallChannel,
    "outcome": Resolution,
    "remedy": Remedy,
}
"""Fields whose values are codes of the product."""

IN_DATABASE = ("category", "cause")
"""Fields whose values are codes that administrators keep."""

SAID = ("external_id", "description", "wish", "callback_number", "callback_wish", "answer")
ABOUT = ("line", "town", "on_behalf_of", "customer_name", "phone", "account", "email")
"""Fields that hold text."""

FIELDS = frozenset({*CODED, *IN_DATABASE, *SAID, *ABOUT})
NEEDED = ("external_id", "description", "channel", "severity", "status")
ANSWER = ("answer", "outcome", "cause", "remedy")
"""What a row that arrives as resolved needs besides."""


@dataclass(frozen=True)
class Dates:
    """Where a row says when the customer complained, and between which days that is expected."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]
    time: str | None
    time_formats: tuple[str, ...]
    earliest: date | None
    latest: date | None


@dataclass(frozen=True)
class Keywords:
    """A category, and the words in a description that point to it."""

    code: str
    words: tuple[str, ...]

    def fit(self, folded: str) -> bool:
        """Whether one of the words stands in the case-folded text.

        A Latin word must begin where a word begins ("bill" in "billing", not in "mobility");
        Chinese has no blanks between words, so there a word may stand anywhere.
        """
        return any(pattern.search(folded) for pattern in self._patterns)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_pattern(word)) for word in self.words)


def _pattern(word: str) -> str:
    begins = r"(?<![a-z0-9])" if word.isascii() else ""
    return begins + re.escape(word.casefold())


@dataclass(frozen=True)
class ColumnMapping:
    """A mapping file that has been read and found sound in itself."""

    source: str
    encoding: str
    delimiter: str
    zone: ZoneInfo
    language: str
    fields: Mapping[str, Template]
    values: Mapping[str, Mapping[str, str]]
    dates: Dates
    keywords: tuple[Keywords, ...]
    fallback: str | None

    def columns(self) -> Iterable[tuple[str, str]]:
        """Every column the mapping reads, with the key that names it."""
        for name, template in self.fields.items():
            yield from ((f"fields.{name}", column) for column in template.columns)
        yield from (("received_at.columns", column) for column in self.dates.columns)
        if self.dates.time is not None:
            yield "received_at.time", self.dates.time

    def codes(self, field: str) -> Iterable[tuple[str, str]]:
        """Every code that this field can get, with the key that names it."""
        if field in self.values:
            said = self.values[field].items()
            # An empty code says that this value means nothing was said.
            yield from ((f'values.{field}."{each}"', code) for each, code in said if code)
            return
        template = self.fields.get(field)
        if template is not None and not template.columns:
            yield f"fields.{field}", template.text

    def categories(self) -> Iterable[tuple[str, str]]:
        """Every category code, by value, by keyword and as fallback."""
        yield from self.codes("category")
        for place, rule in enumerate(self.keywords, 1):
            yield f"category.rules, rule {place}", rule.code
        if self.fallback is not None:
            yield "category.fallback", self.fallback

    def arrives_resolved(self) -> bool:
        """Whether any row can arrive as resolved."""
        codes = [code for _key, code in self.codes("status")]
        return not codes or Arrives.RESOLVED in codes


class BadMapping(Exception):
    """A mapping that cannot be used; `problems` names every key and what is wrong with it."""

    too_much: tuple[str, Mapping[str, int]] | None = None
    """A sentence and its values, when the file was not even read."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class MappingTooMuch(BadMapping):
    """A mapping that is larger, or nested deeper, than any that somebody would write."""

    def __init__(self, sentence: str, **values: int) -> None:
        super().__init__([sentence % values])
        self.too_much = (sentence, values)
