"""The shipped limits as tables: what each pack takes from which published text, and what is ours.

`tools/make_limit_packs.py` makes the packs of them. A rule that names an `id` takes its amount
from `../shared/policies/published_limits.json`; every other figure is a default of our own.
"""

from typing import Any

Row = dict[str, Any]

MAJOR = {"severity": ["major"], "calendar": "always"}
TOP = ["A1", "A2", "diamond"]
DESIGN = "Own default (design §5)"


def own(name: str, clock: str, amount: int, unit: str, **more: Any) -> Row:
    text = more.pop("text", DESIGN)
    return {
        "id": name,
        "clock": clock,
        "amount": amount,
        "unit": unit,
        **more,
        "own": True,
        "source": {"text": text},
    }


def published(name: str, clock: str, source: str, **more: Any) -> Row:
    """A rule whose amount, unit and text are those of the published limit."""
    return {"id": name, "clock": clock, "published": source, **more}


FIRST_RESPONSE = (
    own("acknowledge", "acknowledge", 30, "minutes"),
    own("acknowledge-major", "acknowledge", 10, "minutes", **MAJOR),
)
DEPARTMENTS = (
    own("accept", "accept", 2, "hours"),
    own("accept-major", "accept", 15, "minutes", **MAJOR),
    own("answer", "answer", 24, "hours"),
    own("answer-major", "answer", 4, "hours", **MAJOR),
)
PROGRESS = (
    own("progress", "progress", 48, "hours"),
    own("progress-major", "progress", 2, "hours", **MAJOR),
)
RESOLUTION = (
    own("resolution", "resolution", 48, "hours", reopened=24),
    own("resolution-top", "resolution", 24, "hours", reopened=12, tiers=TOP),
    own("resolution-major", "resolution", 8, "hours", reopened=4, **MAJOR),
)
CALLBACK = (
    own("callback", "callback", 24, "hours"),
    own("stale", "stale", 16, "hours", text="Own default (PAU-09)"),
    own("stale-major", "stale", 4, "hours", text="Own default (PAU-09)", **MAJOR),
)

LAW = {"calendar": "always", "statutory": True}
"""Limits in the law's own days never pause; of their calendar only the zone matters."""
LAW_WORKING_DAYS = {"statutory": True}

CN_RULES = (
    *FIRST_RESPONSE,
    *DEPARTMENTS,
    *PROGRESS,
    *RESOLUTION,
    *CALLBACK,
    published("regulator", "regulator", "cn-answer-15d", **LAW),
)
OFCOM_RULES = (
    *FIRST_RESPONSE,
    *DEPARTMENTS,
    *PROGRESS,
    *RESOLUTION,
    *CALLBACK,
    published("regulator", "regulator", "uk-ofcom-adr-6w", **LAW),
)
FCA_RULES = (
    own(
        "acknowledge",
        "acknowledge",
        5,
        "working_days",
        text="Own default: DISP 1.6.1R says “promptly” and states no figure",
    ),
    own("acknowledge-major", "acknowledge", 10, "minutes", **MAJOR),
    *DEPARTMENTS,
    *PROGRESS,
    published(
        "resolution",
        "resolution",
        "uk-fca-src-3bd",
        own=True,
        note={
            "en": "A summary resolution is possible until then; taking it for our target is our"
            " own decision. It ends with the third business day, not at close of business.",
            "zh_Hans": "在此之前可以作简易解决；以它为处理目标是我们自己的决定。"
            "本规则到第三个工作日 24:00 为止，而非营业结束时。",
            "zh_Hant": "在此之前可以作簡易解決；以它為處理目標是我們自己的決定。"
            "本規則到第三個工作日 24:00 為止，而非營業結束時。",
        },
    ),
    own("resolution-major", "resolution", 8, "hours", reopened=4, **MAJOR),
    *CALLBACK,
    published("regulator", "regulator", "uk-fca-final-8w", **LAW),
    published(
        "regulator-payments",
        "regulator",
        "uk-fca-psd-15bd",
        categories=["payments"],
        **LAW_WORKING_DAYS,
        note={
            "en": "Holds for complaints under the category “payments” (payment services and"
            " electronic money), once there is one with this code.",
            "zh_Hans": "适用于代码为“payments”的业务类型（支付服务与电子货币）下的投诉。",
            "zh_Hant": "適用於代碼為「payments」的業務類型（支付服務與電子貨幣）下的投訴。",
        },
    ),
)
ACMA_RULES = (
    published("acknowledge", "acknowledge", "au-ack-2wd", **LAW_WORKING_DAYS),
    own("acknowledge-major", "acknowledge", 10, "minutes", **MAJOR),
    *DEPARTMENTS,
    *PROGRESS,
    *RESOLUTION,
    *CALLBACK,
    published("regulator", "regulator", "au-plan-10wd", **LAW_WORKING_DAYS),
    published(
        "regulator-urgent",
        "regulator",
        "au-urgent-2wd",
        severity=["major"],
        **LAW_WORKING_DAYS,
        note={
            "en": "An urgent complaint in the sense of the standard is registered as “major”.",
            "zh_Hans": "标准所称的紧急投诉在这里登记为“重大”。",
            "zh_Hant": "標準所稱的緊急投訴在這裡登記為「重大」。",
        },
    ),
)
SHORT = "Own default: two working days, beside the three calendar days of the regulation"
TRAI_RULES = (
    *FIRST_RESPONSE,
    *DEPARTMENTS[:2],
    own("answer", "answer", 8, "hours", text=SHORT),
    own("answer-major", "answer", 4, "hours", **MAJOR),
    own("progress", "progress", 16, "hours", text=SHORT),
    own("progress-major", "progress", 2, "hours", **MAJOR),
    own("resolution", "resolution", 16, "hours", reopened=8, text=SHORT),
    own("resolution-major", "resolution", 8, "hours", reopened=4, **MAJOR),
    own("callback", "callback", 8, "hours", text=SHORT),
    *CALLBACK[1:],
    published("regulator", "regulator", "in-default-3d", **LAW),
    published(
        "regulator-billing",
        "regulator",
        "in-billing-4w",
        categories=["charges"],
        **LAW,
        note={
            "en": "Holds for complaints under the category “charges”, once there is one with"
            " this code.",
            "zh_Hans": "适用于代码为“charges”的业务类型下的投诉。",
            "zh_Hant": "適用於代碼為「charges」的業務類型下的投訴。",
        },
    ),
)


def rung(clock: str, percent: int, *tell: str, **more: Any) -> Row:
    name = f"{clock}-{percent}" + ("-major" if more.get("severity") == ["major"] else "")
    return {"id": name, "clock": clock, "percent": percent, "tell": list(tell), **more}


USUAL = {"severity": ["normal", "serious"]}
URGENT = {"severity": ["major"], "critical": True}

LADDER = (
    rung("acknowledge", 75, "responsible"),
    rung("acknowledge", 100, "responsible", "lead", **USUAL),
    rung("acknowledge", 100, "responsible", "lead", "supervisor", raise_to=1, **URGENT),
    rung("acknowledge", 150, "responsible", "lead", "supervisor", raise_to=1),
    rung("promise", 75, "responsible"),
    rung("promise", 90, "responsible", "lead"),
    rung("promise", 100, "responsible", "lead", "supervisor", raise_to=1, **USUAL),
    rung("promise", 100, "responsible", "lead", "supervisor", raise_to=2, **URGENT),
    rung("accept", 75, "department"),
    rung("accept", 100, "department", "lead", "responsible", **USUAL),
    rung("accept", 100, "department", "lead", "responsible", "supervisor", raise_to=1, **URGENT),
    rung("accept", 150, "lead", "responsible", "supervisor", raise_to=1),
    rung("answer", 50, "department"),
    rung("answer", 75, "department", "lead"),
    rung("answer", 90, "department", "lead", "responsible"),
    rung("answer", 100, "department", "lead", "responsible", raise_to=1, **USUAL),
    rung("answer", 100, "department", "lead", "responsible", "supervisor", raise_to=2, **URGENT),
    rung("answer", 150, "department", "lead", "responsible", "supervisor", raise_to=2),
    rung("progress", 75, "responsible"),
    rung("progress", 100, "responsible", "lead"),
    rung("resolution", 50, "responsible"),
    rung("resolution", 75, "responsible", "lead"),
    rung("resolution", 90, "responsible", "lead", "supervisor"),
    rung("resolution", 100, "responsible", "lead", "supervisor", raise_to=1, **USUAL),
    rung("resolution", 100, "responsible", "lead", "supervisor", raise_to=2, **URGENT),
    rung("resolution", 150, "responsible", "lead", "supervisor", "executive", raise_to=3),
    rung("callback", 75, "responsible"),
    rung("callback", 100, "responsible", "lead", raise_to=1, **USUAL),
    rung("callback", 100, "responsible", "lead", "supervisor", raise_to=1, **URGENT),
    rung("callback", 150, "responsible", "lead", "supervisor", raise_to=2),
    rung("regulator", 50, "responsible"),
    rung("regulator", 75, "responsible", "lead"),
    rung("regulator", 90, "responsible", "lead", "supervisor"),
    rung(
        "regulator",
        100,
        "responsible",
        "lead",
        "supervisor",
        "executive",
        raise_to=3,
        critical=True,
    ),
    rung("stale", 100, "responsible"),
)

PACKS: dict[str, Row] = {
    "cn-telecom": {
        "titles": {
            "zh_Hans": "中国电信运营",
            "zh_Hant": "中國電信營運",
            "en": "Telecommunications, China",
        },
        "jurisdiction": "CN",
        "tz": "Asia/Shanghai",
        "subdivision": None,
        "rules": CN_RULES,
    },
    "uk-ofcom": {
        "titles": {
            "zh_Hans": "英国通信（Ofcom）",
            "zh_Hant": "英國通訊（Ofcom）",
            "en": "Communications, United Kingdom (Ofcom)",
        },
        "jurisdiction": "GB",
        "tz": "Europe/London",
        "subdivision": "ENG",
        "rules": OFCOM_RULES,
    },
    "uk-fca": {
        "titles": {
            "zh_Hans": "英国金融（FCA）",
            "zh_Hant": "英國金融（FCA）",
            "en": "Financial services, United Kingdom (FCA)",
        },
        "jurisdiction": "GB",
        "tz": "Europe/London",
        "subdivision": "ENG",
        "rules": FCA_RULES,
    },
    "au-acma": {
        "titles": {
            "zh_Hans": "澳大利亚电信（ACMA）",
            "zh_Hant": "澳洲電信（ACMA）",
            "en": "Telecommunications, Australia (ACMA)",
        },
        "jurisdiction": "AU",
        "tz": "Australia/Sydney",
        "subdivision": "NSW",
        "rules": ACMA_RULES,
    },
    "in-trai": {
        "titles": {
            "zh_Hans": "印度电信（TRAI）",
            "zh_Hant": "印度電信（TRAI）",
            "en": "Telecommunications, India (TRAI)",
        },
        "jurisdiction": "IN",
        "tz": "Asia/Kolkata",
        "subdivision": None,
        "rules": TRAI_RULES,
    },
}
