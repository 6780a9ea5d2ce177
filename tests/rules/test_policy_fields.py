"""No setting of the policy is out of an administrator's reach."""

from tickets.admin_policy import FIXED, settings_of
from tickets.web.admin.policy_fields import FIELDS
from workflow.policy import DEFAULT


def test_every_setting_has_a_field() -> None:
    assert set(FIELDS) == set(settings_of(DEFAULT))
    assert FIXED.isdisjoint(FIELDS)


def test_what_a_field_shows_is_read_back_as_it_was() -> None:
    for name, value in settings_of(DEFAULT).items():
        shape = FIELDS[name][1]
        assert shape.read(shape.shown(value)) == value
