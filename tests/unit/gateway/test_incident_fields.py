"""R04: a loss is typed in 万元 and signed in yuan; an incident stands in a form as it was told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import Figures, Incident
from contracts.vocabulary import Element, IncidentCategory, Kind
from gateway.console.incident_fields import STEPS, form_values, typed_incident, yuan
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


COUNTS = st.none() | st.integers(0, 100_000_000)
BEGIN = datetime(1990, 1, 1, tzinfo=UTC)
TIMES = st.none() | st.timedeltas(timedelta(), timedelta(days=30_000)).map(lambda since: BEGIN + since)
WORDS = st.text("火情 <已>&\"控\n制", min_size=1, max_size=30).map(str.strip).filter(bool)
INCIDENTS = st.builds(
    Incident, category=st.none() | st.sampled_from(IncidentCategory), learned_at=TIMES,
    figures=st.none() | st.builds(
        Figures, dead=COUNTS, missing=COUNTS, seriously_hurt=COUNTS, slightly_hurt=COUNTS, loss_yuan=st.none() | LOSSES
    ),
    elements=st.dictionaries(st.sampled_from(Element), WORDS, max_size=6),
)  # fmt: skip


@given(INCIDENTS)
def test_R04_an_incident_that_went_through_the_form_untouched_is_the_same(incident: Incident) -> None:
    """Browsers send lines with CR LF; the time's field knows minutes, the incident seconds and parts of them."""
    sent = {name: value.replace("\n", "\r\n") for name, value in form_values(incident).items()}
    with Flask("form").test_request_context("/", method="POST", data=sent):
        told = typed_incident(incident)
    assert plain(Incident.model_validate(told or {})) == plain(incident)


def plain(incident: Incident) -> dict[str, Any]:
    """What it says; figures without any figure say nothing."""
    said = incident.model_dump(exclude_none=True)
    return {name: value for name, value in said.items() if value}
