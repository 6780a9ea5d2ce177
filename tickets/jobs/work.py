"""What a running job is given."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from workflow.values import Json


class LeaseLost(RuntimeError):
    """Another worker has taken the job over; nothing of this step may be stored."""


class HandedBack(RuntimeError):
    """The process stops: the job was handed back where it stood, for any worker to go on with."""


class Work(Protocol):
    """One job while it runs: its payload, where it went on, and how it keeps what it did.

    What the job wrote since the last `save` is stored together with its being done, or not at
    all.
    """

    payload: Mapping[str, Json]
    cursor: str | None
    done: int

    @property
    def stop_wanted(self) -> bool:
        """Whether the process wants to stop; the next `save` hands the job back."""
        ...

    def now(self) -> datetime:
        """This moment."""
        ...

    def save(
        self, cursor: str | None = None, *, done: int | None = None, total: int | None = None
    ) -> None:
        """Store what was done so far and prolong the lease: from here the job goes on when its
        worker dies, or stops in order. Raises LeaseLost or HandedBack."""
        ...

    def undo(self) -> None:
        """Forget what was done since the last `save`."""
        ...
