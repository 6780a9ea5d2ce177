"""Money as people type and read it; inside, it is a whole number of minor units."""

import re
from decimal import Decimal

from babel.numbers import format_currency
from flask_babel import get_locale

from tickets.config import minor_digits, settings_now

TYPED = re.compile(r"[0-9]{1,12}(\.[0-9]+)?", re.ASCII)
GROUPING = str.maketrans("", "", ", ")


def minor_of(typed: str | None) -> int | str | None:
    """What was typed in minor units; None for nothing, and the text itself when it is no amount
    (the rules refuse it at its field)."""
    text = (typed or "").strip()
    plain = text.translate(GROUPING)
    if not TYPED.fullmatch(plain):
        return text or None
    minor = Decimal(plain).scaleb(minor_digits())
    return int(minor) if minor == int(minor) else text


def money(minor: int) -> str:
    """The amount with its currency, in the reader's language."""
    amount = Decimal(minor).scaleb(-minor_digits())
    return format_currency(amount, settings_now().currency, locale=get_locale())
