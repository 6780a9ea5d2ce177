"""Reasons of the system are codes in history and sentences on pages, in every language."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from tests.cast import Cast, registered
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tickets import history
from tickets.actors import System
from tickets.database import db
from tickets.history import Text
from tickets.history.audit import audited
from tickets.messages.texts import written_values
from tickets.messages.topics import Reader, topic_of
from tickets.models import Complaint, Event
from tickets.web.shell.said import because_in_words, reason_in_words, rule_in_words
from workflow.system_rules import (
    SENTENCES,
    Because,
    SystemRule,
    because_of,
    because_of_sentence,
)
from workflow.words import Channel

LANGUAGES = ("en", "zh_Hans", "zh_Hant")
HOUR = timedelta(hours=1)


@contextmanager
def reading(app: Flask, language: str) -> Iterator[None]:
    with app.test_request_context(), force_locale(language):
        yield


@pytest.mark.parametrize(
    ("stored", "en", "zh"),
    [
        ("3 complaints in 30 days", "3 complaints in 30 days", "30 天内投诉 3 次"),
        ("resolution 100%", "Resolution: 100 % used", "100%"),
        ("the regulator asks about it", "the regulator asks about it", "监管"),
    ],
)
def test_sentences_of_before_are_said_in_the_readers_language(
    app: Flask, stored: str, en: str, zh: str
) -> None:
    with reading(app, "en"):
        assert reason_in_words(stored) == en
    with reading(app, "zh_Hans"):
        assert zh in reason_in_words(stored)
        assert reason_in_words(stored) != en
    with reading(app, "zh_Hant"):
        assert reason_in_words(stored) != en


@pytest.mark.parametrize("text", ["discount 50%", "resolution soon", "12 complaints", "退费 50%"])
def test_words_of_people_are_left_alone(app: Flask, text: str) -> None:
    with reading(app, "zh_Hans"):
        assert reason_in_words(text) == text


@pytest.mark.parametrize("rule", SystemRule)
def test_every_rule_is_said_and_is_known_by_its_old_sentence(app: Flask, rule: SystemRule) -> None:
    assert because_of_sentence(SENTENCES[rule]) == Because(rule)
    with reading(app, "en"):
        english = rule_in_words(rule)
    for language in ("zh_Hans", "zh_Hant"):
        with reading(app, language):
            assert rule_in_words(rule) not in ("", rule, english)
            assert rule_in_words(rule) == rule_in_words(SENTENCES[rule])


@pytest.mark.parametrize(
    "stored",
    [None, "words", 3, {}, {"rule": []}, {"rule": "of a newer version"}, {"values": {}}],
)
def test_what_is_no_reason_of_ours_is_none(stored: object) -> None:
    assert because_of(stored) is None


def test_a_reason_whose_values_are_missing_is_said_by_its_rule(app: Flask) -> None:
    with reading(app, "en"):
        said = because_in_words(Because(SystemRule.SEVERAL_COMPLAINTS))
        assert said == SENTENCES[SystemRule.SEVERAL_COMPLAINTS]
        torn = Because(SystemRule.SEVERAL_COMPLAINTS, {"contacts": 3})
        assert because_in_words(torn) == said


def test_an_appeal_is_stored_as_a_code_and_shown_in_words(
    transaction: Transaction, cast: Cast, now: datetime, clock: Clock, sign_in: SignIn
) -> None:
    with transaction():
        complaint = registered(cast, now=now, channel=Channel.REGULATOR)
        number = complaint.number
        query = select(Event).where(Event.action == "raise_level")
        event = db.session.scalars(query).one()
        assert event.rule == "regulator_asks"
        assert event.data["reason"] == {"rule": "regulator_asks", "values": {}}
        assert event.entries == []
    clock.pass_(hours=1)
    browser = sign_in("chen")

    assert "the regulator asks about it" in browser.get(f"/complaints/{number}").text
    browser.post("/language", data={"value": "zh_Hans"})
    page = browser.get(f"/complaints/{number}").text
    assert "regulator_asks" not in page
    assert "the regulator asks about it" not in page


def test_an_event_of_before_keeps_its_hash_and_is_shown_in_words(
    transaction: Transaction, cast: Cast, now: datetime, clock: Clock, sign_in: SignIn
) -> None:
    """R1: nothing stored in the chain is rewritten."""
    with transaction():
        complaint = registered(cast, now=now)
        number, before = complaint.number, "several complaints of one customer in a short time"
        history.append(
            complaint,
            "raise_level",
            "status",
            actor=System(before),
            now=now + HOUR,
            data={"level": 0, "from_status": "registered", "to_status": "registered"},
            texts=[Text("reason", "3 complaints in 30 days")],
        )
    clock.pass_(hours=2)
    browser = sign_in("chen")
    browser.post("/language", data={"value": "zh_Hans"})

    page = browser.get(f"/complaints/{number}").text

    assert "30 天内投诉 3 次" in page
    assert before not in page
    with transaction():
        row = db.session.scalars(select(Complaint).where(Complaint.number == number)).one()
        assert [flaw for found in audited([row.id]) for flaw in found.flaws] == []


@pytest.mark.parametrize("rule", ["import:fcc", "import of fcc", "second_return"])
def test_messages_name_the_rule_in_the_recipients_language(rule: str) -> None:
    topic = topic_of(Reader.PERSON, "happened")
    said = {
        language: written_values(topic, {"by": rule}, language, None)["by"]  # type: ignore[arg-type]
        for language in LANGUAGES
    }

    assert rule not in (said["zh_Hans"], said["zh_Hant"])
    assert said["zh_Hans"] != said["en"] != said["zh_Hant"]
