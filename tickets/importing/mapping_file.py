"""Reading a mapping file: everything that is wrong with it, by the key, before anything begins."""

import codecs
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tickets.importing.mapping import (
    ANSWER,
    CODED,
    FIELDS,
    NEEDED,
    BadMapping,
    ColumnMapping,
    Dates,
    Keywords,
    MappingTooMuch,
)
from tickets.importing.template import Template
from workflow.words import N_

SHIPPED = Path(__file__).parent / "mappings"

TABLES: Mapping[str, frozenset[str] | None] = {
    "fields": FIELDS,
    "values": FIELDS,
    "received_at": frozenset({"columns", "formats", "time", "time_formats", "earliest", "latest"}),
    "category": frozenset({"rules", "fallback"}),
}
SINGLE = ("source", "encoding", "delimiter", "zone", "language")
LANGUAGES = ("zh_Hans", "zh_Hant", "en")
LONGEST_SOURCE = 60
LARGEST = 256 * 1024
"""Bytes of a mapping; the shipped one has three thousand."""
DEEPEST = 8
"""Lists and tables within each other; a mapping needs three."""
MOST_FORMATS = 40
MOST_WORDS = 1_000
MOST_PLACES = 50
"""Columns in the text of one field."""
NO_ENCODINGS = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
"""Codecs of texts that no file is written in; the first two take quadratic time."""
BETWEEN = re.compile(
    r'"""(?:\\.|[^\\])*?(?:"""|\Z)'
    r"|'''.*?(?:'''|\Z)"
    r'|"(?:\\.|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*",
    re.DOTALL,
)
"""Texts and comments of a TOML file, closed or not: what stands in them nests nothing."""
NESTS = re.compile(r"[\[\]{}.=,\n]")
A_DAY = datetime(2015, 12, 31, 23, 58, 59)  # noqa: DTZ001 - only tries a format out


def named(given: str) -> Path:
    """The mapping shipped under this name, or the file at this path."""
    shipped = SHIPPED / f"{given}.toml"
    return shipped if shipped.exists() and shipped.parent == SHIPPED else Path(given)


def read(path: Path) -> ColumnMapping:
    """The mapping in this file; raises BadMapping with every problem."""
    try:
        text = _text(path)
        _refuse_deep(text)
        written = tomllib.loads(text)
    except OSError as error:
        raise BadMapping([f"{path}: {error.strerror}"]) from error
    except ValueError as error:  # of the syntax, the encoding, or a number of a million digits
        raise BadMapping([f"{path.name}: not a TOML file in UTF-8: {error}"]) from error
    return _Reader(written).mapping()


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise MappingTooMuch(N_("A mapping file has at most %(most)s bytes."), most=LARGEST)
    return content.decode("utf-8").replace("\r\n", "\n")


def _refuse_deep(text: str) -> None:
    """In one pass and before anything is parsed: the parser calls itself for each level of a list,
    and takes quadratic time for the levels of a key."""
    depth = dots = 0
    for sign in NESTS.findall(BETWEEN.sub("", text)):
        dots = dots + 1 if sign == "." else 0
        depth = max(depth + (sign in "[{") - (sign in "]}"), 0)
        if max(depth, dots) > DEEPEST:
            sentence = N_("Lists and tables stand at most %(most)s levels within each other.")
            raise MappingTooMuch(sentence, most=DEEPEST)


class _Reader:
    """Collects what is wrong while it reads, so that everything can be mended at once."""

    def __init__(self, written: Mapping[str, object]) -> None:
        self.written = written
        self.problems: list[str] = []

    def mapping(self) -> ColumnMapping:
        self._refuse_unknown_keys()
        fields = self._fields()
        mapping = ColumnMapping(
            source=self._source(),
            encoding=self._encoding(),
            delimiter=self._delimiter(),
            zone=self._zone(),
            language=self._one_of("language", LANGUAGES, "zh_Hans"),
            fields=fields,
            values=self._values(fields),
            dates=self._dates(),
            keywords=self._keywords(),
            fallback=self._fallback(),
        )
        self._check(mapping)
        if self.problems:
            raise BadMapping(self.problems)
        return mapping

    def _wrong(self, key: str, what: str) -> None:
        self.problems.append(f"{key}: {what}")

    def _refuse_unknown_keys(self) -> None:
        for key, value in self.written.items():
            if key in SINGLE:
                continue
            if key not in TABLES:
                self._wrong(key, f"unknown key; known are {_listed((*SINGLE, *TABLES))}")
                continue
            if not isinstance(value, dict):
                self._wrong(key, f"must be a table: [{key}]")
                continue
            known = TABLES[key] or frozenset()
            for name in sorted(set(value) - known):
                what = "field" if known is FIELDS else "key"
                self._wrong(f"{key}.{name}", f"unknown {what}; known are {_listed(sorted(known))}")

    def _table(self, name: str) -> dict[str, object]:
        table = self.written.get(name, {})
        return table if isinstance(table, dict) else {}

    def _texts(self, table: str) -> dict[str, str]:
        found = {}
        for key, value in self._table(table).items():
            if isinstance(value, str):
                found[key] = value
                continue
            self._wrong(f"{table}.{key}", "must be text")
        return found

    def _fields(self) -> dict[str, Template]:
        fields = {name: Template(text) for name, text in self._texts("fields").items()}
        for name, template in fields.items():
            if len(template.columns) > MOST_PLACES:
                self._wrong(f"fields.{name}", f"at most {MOST_PLACES} columns in one field")
        return fields

    def _text(self, key: str, default: str | None = None) -> str | None:
        value = self.written.get(key, default)
        if value is None:
            self._wrong(key, "is missing")
            return None
        if not isinstance(value, str) or not value:
            self._wrong(key, "must be text, and not empty")
            return None
        return value

    def _source(self) -> str:
        source = self._text("source") or ""
        if len(source) > LONGEST_SOURCE:
            self._wrong("source", f"at most {LONGEST_SOURCE} characters; these are {len(source)}")
        return source

    def _encoding(self) -> str:
        name = self._text("encoding", "utf-8") or "utf-8"
        try:
            found = codecs.lookup(name)
            "".encode(found.name)  # bytes-to-bytes codecs such as base64 are no encoding of text
            if found.name in NO_ENCODINGS:
                raise LookupError(name)
        except (LookupError, ValueError):
            self._wrong("encoding", f"there is no encoding “{name}”")
            return "utf-8"
        # A byte order mark belongs to the file, not to the first column's name.
        return "utf-8-sig" if found.name == "utf-8" else found.name

    def _delimiter(self) -> str:
        delimiter = self._text("delimiter", ",") or ","
        if len(delimiter) == 1 and delimiter not in '"\r\n\0':
            return delimiter
        self._wrong("delimiter", "must be one character, such as , or ; or a tab")
        return ","

    def _zone(self) -> ZoneInfo:
        name = self._text("zone") or "UTC"
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong("zone", f"there is no time zone “{name}”")
            return ZoneInfo("UTC")

    def _one_of(self, key: str, known: tuple[str, ...], default: str) -> str:
        value = self._text(key, default)
        if value is not None and value not in known:
            self._wrong(key, f"“{value}” is none of {_listed(known)}")
        return value or default

    def _values(self, fields: Mapping[str, Template]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for field, table in self._table("values").items():
            if not isinstance(table, dict):
                self._wrong(f"values.{field}", f"must be a table: [values.{field}]")
                continue
            if field not in fields:
                self._wrong(f"values.{field}", f"the field is not mapped: say fields.{field}")
            found[field] = {
                said: self._plain(f"values.{field}.{said}", code) for said, code in table.items()
            }
        return found

    def _plain(self, key: str, value: object) -> str:
        """A text, or what somebody wrote without quotes and means as one: 2 or 2015-04-01."""
        if isinstance(value, dict | list) or (isinstance(value, int) and value.bit_length() > 64):
            self._wrong(key, "must be text")
            return ""
        return str(value)

    def _list(self, table: str, key: str) -> tuple[str, ...]:
        value = self._table(table).get(key, [])
        if isinstance(value, list) and all(isinstance(each, str) for each in value):
            return tuple(value)
        self._wrong(f"{table}.{key}", "must be a list of texts")
        return ()

    def _dates(self) -> Dates:
        time = self._table("received_at").get("time")
        dates = Dates(
            columns=self._list("received_at", "columns"),
            formats=self._formats("formats"),
            time=time if isinstance(time, str) else None,
            time_formats=self._formats("time_formats"),
            earliest=self._day("earliest"),
            latest=self._day("latest"),
        )
        for key, wanted in (("columns", True), ("formats", True), ("time_formats", bool(time))):
            if wanted and not getattr(dates, key):
                self._wrong(f"received_at.{key}", "is missing")
        return dates

    def _formats(self, key: str) -> tuple[str, ...]:
        formats = self._list("received_at", key)
        if len(formats) > MOST_FORMATS:
            self._wrong(f"received_at.{key}", f"at most {MOST_FORMATS} formats")
            return ()
        for each in formats:
            try:
                datetime.strptime(A_DAY.strftime(each), each)  # noqa: DTZ007 - only tried out
            except (ValueError, re.error) as error:  # the latter when a part is asked for twice
                self._wrong(f"received_at.{key}", f"“{each}” is no date format: {error}")
        return formats

    def _day(self, key: str) -> date | None:
        value = self._table("received_at").get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self._wrong(f"received_at.{key}", "must be a day, without quotes: 2015-04-01")
        return None

    def _keywords(self) -> tuple[Keywords, ...]:
        rules = self._table("category").get("rules", [])
        found = []
        for place, rule in enumerate(rules if isinstance(rules, list) else [], 1):
            words = rule.get("words", []) if isinstance(rule, dict) else []
            if not words or not isinstance(words, list) or not isinstance(rule.get("code"), str):
                self._wrong(f"category.rules, rule {place}", 'needs code = "…" and words = ["…"]')
                continue
            key = f"category.rules, rule {place}"
            found.append(Keywords(rule["code"], tuple(self._plain(key, word) for word in words)))
        if sum(len(rule.words) for rule in found) > MOST_WORDS:
            self._wrong("category.rules", f"at most {MOST_WORDS} words in all rules together")
        return tuple(found)

    def _fallback(self) -> str | None:
        fallback = self._table("category").get("fallback")
        return self._plain("category.fallback", fallback) if fallback is not None else None

    def _check(self, mapping: ColumnMapping) -> None:
        for name in NEEDED:
            if name not in mapping.fields:
                self._wrong(f"fields.{name}", "is missing")
        if mapping.arrives_resolved():
            for name in (each for each in ANSWER if each not in mapping.fields):
                self._wrong(f"fields.{name}", "is missing: some rows arrive as resolved")
        if "category" not in mapping.fields and mapping.fallback is None:
            self._wrong("category.fallback", "is missing: every row needs a category")
        if not {"callback_number", "refuses_contact"} & set(mapping.fields):
            self._wrong("fields.callback_number", "is missing: say how the customer is called back")
        for field, codes in CODED.items():
            self._check_codes(mapping, field, {each.value for each in codes})

    def _check_codes(self, mapping: ColumnMapping, field: str, known: set[str]) -> None:
        for key, code in mapping.codes(field):
            if code in known:
                continue
            hint = " (nothing arrives closed: the customer must be called back)"
            why = hint if field == "status" else ""
            self._wrong(key, f"there is no {field} “{code}”{why}; known are {_listed(known)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
