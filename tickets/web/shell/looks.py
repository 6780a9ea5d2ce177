"""How codes look: a shape (icon of Bootstrap Icons) and a tone, beside the word and never instead.

Tones are the six of static/shouwen.css: quiet, info, work, warn, bad, good. Colour is kept for what
somebody should look at; most states are quiet.
"""

from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from tickets.complaints.evidence import NoticeState
from workflow import words


class Look(NamedTuple):
    icon: str
    tone: str


LOOKS: Mapping[type[Enum], Mapping[object, Look]] = {
    words.Status: {
        "registered": Look("circle", "info"),
        "in_progress": Look("circle-half", "info"),
        "dispatched": Look("send", "work"),
        "waiting_customer": Look("pause-circle", "warn"),
        "resolved": Look("telephone-outbound", "work"),
        "closed": Look("check-circle-fill", "good"),
        "withdrawn": Look("dash-circle", "quiet"),
        "merged": Look("sign-merge-left", "quiet"),
    },
    words.OrderStatus: {
        "sent": Look("send", "info"),
        "accepted": Look("circle-half", "work"),
        "answered": Look("check-circle", "good"),
        "returned": Look("arrow-return-left", "warn"),
        "recalled": Look("dash-circle", "quiet"),
        "arbitration": Look("hammer", "bad"),
    },
    words.Level: {
        0: Look("chevron-bar-up", "quiet"),
        1: Look("chevron-up", "info"),
        2: Look("chevron-double-up", "warn"),
        3: Look("exclamation-diamond", "bad"),
    },
    words.Severity: {
        "normal": Look("square", "quiet"),
        "serious": Look("triangle-fill", "warn"),
        "major": Look("octagon-fill", "bad"),
    },
    words.GroupTier: {
        "A1": Look("building-fill", "work"),
        "A2": Look("building-fill", "work"),
        "B1": Look("building", "quiet"),
        "B2": Look("building", "quiet"),
        "C": Look("building", "quiet"),
    },
    words.Card: {
        "diamond": Look("gem", "work"),
        "gold": Look("star-fill", "warn"),
        "silver": Look("star", "quiet"),
    },
    words.CallOutcome: {
        "accepted": Look("emoji-smile", "good"),
        "understood": Look("hand-thumbs-up", "good"),
        "not_solved": Look("x-octagon", "bad"),
        "dissatisfied": Look("emoji-frown", "bad"),
        "no_answer": Look("telephone-x", "quiet"),
        "busy": Look("telephone-minus", "quiet"),
        "wrong_number": Look("question-circle", "warn"),
        "call_later": Look("clock-history", "info"),
        "refused": Look("slash-circle", "warn"),
        "third_party": Look("people", "quiet"),
    },
    NoticeState: {
        "waiting": Look("hourglass-split", "warn"),
        "sent": Look("send-check", "good"),
        "held": Look("pause-circle", "bad"),
        "failed": Look("x-octagon", "bad"),
        "returned": Look("arrow-return-left", "bad"),
        "unposted": Look("envelope-exclamation", "warn"),
        "posted": Look("envelope-check", "good"),
        "before_rule": Look("archive", "quiet"),
    },
    words.Resolution: {
        "upheld": Look("check-square", "info"),
        "partly": Look("slash-square", "info"),
        "not_upheld": Look("x-square", "quiet"),
    },
    words.Audience: {
        "internal": Look("lock-fill", "quiet"),
        "customer": Look("chat-right-text-fill", "work"),
    },
}


def look_of(code: Enum) -> Look:
    return LOOKS[type(code)][code.value]


def tier_look(code: str) -> Look:
    kind = words.GroupTier if code in set(words.GroupTier) else words.Card
    return look_of(kind(code))


def level_look(level: int) -> Look:
    return look_of(words.Level(level))
