"""The pages of problems: opening, linking one and many, sharing progress, closing."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from tests import cast as given
from tests.cast import Cast
from tests.conftest import Transaction
from tests.pages.conftest import SignIn
from tests.pages.desk import Desk, hidden
from tickets.models import Job, Problem, ProblemLink
from tickets.web.shell.languages import LANGUAGES


@pytest.fixture
def desk(transaction: Transaction, cast: Cast, now: datetime) -> Desk:
    with transaction():
        return Desk(transaction, cast, given.registered(cast, now=now).number)


def form(cast: Cast, **more: Any) -> dict[str, Any]:
    said = {
        "title": "Ring main cut",
        "kind": "incident",
        "unit": str(cast.units["branch"]),
        "category": str(cast.category),
        "owner": str(cast.people["sun"]),
        "cause": "",
        "measure": "Splice it.",
    }
    return {**said, **more}


def opened(sign_in: SignIn, cast: Cast) -> str:
    answer = sign_in("zheng").post("/problems/new", data=form(cast))
    assert answer.status_code == 303, answer.text
    return str(answer.location).rsplit("/", 1)[1]


def test_a_problem_is_opened_linked_shared_and_closed(
    desk: Desk, cast: Cast, sign_in: SignIn, transaction: Transaction
) -> None:
    """REO-08."""
    number = opened(sign_in, cast)
    manager, front = sign_in("zheng"), sign_in("chen")

    assert front.post(f"/problems/of/{desk.number}", data={"problem": number}).status_code == 303
    assert "Ring main cut" in front.get(f"/complaints/{desk.number}").text
    page = manager.get(f"/problems/{number}").text
    assert desk.number[:4] in page and "1 open" in page
    assert desk.number[:4] in manager.get(f"/complaints/?problem={number}").text

    sharing = manager.get(f"/problems/{number}/progress").text
    said = {"message": "A crew is there.", "version": hidden(sharing, "version")}
    assert manager.post(f"/problems/{number}/progress", data=said).status_code == 303
    with transaction() as session:
        assert session.scalar(select(Job.name).where(Job.name == "share_progress"))

    closing = manager.get(f"/problems/{number}/close").text
    said = {"effect": "No more cuts.", "version": hidden(closing, "version")}
    assert manager.post(f"/problems/{number}/close", data=said).status_code == 303
    assert desk.read("status") == "registered"
    assert "No more cuts." in manager.get(f"/problems/{number}").text


def test_what_was_overtaken_is_told_and_can_be_sent_again(cast: Cast, sign_in: SignIn) -> None:
    number = opened(sign_in, cast)
    browser = sign_in("zheng")
    version = hidden(browser.get(f"/problems/{number}/edit").text, "version")
    sent = form(cast, title="Ring main cut twice", version=version)
    assert browser.post(f"/problems/{number}/edit", data=sent).status_code == 303

    late = browser.post(f"/problems/{number}/edit", data={**sent, "title": "Three times"})

    assert late.status_code == 409 and "Three times" in late.text
    again = {**sent, "title": "Three times", "version": hidden(late.text, "version")}
    assert browser.post(f"/problems/{number}/edit", data=again).status_code == 303


def test_everything_of_a_list_is_linked_by_one_job(
    desk: Desk, cast: Cast, sign_in: SignIn, transaction: Transaction
) -> None:
    number = opened(sign_in, cast)
    browser = sign_in("zheng")

    assert "1 complaint of the list" in browser.get("/problems/link?state=open").text
    sent = browser.post("/problems/link?state=open", data={"problem": number})

    assert sent.status_code == 303
    with transaction() as session:
        job = session.scalars(select(Job).where(Job.name == "link_complaints")).one()
        assert len(job.payload["complaints"]) == 1
        assert session.scalars(select(ProblemLink)).all() == []
    assert sign_in("chen").get("/problems/link?state=open").status_code == 404


def test_a_problem_of_another_branch_does_not_exist(
    desk: Desk, cast: Cast, sign_in: SignIn
) -> None:
    """S-08: unknown and foreign look alike, for every page of it."""
    number = opened(sign_in, cast)
    stranger = sign_in("north_supervisor")

    for page in ("", "/edit", "/progress", "/close"):
        assert stranger.get(f"/problems/{number}{page}").status_code == 404
        assert sign_in("zheng").get(f"/problems/{number}{page}").status_code == 200
    for page in ("/edit", "/progress", "/close"):
        assert sign_in("chen").get(f"/problems/{number}{page}").status_code == 404
    assert stranger.get(f"/complaints/?problem={number}").status_code == 404
    assert sign_in("admin").get("/problems/").status_code == 403


def test_every_language_draws_every_page(desk: Desk, cast: Cast, sign_in: SignIn) -> None:
    number = opened(sign_in, cast)
    browser = sign_in("zheng")
    for language in LANGUAGES:
        browser.post("/language", data={"value": language})
        for page in ("", "new", "link", f"of/{desk.number}", number, f"{number}/edit"):
            assert browser.get(f"/problems/{page}").status_code == 200, (language, page)


def test_what_is_missing_is_refused_at_its_field(
    cast: Cast, sign_in: SignIn, transaction: Transaction
) -> None:
    answer = sign_in("zheng").post("/problems/new", data=form(cast, title="", category=""))

    assert answer.status_code == 422 and "Splice it." in answer.text
    with transaction() as session:
        assert session.scalars(select(Problem)).all() == []
