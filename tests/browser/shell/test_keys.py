"""Keys, and what must not happen by accident (UX-03, CON-01, CON-06, S-29)."""

from tests.browser.conftest import Desk, Desks, Running
from tests.cast import Cast, registered, resolved
from tests.conftest import Transaction
from tickets.models import Complaint, Event
from workflow.words import Status

HOSTILE = (
    '<img src=x onerror="document.title=1"><details open ontoggle="document.title=1">x</details>'
)


def a_complaint(cast: Cast, transaction: Transaction, clock: Running, **said: str) -> str:
    with transaction():
        return registered(cast, now=clock(), **said).number


def typed_into(person: Desk) -> str:
    return person.page.evaluate("() => document.activeElement?.value ?? ''")


def test_keys_lead_where_they_say(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    number = a_complaint(cast, transaction, clock)
    chen = desk("chen")
    chen.going("g", "c")
    assert chen.page.url.endswith("/complaints/")
    chen.going("g", "w")
    chen.press("j")
    chen.going("Enter")
    assert number in chen.page.url
    chen.going("n")
    assert chen.page.url.endswith("/complaints/new")


def test_keys_are_letters_while_somebody_types(desk: Desks) -> None:
    """UX-03."""
    chen = desk("chen")
    chen.press("/")
    chen.type("gcn?")
    assert typed_into(chen) == "gcn?"
    assert chen.page.url.endswith("/")


def test_keys_are_off_in_a_dialog_and_for_whoever_does_not_want_them(desk: Desks) -> None:
    """UX-03."""
    chen = desk("chen")
    chen.press("?")
    chen.page.wait_for_selector("#keys.show")
    chen.press("n")
    assert chen.page.url.endswith("/")
    chen.press("Escape")

    chen.page.evaluate("() => { document.body.dataset.shortcuts = 'on' }")
    chen.open("/account")
    box = chen.page.locator("input[name=shortcuts]")
    box.uncheck()
    chen.page.locator("form:has(input[name=shortcuts]) button[type=submit]").click()
    chen.page.wait_for_load_state()
    chen.open("/")
    chen.press("n")
    chen.page.wait_for_timeout(300)
    assert chen.page.url.endswith("/")


def test_no_key_closes_a_complaint_by_itself(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    """UX-03: the key shows the form; only sending the form records the call."""
    with transaction():
        number = resolved(cast, now=clock()).number
    chen = desk("chen")
    chen.open(f"/callbacks/{number}")
    for key in "1234567890p":
        chen.press(key)
        chen.page.wait_for_timeout(60)
    chen.page.wait_for_load_state()
    with transaction() as session:
        complaint = session.query(Complaint).one()
        assert complaint.status is Status.RESOLVED


def test_a_double_click_makes_one_note(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    """CON-06, CLO-05."""
    number = a_complaint(cast, transaction, clock)
    chen = desk("chen")
    chen.open(f"/complaints/{number}/actions/note")
    chen.fill("text", "Once.")
    chen.page.locator("main form button[data-primary]").dblclick()
    chen.page.wait_for_url(f"**/complaints/{number}")
    with transaction() as session:
        assert session.query(Event).filter_by(action="note").count() == 1


def test_somebody_else_at_the_same_complaint_is_seen(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    """CON-01."""
    number = a_complaint(cast, transaction, clock)
    zheng = desk("zheng")
    zheng.open(f"/complaints/{number}")
    zheng.page.wait_for_timeout(500)
    chen = desk("chen")
    chen.open(f"/complaints/{number}")
    chen.page.wait_for_selector("[data-presence]:has-text('Zheng')", timeout=5000)


def test_hostile_words_stay_words(
    desk: Desks, cast: Cast, transaction: Transaction, clock: Running
) -> None:
    """S-29: kept as they were written, and inert."""
    said = {name: HOSTILE for name in ("description", "wish", "callback_number", "callback_wish")}
    number = a_complaint(cast, transaction, clock, **said)
    chen = desk("chen")
    for path in ("/", f"/complaints/{number}", f"/complaints/{number}/print", "/complaints/"):
        chen.open(path)
        chen.page.wait_for_timeout(100)
        assert chen.page.title() != "1"
        assert chen.page.locator("img[src='x']").count() == 0
    chen.open(f"/complaints/{number}")
    assert chen.says("<img src=x")


def test_what_was_granted_on_the_spot_is_unfolded_and_typed_by_keyboard(desk: Desks) -> None:
    """UX-03, UX-05: folded away it is no station of the Tab key; unfolded it fits and is clean."""
    chen = desk("chen", "en", width=360)
    chen.open("/complaints/new")
    chen.tab_to("#solved")
    chen.press("Space")
    field = chen.page.locator("#compensation")
    assert not field.is_visible()
    chen.tab_to(".intake-more > summary")
    chen.press("Enter")
    assert field.is_visible() and chen.page.url.endswith("/complaints/new"), "nothing was sent"
    chen.press("Tab")
    assert chen.page.evaluate("() => document.activeElement.name") == "liable_unit"
    chen.press("Tab")
    chen.type("12.50")
    assert field.input_value() == "12.50"
    chen.fits()
    chen.axe()
