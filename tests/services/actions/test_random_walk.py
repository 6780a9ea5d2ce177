"""Whatever anybody tries in whatever order, what the product promises stays true.

`SHOUWEN_LONG=1` walks longer and on new ways every time; without it the walk is the same every
time, so that a failure is somebody's change and not somebody's luck.
"""

import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session, scoped_session

from tests.cast import Cast, orders
from tests.plausible import a_notice, a_problem, an_attempt
from tests.typed import nonsense, sensible
from tests.walk import Choice, Desk
from tickets.actions.deciders import may_decide
from tickets.administration import leaving
from tickets.models import Complaint, Watch, WorkOrder
from workflow.lifecycle import ACTIONS, ORDER_ACTIONS
from workflow.table import Action
from workflow.words import CallOutcome, Ruling, Status

LONG = bool(os.environ.get("SHOUWEN_LONG"))
SETTINGS = settings(
    max_examples=100 if LONG else 30,
    stateful_step_count=100 if LONG else 50,
    deadline=None,
    phases=set(Phase) if LONG else (Phase.explicit, Phase.generate),
    database=None,
    suppress_health_check=list(HealthCheck),
)

ROUNDS = 5
"""Walks go on until everything has happened once; what is rare may need another round."""

DICE = st.randoms(use_true_random=True)
"""Fair, unlike what Hypothesis draws by itself, so that rare things are reached."""

MOST = 4
"""Complaints of one walk; the fewer, the further each gets."""

SELDOM = frozenset({"withdraw", "merge"})
OFTEN = 8
"""How much oftener than anything else is tried what leads on."""

NUMBER = "13912345678"
AGENTS = {"network": "zhao", "billing": "zhou", "vendor": "feng"}
IN_VAIN = (CallOutcome.NO_ANSWER, CallOutcome.BUSY, CallOutcome.THIRD_PARTY)
TRIED_IN_VAIN = (timedelta(0), timedelta(hours=5), timedelta(hours=24))


class Walk(RuleBasedStateMachine):
    """Everybody of the cast, and the system, with a handful of complaints of one customer."""

    cast: Cast
    session: scoped_session[Session]
    start: datetime
    reached: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(self.cast, self.start, self.reached)

    def teardown(self) -> None:
        try:
            if self.desk.complaints:
                self.desk.verify()
        finally:
            self.session.rollback()

    @initialize()
    def two_complaints(self) -> None:
        self.desk.register("chen")
        self.desk.register("wang")

    @rule(dice=DICE)
    def something_happens(self, dice: Random) -> None:
        """One rule with weights of our own: of many, Hypothesis leaves some out of each walk."""
        moves, weights = zip(*MOVES.items(), strict=True)
        (move,) = dice.choices(moves, weights)
        note(move.__name__)
        move(self, dice)

    def somebody_complains(self, dice: Random) -> None:
        here = [who for who in ("chen", "li", "he") if self.desk.people[who].active]
        if len(self.desk.complaints) < MOST:
            self.desk.register(dice.choice(here), refuses_contact=dice.random() < 0.3)

    def somebody_does_what_is_possible(self, dice: Random) -> None:
        choice = self._choose(dice)
        typed = sensible(dice.choice, self.desk, choice)
        self.desk.attempt(choice.action, choice.on, choice.who, typed)

    def somebody_types_nonsense(self, dice: Random) -> None:
        choice = self._choose(dice)
        typed = nonsense(dice.choice, self.desk, choice)
        self.desk.attempt(choice.action, choice.on, choice.who, typed)

    def anybody_tries_anything(self, dice: Random) -> None:
        complaint = dice.choice(self.desk.complaints)
        action, who = dice.choice(list(ACTIONS.values())), dice.choice(sorted(self.desk.actors()))
        typed = sensible(dice.choice, self.desk, Choice(action, complaint, who))
        self.desk.attempt(action, complaint, who, typed)

    def somebody_acts_on_what_they_saw_before(self, dice: Random) -> None:
        choice = self._choose(dice)
        self.desk.attempt_stale(choice, sensible(dice.choice, self.desk, choice))

    def time_passes(self, dice: Random) -> None:
        self.desk.let_pass(timedelta(hours=dice.choice((1, 6, 20, 80, 300))))

    def the_customer_cannot_be_reached(self, dice: Random) -> None:
        """The whole unreachable procedure, which chance alone would hardly ever find."""
        for complaint in self._in(Status.RESOLVED)[:1]:
            who = complaint.responsible.login
            morning = self.desk.now.replace(hour=2) + timedelta(days=1)
            for later in TRIED_IN_VAIN:
                self.desk.now = max(self.desk.now, morning + later)
                self._call(complaint, who, dice.choice(IN_VAIN), dice)
            self._write(complaint, who, dice)
            ground = "refuses_contact" if complaint.refuses_contact else "unreachable"
            self._do("request_closing", complaint, who, ground=ground, reason="Nobody.")
            self.desk.let_pass(timedelta(days=4))
            decision = dice.choice(("close_unreached", "deny_closing"))
            deciders = [each.login for each in may_decide(complaint, self.desk.now)]
            self._do(decision, complaint, dice.choice(deciders or ["zheng"]), reason="Seen.")

    def _call(self, complaint: Complaint, who: str, outcome: str, dice: Random) -> None:
        """Now and then put down hours later; then a supervisor lets it count."""
        said = {"outcome": outcome, "channel": "phone", "number": NUMBER, "text": "So."}
        if dice.random() < 0.3:
            said["at"] = self.desk.now
            self.desk.let_pass(timedelta(hours=1))
        self._do("record_callback", complaint, who, **said)
        self._do("confirm_attempt", complaint, "he", attempt=an_attempt(complaint), reason="Bill.")

    def _write(self, complaint: Complaint, who: str, dice: Random) -> None:
        """An SMS, or a letter that somebody else saw posted; some come back."""
        channel = dice.choice(("sms", "letter"))
        written = {"channel": channel, "notice": "Call us."}
        written["address"] = NUMBER if channel == "sms" else "12 River Road, Jiangzhou"
        self._do("send_notice", complaint, who, **written)
        notice, now = a_notice(complaint), self.desk.now
        self._do("confirm_posting", complaint, "qian", notice=notice, posted_at=now)
        if dice.random() < 0.3:
            self._do("notice_returned", complaint, "qian", notice=notice, reason="Moved.")

    def the_customer_is_reached(self, dice: Random) -> None:
        for complaint in self._in(Status.RESOLVED)[:1]:
            outcome = dice.choice(("accepted", "understood", "not_solved"))
            said = {"outcome": outcome, "channel": "phone", "number": NUMBER, "text": "So."}
            self._do("record_callback", complaint, complaint.responsible.login, **said)

    def it_is_a_duplicate(self, dice: Random) -> None:
        complaint, survivor = dice.sample(self.desk.complaints, 2)
        decider = dice.choice(("zheng", complaint.responsible.login))
        said = {"into": survivor.number, "because": "same_line", "reason": "The same line."}
        self._do("watch", complaint, "qian")
        if self._do("merge", complaint, decider, **said) and dice.random() < 0.7:
            self._do("contact", complaint, decider, channel="phone", text="And now?")
            self._do("unmerge", complaint, decider, reason="Another line.")

    def _has_a_cause(self, complaint: Complaint, desk: str) -> None:
        cause = a_problem(self.desk.cast, self.desk.now)
        self._do("link_problem", complaint, desk, problem=cause)
        self._do("share_progress", complaint, "system", problem=cause, message="Nearly mended.")
        self._do("unlink_problem", complaint, "zheng", problem=cause)

    def a_department_works(self, dice: Random) -> None:
        for complaint in self._in(Status.DISPATCHED)[:1]:
            order = dice.choice(orders(complaint))
            agent, desk = AGENTS[order.unit.code], complaint.responsible.login
            self._on_order("accept", order, agent)
            self._do("urge", complaint, desk)
            self._has_a_cause(complaint, desk)
            self._do("reveal_customer", complaint, agent, reason="To call.")
            self._on_order("interim", order, agent, text="A spare line.")
            if dice.random() < 0.6:
                self._on_order("return", order, agent, reason="Not ours.")
                ruling = {"ruling": dice.choice(list(Ruling)), "unit": order.unit_id}
                self._on_order("arbitrate", order, "zheng", reason="Seen.", **ruling)
            self._on_order("answer", order, agent, answer="Mended.")
            if dice.random() < 0.3:
                self._on_order("reject_answer", order, desk, reason="What was done?")

    def it_is_offered_to_somebody_else(self, dice: Random) -> None:
        complaint = dice.choice(self.desk.complaints)
        if self._do("transfer", complaint, "he", to=self.desk.cast.people["wang"], reason="Load."):
            answer = dice.choice(("accept_transfer", "decline_transfer"))
            said = {"reason": "Away."} if answer == "decline_transfer" else {}
            self._do(answer, complaint, "wang", **said)

    def somebody_leaves(self, dice: Random) -> None:
        """Their open complaints go to somebody else first (OWN-02)."""
        person, heir = self.desk.people[dice.choice(("chen", "wang"))], self.desk.people["he"]
        admin = self.desk.people["admin"]
        said = "Leaves the company."
        leaving.hand_over(person, heir, actor=admin, now=self.desk.now, reason=said)
        person.active = False
        self.session.flush()

    def somebody_stops_watching(self, dice: Random) -> None:
        watched = [
            (each, who)
            for each in self.desk.complaints
            for who, person in self.desk.people.items()
            if self.session.get(Watch, (each.id, person.id)) is not None
        ]
        if watched:
            complaint, who = dice.choice(watched)
            self._do("unwatch", complaint, who)

    def _do(self, name: str, complaint: Complaint, who: str, **typed: Any) -> bool:
        return self.desk.attempt(ACTIONS[name], complaint, who, typed)

    def _on_order(self, name: str, order: WorkOrder, who: str, **typed: Any) -> bool:
        return self.desk.attempt(ORDER_ACTIONS[name], order, who, typed)

    def _in(self, status: Status) -> list[Complaint]:
        return [each for each in self.desk.complaints if each.status is status]

    def _choose(self, dice: Random) -> Choice:
        choices = self.desk.choices(dice.choice(self.desk.complaints))
        weights = {choice.action.name: weight_of(choice.action) for choice in choices}
        (name,) = dice.choices(list(weights), list(weights.values()))
        return dice.choice([choice for choice in choices if choice.action.name == name])


MOVES: dict[Callable[[Walk, Random], None], float] = {
    Walk.somebody_does_what_is_possible: 10,
    Walk.somebody_types_nonsense: 2,
    Walk.anybody_tries_anything: 1,
    Walk.somebody_acts_on_what_they_saw_before: 1,
    Walk.time_passes: 2,
    Walk.somebody_complains: 1,
    Walk.the_customer_cannot_be_reached: 1,
    Walk.the_customer_is_reached: 1,
    Walk.it_is_a_duplicate: 1,
    Walk.a_department_works: 2,
    Walk.it_is_offered_to_somebody_else: 0.5,
    Walk.somebody_leaves: 0.15,
    Walk.somebody_stops_watching: 0.3,
}
"""What happens, and how often."""


def weight_of(action: Action) -> int:
    leads_on = action.targets() or action.kind in ("transfer", "approval", "work")
    return OFTEN if leads_on and action.name not in SELDOM else 1


@pytest.mark.long
def test_what_is_promised_holds_whatever_anybody_tries(
    session: scoped_session[Session], cast: Cast, now: datetime
) -> None:
    """OWN-01, CLO-01, and everything in `tests.invariants`, after every step."""
    session.commit()  # each walk begins here and is rolled back to here
    reached: Counter[str] = Counter()
    walk = type(
        "Walk",
        (Walk,),
        {
            "cast": cast,
            "session": session,
            "start": now,
            "reached": reached,
        },
    )

    everything = {*ACTIONS, *(f"order_{name}" for name in ORDER_ACTIONS)}
    everything |= {f"→ {status}" for status in Status if status is not Status.REGISTERED}
    for turn in range(ROUNDS):
        again = settings(SETTINGS, derandomize=not LONG and turn == 0)
        run_state_machine_as_test(walk, settings=again)
        if everything <= set(reached):
            break
    assert everything - set(reached) == set(), f"the walk never reached these: {reached}"
