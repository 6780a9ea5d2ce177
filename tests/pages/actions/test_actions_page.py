"""The form of an action: what it asks, how it refuses, what happens when two people meet."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from threading import Thread

import pytest
from flask.testing import FlaskClient

from tests import cast as given
from tests.cast import PASSWORD, Cast
from tests.conftest import Transaction
from tests.pages.conftest import Clock, SignIn
from tests.pages.desk import Desk, hidden
from tests.pages.shell.test_drafts import carried_on
from tickets.database import new_id
from tickets.web.shell.languages import LANGUAGES
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.words import CallOutcome, Status

ANSWER = {
    "answer": "The line card was replaced.",
    "outcome": "upheld",
    "remedy": "repair",
}


@pytest.fixture
def desk(transaction: Transaction, cast: Cast, now: datetime) -> Desk:
    with transaction():
        return Desk(transaction, cast, given.registered(cast, now=now).number)


@pytest.fixture
def with_departments(transaction: Transaction, cast: Cast, now: datetime) -> Desk:
    with transaction():
        return Desk(transaction, cast, given.dispatched(cast, "network", "billing", now=now).number)


@pytest.fixture
def answered(transaction: Transaction, cast: Cast, now: datetime) -> Desk:
    with transaction():
        return Desk(transaction, cast, given.resolved(cast, now=now).number)


def test_every_action_that_is_offered_has_a_page(desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in("chen")

    for action in ACTIONS.values():
        page = browser.get(desk.url(action.name))
        assert page.status_code == (200 if action.offered else 404), action.name
    assert browser.get(desk.url("become_king")).status_code == 404


def test_every_language_draws_every_form(desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in("zheng")
    for language in LANGUAGES:
        browser.post("/language", data={"value": language})
        for action in ACTIONS.values():
            if action.offered:
                assert browser.get(desk.url(action.name)).status_code == 200


def test_the_desk_hands_out_work_in_one_form(desk: Desk, cast: Cast, sign_in: SignIn) -> None:
    answer = desk.send(
        sign_in("chen"),
        "dispatch",
        units=[str(cast.units["network"]), str(cast.units["billing"])],
        question="What is wrong?",
        promised_at="2025-03-13T18:00",
    )

    assert answer.status_code == 303
    assert answer.location == f"/complaints/{desk.number}"
    assert len(desk.orders()) == 2
    assert desk.read("promised_at").isoformat() == "2025-03-19T02:00:00+00:00"
    assert "2025-03-13 18:00" in sign_in("chen").get(f"/complaints/{desk.number}").text


def test_a_promise_is_not_put_off_by_whoever_dispatches(
    desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    """PAU-07: the customer was told a time; only a supervisor can change it."""
    answer = desk.send(
        sign_in("chen"),
        "dispatch",
        units=[str(cast.units["network"])],
        question="What is wrong?",
        promised_at="2025-04-30T18:00",
    )

    assert answer.status_code == 422
    assert "only a supervisor can put it off" in answer.text
    assert desk.orders() == []


def test_a_form_has_the_usual_promise_filled_in(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in("chen").get(desk.url("dispatch")).text

    assert 'value="2025-03-19T10:00"' in page


def test_a_refusal_tells_every_reason_at_its_field(desk: Desk, sign_in: SignIn) -> None:
    answer = desk.send(sign_in("chen"), "resolve", answer="It works again.")

    assert answer.status_code == 422
    for name in ("outcome", "cause", "remedy"):
        assert f'id="{name}-error"' in answer.text
    assert "It works again." in answer.text
    assert desk.read("status") is Status.REGISTERED


def test_what_cannot_be_read_is_told_with_all_the_rest(desk: Desk, sign_in: SignIn) -> None:
    answer = desk.send(
        sign_in("chen"), "dispatch", promised_at="tomorrow", question="\x00", units="nonsense"
    )

    assert answer.status_code == 422
    assert "2026-01-31 08:30" in answer.text
    assert 'id="question-error"' in answer.text
    assert desk.orders() == []


def test_a_closing_that_is_not_possible_lists_what_is_missing(
    answered: Desk, sign_in: SignIn
) -> None:
    """CLO-04: each missing thing with the action that brings it."""
    page = sign_in("chen").get(answered.url("request_closing")).text

    assert "3 attempts are needed; 0 count so far." in page
    assert f'href="{answered.url("record_callback")}"' in page
    assert f'href="{answered.url("send_notice")}"' in page


def test_the_page_of_the_complaint_says_what_is_not_possible_yet(
    with_departments: Desk, sign_in: SignIn
) -> None:
    page = sign_in("chen").get(f"/complaints/{with_departments.number}").text

    assert "Work orders still open: 2. Wait for them or recall them." in page


@pytest.mark.parametrize("name", [action for action in ACTIONS if ACTIONS[action].offered])
def test_no_rule_asks_for_a_field_that_the_form_hides(
    name: str, desk: Desk, sign_in: SignIn
) -> None:
    page = sign_in("chen").get(desk.url(name)).text
    shown = "novalidate" in page

    if shown:
        for ask in ACTIONS[name].asks:
            assert f'name="{ask.name}"' in page


def test_closing_twice_is_one_closing(answered: Desk, sign_in: SignIn, clock: Clock) -> None:
    """CLO-05, CON-06."""
    clock.pass_(hours=1)
    browser = sign_in("chen")
    said = {
        "outcome": CallOutcome.ACCEPTED,
        "channel": "phone",
        "number": "13912345678",
        "event_id": str(new_id()),
        "version": answered.read("version"),
    }

    first = answered.send(browser, "record_callback", **said)
    second = answered.send(browser, "record_callback", **said)

    assert (first.status_code, second.status_code) == (303, 303)
    assert answered.read("status") is Status.CLOSED
    assert answered.events("record_callback") == 1
    assert "recorded already" in browser.get(second.location).text


def test_somebody_elses_event_id_does_nothing(answered: Desk, sign_in: SignIn) -> None:
    taken = str(new_id())
    answered.send(sign_in("chen"), "note", text="Mine.", event_id=taken)

    answer = answered.send(sign_in("zheng"), "note", text="Yours.", event_id=taken)

    assert answer.status_code == 409
    assert "Yours." in answer.text
    assert answered.events("note") == 1


def test_a_stale_form_keeps_what_was_typed_and_tells_what_changed(
    desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    """CON-02, CON-08."""
    browser = sign_in("chen")
    page = browser.get(desk.url("resolve")).text
    seen = {"version": desk.read("version"), "seen": desk.read("event_count")}
    assert 'name="seen"' in page
    desk.send(sign_in("zheng"), "raise_level", reason="The customer is an expectant mother.")

    typed = {**ANSWER, "cause": str(cast.cause), **seen}
    answer = desk.send(browser, "resolve", **typed)

    assert answer.status_code == 409
    assert ANSWER["answer"] in answer.text
    assert "Raise one level" in answer.text and "Zheng" in answer.text
    assert desk.read("status") is Status.REGISTERED

    again = desk.send(browser, "resolve", **{**typed, "version": hidden(answer.text, "version")})
    assert again.status_code == 303
    assert desk.read("status") is Status.RESOLVED


def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(
    desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    """CON-04."""
    browsers = [sign_in("zheng"), sign_in("he")]
    version = desk.read("version")
    answers: list[int] = []

    def send(browser: FlaskClient) -> None:
        answer = browser.post(
            desk.url("raise_level"),
            data={"reason": "Urgent.", "version": version, "event_id": str(new_id())},
        )
        answers.append(answer.status_code)

    threads = [Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [303, 409]
    assert desk.events("raise_level") == 1
    assert desk.read("level") == 1


def test_a_form_without_a_version_is_not_ours(desk: Desk, sign_in: SignIn) -> None:
    browser = sign_in("chen")

    assert browser.post(desk.url("start"), data={}).status_code == 400
    assert browser.post(desk.url("start"), data={"version": "x"}).status_code == 400
    assert desk.send(browser, "start", event_id="nonsense").status_code == 400


def test_a_get_changes_nothing(with_departments: Desk, sign_in: SignIn) -> None:
    """S-14."""
    browser = sign_in("chen")
    before = with_departments.read("version")

    for action in ACTIONS:
        browser.get(with_departments.url(action) + "?version=1&reason=x")
    for order in with_departments.orders():
        for action in ORDER_ACTIONS:
            browser.get(f"/work-orders/{order.id}/actions/{action}")
    browser.get(f"/complaints/{with_departments.number}/presence")

    assert with_departments.read("version") == before


def test_foreign_and_unknown_ids_are_nothing_to_anybody(
    with_departments: Desk, cast: Cast, sign_in: SignIn
) -> None:
    """S-02, S-05: all pages of a complaint ask the same question."""
    orders = with_departments.orders()
    for name in ("north_desk", "north_agent", "north_supervisor", "wang"):
        browser = sign_in(name)
        for number in (with_departments.number, "000000000000", "x", "%00"):
            for page in ("", "/timeline", "/print", "/actions/note", f"/attachments/{new_id()}"):
                assert browser.get(f"/complaints/{number}{page}").status_code == 404
            sent = browser.post(f"/complaints/{number}/actions/note", data={"version": 1})
            assert sent.status_code == 404
            assert browser.post(f"/complaints/{number}/presence").status_code == 404
        for order_id in (orders[0].id, new_id()):
            assert browser.get(f"/work-orders/{order_id}").status_code == 404
            sent = browser.post(f"/work-orders/{order_id}/actions/accept", data={"version": 1})
            assert sent.status_code == 404
    assert with_departments.events("note") == 0


def test_who_may_see_may_not_therefore_act(with_departments: Desk, sign_in: SignIn) -> None:
    """S-06."""
    for name in ("shen", "zhao"):
        answer = with_departments.send(sign_in(name), "withdraw", said_by="agent", text="x")
        told = "may be done by: Executive, Responsible person, Supervisor" in answer.text
        assert (answer.status_code, told) == (422, True)


def test_ids_in_the_form_are_asked_about_too(
    desk: Desk, transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    """S-03, S-04: a complaint that may not be seen, a unit that is none, a text of another."""
    with transaction():
        foreign = given.registered(cast, now=now, by="north_desk")
        text = given.do("note", foreign, foreign.responsible, now, text="Secret.").event.entries[0]
        hidden_number, text_id = foreign.number, text.id

    merge = desk.send(
        sign_in("chen"), "merge", into=hidden_number, because="same_line", reason="Same."
    )
    redact = desk.send(sign_in("zheng"), "redact", entry=str(text_id), reason="x")
    dispatch = desk.send(
        sign_in("chen"),
        "dispatch",
        units=[str(cast.units["east_hall"])],
        question="x",
        promised_at="2025-03-13T18:00",
    )

    for answer in (merge, redact, dispatch):
        assert answer.status_code == 422
        assert "This was not found" in answer.text
        assert "Secret." not in answer.text


def test_a_number_may_be_typed_as_it_is_read_out(
    desk: Desk, transaction: Transaction, cast: Cast, sign_in: SignIn, now: datetime
) -> None:
    with transaction():
        other = given.registered(cast, now=now + timedelta(minutes=1)).number

    typed = f" {other[:4]} {other[4:8]}-{other[8:]} "
    answer = desk.send(sign_in("chen"), "merge", into=typed, because="same_line", reason="Twice.")

    assert answer.status_code == 303
    assert desk.read("status") is Status.MERGED
    page = sign_in("chen").get(f"/complaints/{other}").text
    assert f"/complaints/{desk.number}" in page


def test_a_refusal_is_told_in_the_readers_language(with_departments: Desk, sign_in: SignIn) -> None:
    browser = sign_in("chen")
    answer = with_departments.send(browser, "start")

    assert "“Start” is not possible while the status is “Dispatched”." in answer.text


def test_what_was_typed_survives_a_session_that_ended(
    desk: Desk, sign_in: SignIn, clock: Clock
) -> None:
    """CON-07 for an action's form: the draft fills it in again, and goes when it is taken."""
    browser = sign_in("chen")
    clock.pass_(hours=13)

    asked = desk.send(browser, "note", text="Half a novel.")
    again = browser.post(
        "/login",
        data={"login": "chen", "password": PASSWORD, "carried": carried_on(asked)},
        follow_redirects=True,
    )

    assert again.request.path == desk.url("note")
    assert "Half a novel." in again.text
    sent = desk.send(browser, "note", text="Half a novel.", event_id=hidden(again.text, "event_id"))
    assert sent.status_code == 303
    assert desk.events("note") == 1
    assert "Half a novel." not in browser.get(desk.url("note") + "?draft=1").text


@pytest.fixture
def odd_texts() -> Iterator[str]:
    yield '<img src=x onerror="alert(1)"><details ontoggle=alert(1)> \u202eright to left 🙂'


def test_odd_text_is_kept_as_written_and_does_nothing(
    desk: Desk, sign_in: SignIn, odd_texts: str
) -> None:
    """S-29, S-30."""
    browser = sign_in("chen")

    desk.send(browser, "note", text=odd_texts)

    page = browser.get(f"/complaints/{desk.number}").text
    assert "<img src=x" not in page and "<details ontoggle" not in page
    assert "&lt;img src=x onerror=" in page and "🙂" in page


def test_the_fragment_is_the_form_alone(desk: Desk, sign_in: SignIn) -> None:
    page = sign_in("chen").get(desk.url("note"), headers={"HX-Request": "true"}).text

    assert "<html" not in page and 'name="text"' in page


def test_a_file_is_attached_and_a_wrong_one_is_refused_with_the_remark_kept(
    desk: Desk, sign_in: SignIn
) -> None:
    browser = sign_in("chen")
    version = desk.read("version")

    wrong = browser.post(
        desk.url("attach"),
        data={"version": version, "text": "From WeChat", "file": (BytesIO(b"<svg/>"), "a.svg")},
    )
    right = browser.post(
        desk.url("attach"),
        data={"version": version, "file": (BytesIO(b"%PDF-1.7"), "bill.pdf")},
    )

    assert wrong.status_code == 422 and "From WeChat" in wrong.text
    assert right.status_code == 303
    assert "bill.pdf" in browser.get(f"/complaints/{desk.number}").text
