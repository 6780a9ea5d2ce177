"""Scenes in which something is done with a work order."""

from collections.abc import Callable, Mapping

from tests.cast import (
    orders,
)
from tests.services.actions.scene import Scene
from tickets.models import Complaint


def on_order(
    *steps: tuple[str, str, Mapping[str, object]], units: tuple[str, ...] = ("network",)
) -> Callable[[Scene], Complaint]:
    """Steps on the first order of a complaint, an hour apart: action, who, what is said."""

    def scene(s: Scene) -> Complaint:
        complaint, (order, *_others) = s.sent(*units)
        for hours, (action, who, said) in enumerate(steps, 1):
            filled = {name: s.cast.people.get(str(value), value) for name, value in said.items()}
            s.on(order, action, s.cast.person(who), hours, **filled)
        return complaint

    return scene


ACCEPT = ("accept", "zhao", {})
ANSWER = ("answer", "zhao", {"answer": "Mended."})


def arbitrate(ruling: str) -> Callable[[Scene], Complaint]:
    def scene(s: Scene) -> Complaint:
        complaint, (order,) = s.sent("network")
        s.on(order, "return", s.cast.zhao, 1, reason="Not ours.")
        said = {"units": [s.cast.units["network"]], "question": "Yours all the same."}
        s.by(complaint, "dispatch", 2, **said, promised_at=complaint.promised_at)
        contested = orders(complaint)[-1]
        unit = {"unit": s.cast.units["billing"]} if ruling == "bind_other" else {}
        s.on(contested, "arbitrate", s.cast.zheng, 3, ruling=ruling, reason="So be it.", **unit)
        return complaint

    return scene


def returned_again(s: Scene) -> Complaint:
    complaint, (network, billing) = s.sent("network", "billing")
    s.on(network, "return", s.cast.zhao, 1, reason="Not ours.")
    s.on(billing, "return", s.cast.zhou, 2, reason="Nor ours.")
    return complaint
