"""The log as people read it in a terminal: nothing from outside writes a line in it."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from app import create_app
from tickets.log import escaped

HOSTILE = "/a\n2026-12-01T00:00:00Z [info     ] request   path=/forged\r\x1b[2J\x1b]0;owned\x07"
BIDI = "/invoice\u202egnp.exe\u2066\u200f\u061c\u2028\x85\x9b31m"
OBEYED = ("\r", "\x1b", "\x07", "\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\x85", "\x9b")


@pytest.fixture
def terminal() -> Iterator[io.StringIO]:
    """What is written to the terminal, by the handler that the application sets up."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    create_app(
        {"SHOUWEN_ENV": "testing", "SECRET_KEY": "of the tests", "DATABASE_URL": "sqlite://"}
    )
    ours = next(each for each in root.handlers if each not in before)
    assert isinstance(ours, logging.StreamHandler)
    written = io.StringIO()
    ours.setStream(written)
    yield written
    root.handlers, root.level = before, level


@pytest.mark.parametrize("said", [HOSTILE, BIDI], ids=["control", "bidi"])
def test_what_comes_from_outside_stays_on_its_line(said: str, terminal: io.StringIO) -> None:
    log = structlog.get_logger("shouwen")
    log.info("request", path=said, names=[said], error=ValueError(said))
    log.warning(said)
    logging.getLogger("werkzeug").warning("asked for %s", said)

    written = terminal.getvalue()
    assert len(written.rstrip("\n").split("\n")) == 3
    assert not [sign for sign in OBEYED if sign in written]


def test_a_message_of_an_error_passes_for_no_line_of_the_log(
    terminal: io.StringIO,
) -> None:
    log = logging.getLogger("shouwen")
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        log.exception("failed")

    first, *others = terminal.getvalue().rstrip("\n").split("\n")
    assert "failed" in first
    assert others
    assert all(line.startswith("  ") for line in others)
    assert not [sign for sign in OBEYED for line in others if sign in line]


def test_words_of_every_language_stay_readable() -> None:
    for words in ("首问负责制 – Zürich", "naïve café 🙂", "C:\\path"):
        assert escaped(words) == words


def test_half_a_sign_is_written_as_its_number() -> None:
    """It cannot be encoded, so it would break the line that it stands in."""
    escaped("half \ud800").encode()
