"""The weeks before: complaints that ended long ago, so that reports have something to compare.

Told from a few matters and a few ways that a complaint takes; which, when and whose follows from
its place in the row, so that every filling tells the same. The stories of `stories` are the ones
to read; these are the ones to count.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tickets.demo.earlier_matters import MATTERS, TOWNS, Matter
from tickets.demo.steps import (
    Step,
    Story,
    Who,
    accept,
    answer,
    approve,
    ask,
    call,
    dispatch,
    give_back,
    inform,
    notice,
    request_closing,
    resolve,
    resume,
    solve_at_once,
    start,
)
from workflow.words import CallOutcome, Channel, NoticeChannel, WaitReason

WEEKS = range(15, 1, -1)
"""How many weeks ago; the stories begin where these end."""
PER_WEEK = (6, 7, 6, 8, 7, 9, 12, 13, 10, 8, 7, 8, 7, 6)
TROUBLED = {9, 8, 7}
"""The weeks in which the lines of one quarter kept failing."""
CLERKS = ("chen", "wang", "yang", "lan", "li", "xu")
HANDLERS = {
    "network": ("zhao", "gao"),
    "billing": ("zhou", "tang"),
    "service_quality": ("chu",),
    "vendor": ("feng",),
}
CHANNELS = (Channel.PHONE, Channel.PHONE, Channel.COUNTER, Channel.WEB, Channel.EMAIL)
SAID = {
    CallOutcome.ACCEPTED: "好了，谢谢。",
    CallOutcome.UNDERSTOOD: "理解，希望以后快一点。",
    CallOutcome.DISSATISFIED: "问题还在，只是好了一天。",
}
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
GIVEN = ("志强", "秀英", "文博", "晓梅", "建军", "雨桐", "国庆", "丽华", "子涵", "海燕", "一凡")


@dataclass(frozen=True)
class Telling:
    """What one complaint is told from: its matter, its first day (days ago), who handles it."""

    matter: Matter
    day: int
    handler: str
    phone: str

    def at(self, days_later: int, hour: str) -> str:
        return f"-{self.day - days_later} {hour}"

    def asked(self, days_later: int, hour: str) -> tuple[Step, Step]:
        """To the department, and accepted there."""
        unit = self.matter.unit
        return (
            dispatch(self.at(days_later, f"{hour}:10"), unit, self.matter.question),
            accept(self.at(days_later, f"{hour}:50"), self.handler, unit),
        )

    def answered(self, days_later: int, hour: str) -> tuple[Step, Step]:
        """The department's answer, and what the desk makes of it."""
        found = answer(
            self.at(days_later, f"{hour}:05"), self.handler, self.matter.unit, self.matter.found
        )
        return found, self.resolved(days_later, f"{hour}:40")

    def resolved(self, days_later: int, at: str) -> Step:
        told = self.matter
        return resolve(self.at(days_later, at), told.told, told.outcome, told.cause, told.remedy)

    def called(self, days_later: int, hour: str, outcome: CallOutcome) -> Step:
        return call(self.at(days_later, hour), outcome, SAID.get(outcome, ""))


def _on_the_spot(told: Telling) -> tuple[Step, ...]:
    matter = told.matter
    at = told.at(0, "10:20")
    return (
        solve_at_once(at, matter.told, matter.outcome, matter.cause, matter.remedy),
        told.called(0, "16:30", CallOutcome.ACCEPTED),
    )


def _straight(told: Telling) -> tuple[Step, ...]:
    return (
        *told.asked(0, "10"),
        *told.answered(1, "15"),
        told.called(1, "17:20", CallOutcome.ACCEPTED),
    )


def _second_call(told: Telling) -> tuple[Step, ...]:
    return (
        *told.asked(0, "10"),
        *told.answered(2, "11"),
        told.called(2, "15:00", CallOutcome.NO_ANSWER),
        told.called(3, "10:10", CallOutcome.ACCEPTED),
    )


def _late(told: Telling) -> tuple[Step, ...]:
    """The department took its time; the desk kept the customer informed."""
    return (
        *told.asked(0, "11"),
        inform(told.at(2, "16:00"), "还在核查，有结果会立即告诉您。"),
        *told.answered(5, "10"),
        told.called(6, "15:30", CallOutcome.UNDERSTOOD),
    )


def _to_and_fro(told: Telling) -> tuple[Step, ...]:
    """The wrong department first."""
    first = "vendor" if told.matter.unit == "network" else "network"
    return (
        dispatch(told.at(0, "10:00"), first, told.matter.question),
        give_back(told.at(0, "15:00"), HANDLERS[first][0], first, "不属于我部门职责，请转派。"),
        *told.asked(0, "16"),
        *told.answered(3, "14"),
        told.called(3, "16:40", CallOutcome.ACCEPTED),
    )


def _waited(told: Telling) -> tuple[Step, ...]:
    """The customer was asked for papers first."""
    return (
        start(told.at(0, "10:00")),
        ask(
            told.at(0, "10:10"),
            "请提供缴费凭证照片。",
            WaitReason.DOCUMENTS,
            told.at(3, "18:00"),
        ),
        resume(told.at(2, "09:30"), "客户已发来凭证。"),
        *told.asked(2, "10"),
        *told.answered(3, "15"),
        told.called(4, "10:30", CallOutcome.ACCEPTED),
    )


def _not_satisfied(told: Telling) -> tuple[Step, ...]:
    """The first answer did not do; the second round did."""
    return (
        *told.asked(0, "10"),
        *told.answered(1, "14"),
        told.called(1, "17:00", CallOutcome.DISSATISFIED),
        *told.asked(2, "09"),
        *told.answered(4, "15"),
        told.called(5, "10:00", CallOutcome.ACCEPTED),
    )


def _unreached(told: Telling) -> tuple[Step, ...]:
    """Never reached, and closed by the documented procedure."""
    text = "您反映的问题已处理。我们三次致电未能联系到您，如有疑问请三日内回复。"
    return (
        *told.asked(0, "10"),
        *told.answered(1, "14"),
        told.called(1, "17:00", CallOutcome.NO_ANSWER),
        told.called(2, "19:00", CallOutcome.NO_ANSWER),
        told.called(3, "10:00", CallOutcome.BUSY),
        notice(told.at(3, "10:20"), NoticeChannel.SMS, told.phone, text),
        request_closing(told.at(3, "10:40"), "三次未接通，两天、三个时段，已发短信。"),
        approve(told.at(8, "16:00"), "zheng", "程序完整，同意失联办结。"),
    )


WAYS: tuple[Callable[[Telling], tuple[Step, ...]], ...] = (
    _on_the_spot,
    _straight,
    _straight,
    _straight,
    _second_call,
    _late,
    _to_and_fro,
    _waited,
    _not_satisfied,
    _on_the_spot,
    _straight,
    _unreached,
)


def stories() -> Iterator[Story]:
    """About a hundred complaints of the fifteen weeks before the last two."""
    chance = Random(20)  # noqa: S311 - the same company in every demo
    number = 0
    for week, many in zip(WEEKS, PER_WEEK, strict=True):
        for _ in range(many):
            number += 1
            yield _story(number, week, chance)


def _story(number: int, week: int, chance: Random) -> Story:
    lines_fail = week in TROUBLED and chance.random() < 0.5
    matter = MATTERS[0] if lines_fail else chance.choice(MATTERS)
    town = TOWNS[0] if lines_fail else chance.choice(TOWNS)
    phone = f"139 0000 {1000 + number}"
    told = Telling(matter, week * 7 - chance.randrange(7), _handler(matter, chance), phone)
    way = _late if lines_fail and chance.random() < 0.5 else WAYS[number % len(WAYS)]
    name = chance.choice(SURNAMES) + chance.choice(GIVEN)
    return Story(
        f"earlier_{number}",
        chance.choice(CLERKS),
        told.at(0, f"09:{chance.randrange(10, 59)}"),
        Who(name, phone, None, town),
        matter.category,
        matter.says.format(town=town),
        channel=chance.choice(CHANNELS),
        steps=way(told),
    )


def _handler(matter: Matter, chance: Random) -> str:
    return chance.choice(HANDLERS[matter.unit])
