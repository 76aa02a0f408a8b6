"""R04: a loss is typed in 万元 and signed in yuan; an incident stands in a form as it was told."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.intake import Figures, Incident
from contracts.vocabulary import Element, Kind
from gateway.console.incident_fields import STEPS, form_values, yuan
from kernel.errors import Invalid

LOSSES = st.decimals(min_value=0, max_value=10**15, places=2, allow_nan=False, allow_infinity=False)


@given(LOSSES)
def test_R04_a_loss_shown_in_wan_comes_back_as_the_same_yuan(loss: Decimal) -> None:
    shown = form_values(Incident(figures=Figures(loss_yuan=loss)))["loss_wan"]
    assert Decimal(yuan(shown)) == loss


@pytest.mark.parametrize(
    ("typed", "meant"), [("120", "1200000"), ("0.5", "5000"), ("１，２００", "12000000"), ("0", "0")]
)
def test_R04_a_loss_in_wan_is_kept_in_yuan(typed: str, meant: str) -> None:
    assert yuan(typed) == meant


@pytest.mark.parametrize("typed", ["", "一百", "-1", "1e9", "NaN", "Infinity", "0.0000001", "9" * 15, "1.2.3"])
def test_R04_what_is_no_amount_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        yuan(typed)
    assert refusal.value.pointer == "/loss_wan"


def test_R04_not_stated_is_not_zero() -> None:
    shown = form_values(Incident(figures=Figures(dead=0)))
    assert (shown["dead"], "missing" in shown) == ("0", False)


@pytest.mark.parametrize("kind", STEPS)
def test_R05_no_element_is_asked_for_twice(kind: Kind) -> None:
    asked = [*STEPS[kind].open, *STEPS[kind].folded]
    assert len(asked) == len(set(asked))


def test_R05_every_element_is_asked_for_at_some_step() -> None:
    assert {element for step in STEPS.values() for element in (*step.open, *step.folded)} == set(Element)
