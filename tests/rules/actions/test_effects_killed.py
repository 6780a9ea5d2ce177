"""Every effect of every row has a test that fails without it; `make mutants` takes them out."""

import json

import pytest

from tests.rules.house.test_house import ROOT
from tests.without_effect import all_places

TABLE: dict[str, str] = json.loads((ROOT / "tests" / "effects_killed.json").read_text("utf-8"))
EVERY = sorted({"|".join(key) for key in all_places()})


@pytest.mark.parametrize("effect", EVERY)
def test_a_test_is_named_for_every_effect(effect: str) -> None:
    file, _, name = TABLE.get(effect, "").partition("::")
    assert name, "run: python -m tools.mutants effects --find"

    function = name.partition("[")[0]
    assert f"def {function}(" in (ROOT / file).read_text("utf-8")


def test_no_line_is_left_of_an_effect_that_went() -> None:
    assert set(TABLE) <= set(EVERY)
