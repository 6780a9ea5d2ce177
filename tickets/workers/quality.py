"""The draw of second calls, looked at every hour; what was drawn is not drawn again."""

from datetime import timedelta

from tickets.jobs.registry import every
from tickets.jobs.work import Work
from tickets.quality import drawing


@every(timedelta(hours=1), name="draw_samples")
def draw_samples(work: Work) -> None:
    drawing.draw(work.now())
