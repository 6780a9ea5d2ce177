"""Signing in and out, without a browser (S-19…S-22, FLK-04)."""

from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from tests.cast import PASSWORD, Cast
from tickets.accounts import passwords, sessions
from tickets.models import LoginAttempt, SignInSession
from workflow.reasons import Refused

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"
MINUTE = timedelta(minutes=1)


def signed_in(login: str, now: datetime, *, address: str = HERE, password: str = PASSWORD) -> str:
    attempt = sessions.knock(login, address=address, now=now)
    if not sessions.fits(attempt, password):
        raise Refused([sessions.wrong()])
    return sessions.let_in(attempt, password, now=now, address=address)


def fail(login: str, now: datetime, *, address: str = HERE) -> None:
    with pytest.raises(Refused):
        signed_in(login, now, address=address, password="not this one")


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def test_the_right_password_opens_a_session_that_names_its_person(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    token = signed_in("chen", now)

    found = sessions.session_of(token, now=now + MINUTE)
    assert found is not None
    assert found.person is cast.chen


def test_the_token_itself_is_stored_nowhere(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-15: 256 random bits, stored hashed."""
    token = signed_in("chen", now)

    stored = session.scalars(select(SignInSession)).one()
    assert len(token) >= 43
    assert token not in stored.token_hash


@pytest.mark.parametrize("typed", ["CHEN", " chen ", "ｃｈｅｎ"])
def test_a_login_is_the_same_however_it_is_typed(
    session: scoped_session[Session], cast: Cast, now: datetime, typed: str
) -> None:
    assert signed_in(typed, now)


def test_unknown_disabled_and_wrong_are_the_same_answer(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-19."""
    cast.wang.active = False

    answers = []
    for login, password in (("nobody", PASSWORD), ("wang", PASSWORD), ("chen", "not this one")):
        with pytest.raises(Refused) as refusal:
            signed_in(login, now, password=password)
        answers.append(str(refusal.value))
    assert len(set(answers)) == 1


def test_an_unknown_login_costs_a_hash_as_well(
    session: scoped_session[Session],
    cast: Cast,
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """S-19: the time tells nobody which logins exist; counted, because a test cannot time it."""
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    cast.wang.active = False
    for login in ("nobody", "wang", "chen"):
        fail(login, now)
    assert len(verified) == 3


def test_an_account_is_closed_to_guessing_for_a_while(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-20: per account, from whatever address."""
    for number in range(sessions.FAILURES_PER_ACCOUNT):
        fail("chen", now, address=f"192.0.2.{number + 10}")

    with pytest.raises(Refused) as refusal:
        signed_in("chen", now + MINUTE, address=ELSEWHERE)
    assert codes(refusal) == ["too_many_attempts"]
    assert signed_in("chen", now + sessions.THROTTLE_WINDOW + MINUTE)


def test_an_unknown_account_is_throttled_like_a_known_one(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    for _ in range(sessions.FAILURES_PER_ACCOUNT):
        fail("nobody", now)

    with pytest.raises(Refused) as refusal:
        signed_in("nobody", now)
    assert codes(refusal) == ["too_many_attempts"]


def test_an_address_is_closed_to_guessing_over_many_accounts(
    session: scoped_session[Session], cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S-20: per address; another address goes on."""
    for number in range(sessions.FAILURES_PER_ADDRESS):
        session.add(LoginAttempt(login=f"guess{number}", address=HERE, at=now, succeeded=False))
    session.flush()

    with pytest.raises(Refused) as refusal:
        signed_in("chen", now)
    assert codes(refusal) == ["too_many_attempts"]
    assert signed_in("chen", now, address=ELSEWHERE)


def test_signing_in_forgives_the_account_and_not_the_address(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    for _ in range(sessions.FAILURES_PER_ACCOUNT - 1):
        fail("chen", now)
    signed_in("chen", now + MINUTE)

    for _ in range(sessions.FAILURES_PER_ACCOUNT - 1):
        fail("chen", now + 2 * MINUTE)
    assert signed_in("chen", now + 3 * MINUTE)
    failures = session.scalars(select(LoginAttempt).where(~LoginAttempt.succeeded)).all()
    assert len(failures) == 2 * (sessions.FAILURES_PER_ACCOUNT - 1)


def test_an_account_disabled_between_password_and_session_stays_out(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    attempt = sessions.knock("chen", address=HERE, now=now)
    assert sessions.fits(attempt, PASSWORD)
    cast.chen.active = False
    session.flush()

    with pytest.raises(Refused):
        sessions.let_in(attempt, PASSWORD, now=now, address=HERE)


def test_a_session_ends_by_itself(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """Idle, and absolutely, however much it is used."""
    token = signed_in("chen", now)

    assert sessions.session_of(token, now=now + sessions.IDLE) is None
    used = session.scalars(select(SignInSession)).one()
    used.seen_at = now + sessions.LONGEST - MINUTE
    assert sessions.session_of(token, now=now + sessions.LONGEST - MINUTE) is not None
    assert sessions.session_of(token, now=now + sessions.LONGEST) is None


def test_a_new_password_ends_every_session(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """S-22, FLK-04."""
    tokens = [signed_in("chen", now), signed_in("chen", now, address=ELSEWHERE)]
    bystander = signed_in("wang", now)

    sessions.change_password(cast.chen, current=PASSWORD, new="battery staple", now=now)

    session.expire_all()
    assert [sessions.session_of(token, now=now) for token in tokens] == [None, None]
    assert sessions.session_of(bystander, now=now) is not None
    assert signed_in("chen", now, password="battery staple")


def test_a_refused_password_says_everything_that_is_wrong(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    with pytest.raises(Refused) as refusal:
        sessions.change_password(cast.chen, current="not mine", new="chen", now=now)
    assert codes(refusal) == ["password_wrong", "password_short", "password_login"]
    assert passwords.fits(cast.chen.password_hash, PASSWORD)


def test_nobodys_hash_costs_what_everybodys_does() -> None:
    """S-19."""
    assert not passwords.is_outdated(passwords.NOBODYS)


def test_a_hash_of_another_cost_is_made_anew_at_signing_in(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    cast.chen.password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    session.flush()

    signed_in("chen", now)

    assert not passwords.is_outdated(cast.chen.password_hash)
