"""No setting of the policy is out of an administrator's reach."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tickets.administration.policy import FIXED, objections, settings_of
from tickets.policy import policy_from, stored
from tickets.web.admin.policy_fields import DAYS, FIELDS, MINUTES, NUMBER
from workflow.policy import BOUNDS, DEFAULT


def test_every_setting_has_a_field() -> None:
    assert set(FIELDS) == set(settings_of(DEFAULT))
    assert FIXED.isdisjoint(FIELDS)


def test_what_a_field_shows_is_read_back_as_it_was() -> None:
    for name, value in settings_of(DEFAULT).items():
        shape = FIELDS[name][1]
        assert shape.read(shape.shown(value)) == value


@pytest.mark.parametrize("name", BOUNDS)
def test_outside_of_its_bounds_a_setting_is_refused_at_its_field(name: str) -> None:
    """P11: floors and ceilings, said in the unit of the field."""
    bounds, shape = BOUNDS[name], FIELDS[name][1]
    unit = {NUMBER: 1, MINUTES: 60, DAYS: 86_400}[shape]
    for wrong in (bounds.least - unit, bounds.most + unit):
        reasons = [each for each in objections(policy_from({name: wrong})) if each.field == name]
        (said,) = [each.values for each in reasons if each.code == "out_of_bounds"]
        assert said == {"least": bounds.least // unit, "most": bounds.most // unit}
    for right in (bounds.least, bounds.most):
        found = objections(policy_from({name: right}))
        assert [each for each in found if each.code == "out_of_bounds"] == []


def test_the_defaults_are_within_their_bounds() -> None:
    settings: dict[str, Any] = settings_of(DEFAULT)
    assert {name for name in BOUNDS if not isinstance(stored(settings[name]), int)} == set()
    assert objections(DEFAULT) == []
    assert objections(replace(DEFAULT, undo_window=timedelta(0))) == []
