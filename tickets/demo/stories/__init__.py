"""The complaints of the demo, by what they are about. All people and companies are invented."""

from tickets.demo.steps import Story
from tickets.demo.stories import (
    broadband,
    charges,
    group_faults,
    group_terms,
    mobile,
    north,
    porting,
    service,
)

STORIES: tuple[Story, ...] = (
    *broadband.STORIES,
    *charges.STORIES,
    *mobile.STORIES,
    *porting.STORIES,
    *group_faults.STORIES,
    *group_terms.STORIES,
    *service.STORIES,
    *north.STORIES,
)
