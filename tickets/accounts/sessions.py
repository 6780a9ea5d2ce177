"""Signing in and out: who may, how often they may try, and until when it lasts.

Signing in is three steps, because a hash takes some 30 ms and nobody else's change should wait
for it: `knock` (throttle, count the attempt), `fits` (hash, outside any transaction), `let_in`.
An attempt is counted before the password is looked at, so parallel guesses count as well.
"""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import joinedload

from tickets.accounts import passwords
from tickets.database import UtcDateTime, db
from tickets.models import LoginAttempt, Person, SignInSession
from workflow.reasons import Reason, Refused
from workflow.words import N_

LONGEST = timedelta(hours=12)
"""A session ends after this, used or not."""
IDLE = timedelta(hours=2)
"""A session ends when nothing was asked for so long."""
SEEN_EVERY = timedelta(minutes=5)
"""How exactly the last use is known; a write on every request would cost more than it tells."""

THROTTLE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 8
FAILURES_PER_ADDRESS = 60
"""A whole desk may sit behind one address, so this is larger."""
ATTEMPTS_KEPT = timedelta(days=30)

LOGIN_LENGTH = 80


@dataclass(frozen=True)
class Knock:
    """One counted attempt to sign in; `person_id` is None for unknown and disabled logins."""

    attempt_id: UUID
    person_id: UUID | None
    stored: str | None


def normal_login(typed: str) -> str:
    """A login as it is stored: Zhao, ZHAO and full-width ｚｈａｏ are one account."""
    plain = unicodedata.normalize("NFKC", typed).strip().casefold()
    return plain.replace("\x00", "")[:LOGIN_LENGTH]


def knock(login: str, *, address: str, now: datetime, field: str | None = None) -> Knock:
    """Count one attempt; raises Refused when there were too many (S-20).

    The sentence is the same whether or not the login exists; `field` is where it is said.
    """
    login = normal_login(login)
    if _throttled(login, address, now):
        minutes = int(THROTTLE_WINDOW.total_seconds() // 60)
        sentence = N_("Too many attempts to sign in. Wait %(minutes)s minutes and try again.")
        raise Refused([Reason("too_many_attempts", sentence, {"minutes": minutes}, field)])
    attempt = LoginAttempt(login=login, address=address, at=now, succeeded=False)
    db.session.add(attempt)
    db.session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - ATTEMPTS_KEPT))
    person = db.session.scalar(select(Person).where(Person.login == login))
    db.session.flush()  # the attempt's key is handed out
    if person is None:
        return Knock(attempt.id, None, None)
    return Knock(attempt.id, person.id if person.active else None, person.password_hash)


def fits(attempt: Knock, password: str) -> bool:
    """Whether the password opens the account; equally slow for every login (S-19)."""
    right = passwords.fits(attempt.stored, password)
    return right and attempt.person_id is not None


def let_in(attempt: Knock, password: str, *, now: datetime, address: str) -> str:
    """Begin a session for an attempt that fits; its token, which is stored nowhere else.

    Raises Refused when the account was disabled, or its password changed, in the meantime.
    """
    person = db.session.get(Person, attempt.person_id, with_for_update=True)
    if person is None or not person.active or person.password_hash != attempt.stored:
        raise Refused([wrong()])
    if passwords.is_outdated(person.password_hash):
        person.password_hash = passwords.hashed(password)
    note_success(attempt)
    return begin_session(person, now=now, address=address)


def note_success(attempt: Knock) -> None:
    """The attempt was no guess: it does not count against the account any more."""
    db.session.get_one(LoginAttempt, attempt.attempt_id).succeeded = True


def wrong() -> Reason:
    """The one answer to an unknown login, a disabled account and a wrong password (S-19)."""
    return Reason("wrong_login", N_("This login and password do not fit."))


def begin_session(person: Person, *, now: datetime, address: str) -> str:
    """A fresh session's token: 256 random bits."""
    token = secrets.token_urlsafe(32)
    db.session.add(
        SignInSession(
            token_hash=_digest(token),
            person_id=person.id,
            created_at=now,
            seen_at=now,
            expires_at=now + LONGEST,
            address=address[:64],
        )
    )
    return token


def session_of(token: str, *, now: datetime) -> SignInSession | None:
    """The living session of a token, with its person, or None."""
    found = _by_token(token)
    if found is None or found.ended_at is not None or not found.person.active:
        return None
    return found if now < min(found.expires_at, found.seen_at + IDLE) else None


def owner_of(token: str) -> UUID | None:
    """Whose session this is or was, even when it has ended."""
    found = _by_token(token)
    return found.person_id if found else None


def is_due_to_be_seen(session: SignInSession, *, now: datetime) -> bool:
    return now - session.seen_at >= SEEN_EVERY


def sign_out(session: SignInSession, *, now: datetime) -> None:
    session.ended_at = now
    session.ended_because = "signed_out"


def end_sessions(
    person: Person, *, because: str, now: datetime, except_: SignInSession | None = None
) -> None:
    """End every session of this person; from the next request on they are signed out (S-22)."""
    living = [SignInSession.person_id == person.id, SignInSession.ended_at.is_(None)]
    if except_ is not None:
        living.append(SignInSession.id != except_.id)
    db.session.execute(
        update(SignInSession).where(*living).values(ended_at=now, ended_because=because)
    )


def change_password(person: Person, *, current: str, new: str, now: datetime) -> None:
    """Give oneself another password and end every session; raises Refused with every reason.

    Whoever asks for the present password elsewhere than at the sign-in page knocks first.
    """
    reasons = passwords.objections(new, login=person.login, name=person.name, field="new_password")
    if not passwords.fits(person.password_hash, current):
        sentence = N_("This is not your present password.")
        reasons.insert(0, Reason("password_wrong", sentence, {}, "current_password"))
    if new == current:
        sentence = N_("The new password is the present one.")
        reasons.append(Reason("password_same", sentence, {}, "new_password"))
    if reasons:
        raise Refused(reasons)
    person.password_hash = passwords.hashed(new)
    person.password_changed_at = now
    person.password_is_initial = False
    end_sessions(person, because="password_changed", now=now)


def _throttled(login: str, address: str, now: datetime) -> bool:
    since = now - THROTTLE_WINDOW
    failed = [LoginAttempt.at > since, LoginAttempt.succeeded.is_(False)]
    last_success = (
        select(func.max(LoginAttempt.at))
        .where(LoginAttempt.login == login, LoginAttempt.succeeded.is_(True))
        .scalar_subquery()
    )
    of_account = select(func.count()).where(
        *failed,
        LoginAttempt.login == login,
        LoginAttempt.at > func.coalesce(last_success, literal(since, UtcDateTime)),
    )
    of_address = select(func.count()).where(*failed, LoginAttempt.address == address)
    return (
        db.session.execute(of_account).scalar_one() >= FAILURES_PER_ACCOUNT
        or db.session.execute(of_address).scalar_one() >= FAILURES_PER_ADDRESS
    )


def _by_token(token: str) -> SignInSession | None:
    return db.session.scalar(
        select(SignInSession)
        .where(SignInSession.token_hash == _digest(token))
        .options(joinedload(SignInSession.person))
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
