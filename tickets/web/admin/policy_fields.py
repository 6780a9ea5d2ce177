"""How each setting of the policy is asked for: its words and its unit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext
from wtforms import BooleanField, Field, IntegerField, StringField, TimeField
from wtforms.validators import InputRequired, NumberRange, Regexp

from tickets.web.shell.typed import trimmed
from workflow.words import N_

MOST = 10_000
MOST_MONEY = 100_000_000
"""So much fits into a row in minor units."""


@dataclass(frozen=True)
class SettingShape:
    """A kind of value: its field, and the ways between the field and the policy."""

    field: Callable[[str], Field]
    shown: Callable[[object], object]
    read: Callable[[object], object]


def _same(value: object) -> object:
    return value


def _span(unit: timedelta) -> SettingShape:
    def shown(span: object) -> object:
        return span // unit if isinstance(span, timedelta) else span

    def read(count: object) -> object:
        return count * unit if isinstance(count, int) else count

    return SettingShape(_number, shown, read)


def _number(label: str) -> Field:
    checks = [InputRequired(), NumberRange(min=0, max=MOST)]
    return IntegerField(lazy_gettext(label), checks)


def _amount(label: str) -> Field:
    checks = [InputRequired(), NumberRange(min=0, max=MOST_MONEY)]
    return IntegerField(lazy_gettext(label), checks)


NUMBER = SettingShape(_number, _same, _same)
AMOUNT = SettingShape(_amount, _same, _same)
MINUTES = _span(timedelta(minutes=1))
DAYS = _span(timedelta(days=1))
SWITCH = SettingShape(lambda label: BooleanField(lazy_gettext(label)), _same, _same)
TIME = SettingShape(lambda label: TimeField(lazy_gettext(label), [InputRequired()]), _same, _same)
REGION = SettingShape(
    lambda label: StringField(
        lazy_gettext(label), [InputRequired(), Regexp(r"^[A-Z]{2}\Z")], filters=[trimmed]
    ),
    _same,
    _same,
)

# Every setting of workflow/policy.py, in the order of the page.
FIELDS: dict[str, tuple[str, SettingShape]] = {
    "callback.attempts": (N_("Unreachable after so many attempts"), NUMBER),
    "callback.days": (N_("… on so many different days"), NUMBER),
    "callback.day_parts": (N_("… in so many parts of the day"), NUMBER),
    "callback.gap": (N_("Minutes between two attempts"), MINUTES),
    "callback.quiet_from": (N_("Quiet hours begin"), TIME),
    "callback.quiet_until": (N_("Quiet hours end"), TIME),
    "callback.wait_after_notice": (N_("Days to wait after the written notice"), DAYS),
    "callback.entry_limit": (
        N_("Minutes after a call in which its entry counts by itself"),
        MINUTES,
    ),
    "tell_ends": (
        N_("Every end is told to the customer in writing, with how to object"),
        SWITCH,
    ),
    "writer_may_call_back": (N_("Whoever wrote the answer may call the customer back"), SWITCH),
    "on_the_spot_counts": (N_("The customer's word at the counter counts as callback"), SWITCH),
    "reopen_window": (N_("Days in which a closed complaint can be reopened"), DAYS),
    "undo_window": (N_("Minutes in which a closing can be undone"), MINUTES),
    "longest_wait": (N_("Days a complaint may wait for its customer, all together"), DAYS),
    "rejections_per_order": (N_("An answer may be rejected so many times"), NUMBER),
    "returns_before_arbitration": (N_("Arbitration at this return"), NUMBER),
    "repeat_contacts": (N_("So many complaints of one customer raise the level"), NUMBER),
    "repeat_window": (N_("… within so many days"), DAYS),
    "largest_compensation": (N_("Largest compensation that can be granted at resolving"), AMOUNT),
    "quality_share": (N_("Percent of each person's closings that are called again"), NUMBER),
    "quality_least": (N_("… but at least so many a week"), NUMBER),
    "quality_level": (N_("All closings of complaints of this level and above"), NUMBER),
    "quality_exceptions": (N_("All closings without the customer's word"), SWITCH),
    "quality_low": (N_("A score below so many percent asks a supervisor to look"), NUMBER),
    "quality_review": (N_("Days the supervisor has for it"), DAYS),
    "region": (N_("Country of phone numbers without prefix"), REGION),
}
