"""How what if counts, in words: for its page and its files alike (REP-03)."""

from collections.abc import Callable, Iterator

from flask_babel import gettext

from tickets.web.what_if.figures import ResultLine


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


def definitions() -> Iterator[tuple[str, str]]:
    """What the columns mean."""
    yield (
        gettext("Would have been"),
        gettext(
            "Every clock reckoned again from what happened, as if these limits had held from the"
            " first moment of each complaint on. Other limits that came into force in between are"
            " replaced as well. People would perhaps have acted otherwise; that nobody can reckon."
        ),
    )
    yield (
        gettext("As it was"),
        gettext(
            "The results as they were kept when the clocks ended, and what still ran as it stood"
            " when this was asked."
        ),
    )
    yield (
        gettext("Which clocks"),
        gettext(
            "All limits. Progress reports, silence and follow-ups are reminders and no limits;"
            " dates that people promised do not move."
        ),
    )
    yield (
        gettext("Without limit"),
        gettext("It ended without being answered for, or no limit made it run."),
    )
    yield (
        gettext("Lists"),
        gettext(
            "Numbers count clocks and lead to their complaints; a complaint with several such"
            " clocks stands there once."
        ),
    )
