"""What a list or a row of buttons offers, as the form library wants it."""

from collections.abc import Iterable

from wtforms import SelectChoice


def options(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Of values and labels; given to a field when it is made, bare pairs are not taken any more."""
    return [SelectChoice(value, label) for value, label in pairs]
