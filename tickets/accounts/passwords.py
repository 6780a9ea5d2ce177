"""Passwords: stored as Argon2id, and never anything else."""

import secrets
import unicodedata
from collections.abc import Sequence

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from workflow.reasons import Reason
from workflow.words import N_

# The library's default costs 237 ms a hash: two cores would stop at the morning's burst of logins.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)

# What a password for an unknown login is compared with: of random text that was thrown away.
NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$Ow/T3B/yTf1S1m2Md648ag$9882m6"
    "OxCsii9cA80HfC3V4xDX0b9lKwjkjl1IxQXys"
)

SHORTEST = 10
LONGEST = 200
JUDGED = 40
"""Characters that are looked up in the lists of common passwords: the time it takes grows faster
than the length, and a beginning that is hard to guess is enough."""
STRONG_ENOUGH = 3
"""Of zxcvbn's scores from 0 to 4: more than 10^8 guesses."""
PRODUCT = "shouwen"
ISSUED_GROUPS, ISSUED_GROUP_LENGTH = 4, 4
# Without letters and digits that look or sound alike when a password is read out.
ISSUED_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    """The password as it is stored."""
    return HASHER.hash(_plain(password))


def fits(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one.

    With nothing stored it takes as long as with something, so that the time tells nobody which
    logins exist (S-19).
    """
    try:
        HASHER.verify(stored or NOBODYS, _plain(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the cost of hashing has changed since this was stored."""
    return HASHER.check_needs_rehash(stored)


def new_password() -> str:
    """A password to be read out once and changed at once: 79 random bits in four groups."""
    groups = (
        "".join(secrets.choice(ISSUED_SIGNS) for _ in range(ISSUED_GROUP_LENGTH))
        for _ in range(ISSUED_GROUPS)
    )
    return "-".join(groups)


def objections(password: str, *, login: str, name: str, field: str) -> list[Reason]:
    """Why this may not become the password of this person; empty when it may."""
    found = []
    if len(password) < SHORTEST:
        sentence = N_("A password has at least %(least)s characters.")
        found.append(Reason("password_short", sentence, {"least": SHORTEST}, field))
    if len(password) > LONGEST:
        sentence = N_("A password has at most %(most)s characters.")
        found.append(Reason("password_long", sentence, {"most": LONGEST}, field))
    if login and login.casefold() in password.casefold():
        found.append(
            Reason("password_login", N_("A password must not contain the login."), {}, field)
        )
    if not found and is_easily_guessed(password, (login, name)):
        sentence = N_(
            "This password is too easy to guess. Take several words that do not belong together."
        )
        found.append(Reason("password_common", sentence, {}, field))
    return found


def is_easily_guessed(password: str, known: Sequence[str] = ()) -> bool:
    """Whether lists of common passwords, keyboard rows, dates and the like soon lead to it.

    `known` is what an attacker knows of its owner; the product's name is known to everybody.
    """
    words = [_plain(word)[:JUDGED] for each in (*known, PRODUCT) for word in (each, *each.split())]
    judged = zxcvbn(_plain(password)[:JUDGED], user_inputs=words)
    return bool(judged["score"] < STRONG_ENOUGH)


def _plain(password: str) -> str:
    """The same password typed on another keyboard is the same password."""
    return unicodedata.normalize("NFKC", password)[: LONGEST * 4]
