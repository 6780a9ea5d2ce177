"""How what if counts, in words: for its page and its files alike (REP-03)."""

from collections.abc import Callable, Iterator

from flask_babel import gettext

from tickets.web.what_if.figures import ResultLine
from workflow.words import N_


def sum_before(whole: ResultLine) -> str:
    return _sum(whole, whole.before)


def sum_after(whole: ResultLine) -> str:
    return _sum(whole, whole.after)


def _sum(whole: ResultLine, of: Callable[..., int]) -> str:
    return gettext(
        "%(met)s met + %(missed)s missed + %(open)s still running + %(without)s without limit"
        " = %(all)s clocks",
        met=of("met"),
        missed=of("missed"),
        open=of("open"),
        without=of("none"),
        all=whole.clocks,
    )


DEFINITIONS = (
    (
        N_("Would have been"),
        N_(
            "Every clock reckoned again from what happened, as if these limits had held from the"
            " first moment of each complaint on. Other limits that came into force in between are"
            " replaced as well. People would perhaps have acted otherwise; that nobody can reckon."
        ),
    ),
    (
        N_("As it was"),
        N_(
            "The results as they were kept when the clocks ended, and what still ran as it stood"
            " when this was asked."
        ),
    ),
    (
        N_("Which clocks"),
        N_(
            "All limits. Progress reports, silence and follow-ups are reminders and no limits;"
            " dates that people promised do not move."
        ),
    ),
    (N_("Without limit"), N_("It ended without being answered for, or no limit made it run.")),
    (
        N_("Lists"),
        N_(
            "Numbers count clocks and lead to their complaints; a complaint with several such"
            " clocks stands there once."
        ),
    ),
)


def definitions() -> Iterator[tuple[str, str]]:
    """What the columns mean."""
    for term, meaning in DEFINITIONS:
        yield gettext(term), gettext(meaning)
