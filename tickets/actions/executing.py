"""What the effects of an action do to the complaint: one executor for each type of effect.

Clocks follow from history by themselves (`workflow.clock_keeping`), and `notifying` tells people;
here is what a row changes in the complaint besides its status.
"""

from collections.abc import Callable, Mapping

from tickets.actions.changes.act import Act
from tickets.actions.changes.answering import stop_waiting
from tickets.history.vocabulary import DataKey
from workflow.effects import Effect, Heard, NewCycle, Pause, RaiseLevel, Resume
from workflow.values import Sets
from workflow.words import Level, WaitReason


def execute(act: Act) -> None:
    """Run the executor of every effect that changes the complaint, in the order of the row."""
    for effect in act.done.effects:
        executor = EXECUTORS.get(type(effect))
        if executor is not None:
            executor(act)


def _raise_level(act: Act) -> None:
    act.complaint.level = min(act.complaint.level + 1, max(Level))
    act.data[DataKey.LEVEL] = act.complaint.level


def _begin_cycle(act: Act) -> None:
    """Its own answer, callback and limits; what the cycle before came to stays (design §3)."""
    act.complaint.cycle += 1
    act.complaint.resolved_at = None


def _wait(act: Act) -> None:
    given = act.action.meant(act.inputs)
    act.complaint.waiting_since = act.now
    act.complaint.follow_up_at = given[Sets.FOLLOW_UP].moment
    act.complaint.wait_reason = WaitReason(str(given[Sets.WAIT_REASON].value))


def _was_heard(act: Act) -> None:
    act.complaint.last_contact_at = act.now
    act.complaint.customer_waiting_since = None


EXECUTORS: Mapping[type[Effect], Callable[[Act], None]] = {
    RaiseLevel: _raise_level,
    NewCycle: _begin_cycle,
    Pause: _wait,
    Resume: lambda act: stop_waiting(act.complaint),
    Heard: _was_heard,
}
