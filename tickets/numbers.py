"""Ticket numbers: twelve digits that can be read over the phone.

Eleven random digits and a Damm check digit, which catches every single wrong digit and every
two neighbours swapped. Random, so that nobody can guess a number and no counter row is fought
over; unique by the database.
"""

import secrets

from stdnum import damm

LENGTH = 12


def new_number() -> str:
    """A fresh number; the caller retries in the unlikely case that it is taken."""
    random_part = str(secrets.randbelow(9 * 10**10) + 10**10)
    return random_part + damm.calc_check_digit(random_part)


def plain(typed: str) -> str:
    """The digits of what somebody typed, with or without separators; full-width digits too."""
    return "".join(str(int(sign)) for sign in typed if sign.isdecimal())


def is_number(typed: str) -> bool:
    """Whether this can be a ticket number: right length and check digit."""
    digits = plain(typed)
    return len(digits) == LENGTH and damm.is_valid(digits)


def spoken(number: str) -> str:
    """The number in three groups of four, as it is shown and read out."""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"
