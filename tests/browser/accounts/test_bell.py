"""The bell rings while somebody looks at a page; the pages of messages are fit for everybody."""

import pytest

from tests.browser.conftest import Desks, Running
from tests.cast import Cast, registered
from tests.conftest import Transaction
from tickets import messages
from tickets.database import new_id
from tickets.models import Message, Webhook
from workflow.words import MessageChannel, MessageState


def tell_chen(transaction: Transaction, cast: Cast, clock: Running, once: str) -> None:
    with transaction():
        messages.tell(
            cast.people["chen"],
            "answered",
            now=clock(),
            once=once,
            complaint=registered(cast, now=clock()),
            values={"unit": {"en": "Network"}},
        )


def test_news_arrives_on_an_open_page(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    """No reload: within half a minute the count is there and the sentence is read aloud."""
    chen = desk("chen")
    chen.page.clock.install()
    chen.open("/account")
    assert not chen.page.locator("[data-bell-count]").is_visible()
    tell_chen(transaction, cast, clock, "a")
    chen.page.clock.fast_forward(6_000)  # the first question is put off by some seconds at random
    with chen.page.expect_response(lambda answer: answer.url.endswith("/notifications/unread")):
        chen.page.clock.fast_forward(31_000)
    chen.page.wait_for_function("() => document.querySelector('[data-bell-count]').offsetWidth > 0")
    assert chen.page.inner_text("[data-bell-count]") == "1"
    assert "Network has answered." in chen.page.inner_text("[data-bell-news]")
    chen.axe()
    chen.page.keyboard.press("g")
    chen.going("n")
    chen.tab_to("[data-row-link]")
    chen.going("Enter")
    assert "/complaints/" in chen.page.url
    assert not chen.page.locator("[data-bell-count]").is_visible()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, True)])
def test_the_pages_of_messages_are_fit_for_everybody(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running, width: int, dark: bool
) -> None:
    hook = new_id()
    for once in ("a", "b", "c"):
        tell_chen(transaction, cast, clock, once)
    with transaction() as session:
        message = Message(
            id=new_id(),
            once="m",
            channel=MessageChannel.SMS,
            topic="registered",
            address="+8613912345678",
            body="x",
            state=MessageState.DEAD,
            last_error="400 no such number " + "x" * 200,
            send_at=clock(),
            created_at=clock(),
        )
        said = {"secret": "whsec_", "topics": ["complaint.closed"], "active": True}
        url = "https://crm.example.com/a/rather/long/address/of/a/hook?with=parameters"
        session.add_all(
            [message, Webhook(id=hook, name="CRM", url=url, created_at=clock(), **said)]
        )
        key = message.id
    chen, admin = (desk(who, width=width, dark=dark) for who in ("chen", "admin"))
    for path in ("/notifications", "/notifications?all=1", "/account/messages"):
        chen.open(path)
        chen.axe()
        chen.fits()
    pages = ("messages", f"messages/{key}", "messages/channels", "messages/texts", "webhooks")
    pages += ("messages/texts/customer.answer.email.zh_Hans", "webhooks/new", f"webhooks/{hook}")
    for path in pages:
        admin.open(f"/admin/{path}")
        admin.axe()
        admin.fits()
