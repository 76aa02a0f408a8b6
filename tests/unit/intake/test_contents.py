"""R04: what is refused before the signature and only marked after it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import Figures, Incident, Reference
from contracts.vocabulary import IncidentCategory, Kind, ReportFlag, Severity
from kernel.errors import Invalid
from services.intake.model.contents import CLOCK_TOLERANCE, accepted_flags, check_content
from services.intake.model.time_limits import time_limits
from tests.factories.intake import OCCURRED, ContentFactory

LIMITS = time_limits()


@given(ahead=st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_R04_an_occurrence_is_refused_exactly_when_it_lies_more_than_two_minutes_ahead(ahead: timedelta) -> None:
    content = ContentFactory.urgent(occurred_at=OCCURRED + ahead)
    if ahead > CLOCK_TOLERANCE:
        with pytest.raises(Invalid) as refused:
            check_content(content, latest_occurrence=OCCURRED, limits=LIMITS)
        assert refused.value.pointer == "/content/occurred_at"
    else:
        check_content(content, latest_occurrence=OCCURRED, limits=LIMITS)


def test_R04_an_occurrence_before_any_rule_is_refused() -> None:
    ancient = ContentFactory.urgent(occurred_at=OCCURRED - timedelta(days=20 * 366))
    with pytest.raises(Invalid) as refused:
        check_content(ancient, latest_occurrence=OCCURRED, limits=LIMITS)
    assert refused.value.pointer == "/content/occurred_at"


def test_R04_an_accepted_occurrence_before_any_rule_is_marked() -> None:
    ancient = OCCURRED - timedelta(days=20 * 366)
    flags = accepted_flags(ContentFactory.urgent(occurred_at=ancient), OCCURRED, [], LIMITS)
    assert flags == [ReportFlag.NO_TIME_LIMIT]


@given(moved=st.timedeltas(timedelta(days=-2), timedelta(days=2)))
def test_R04_an_occurrence_stated_later_than_before_is_marked(moved: timedelta) -> None:
    received = OCCURRED + timedelta(days=3)
    flags = accepted_flags(ContentFactory.urgent(occurred_at=OCCURRED + moved), received, [OCCURRED], LIMITS)
    assert flags == ([ReportFlag.OCCURRENCE_MOVED_LATER] if moved > timedelta(0) else [])


def test_R10_other_kinds_need_neither_severity_nor_time() -> None:
    check_content(ContentFactory.development(), latest_occurrence=OCCURRED, limits=LIMITS)
    assert accepted_flags(ContentFactory.development(), OCCURRED, [], LIMITS) == []


@pytest.mark.parametrize(
    ("category", "dead", "marked"),
    [
        (IncidentCategory.ACCIDENT, 10, True),
        (IncidentCategory.ACCIDENT, 9, False),
        (IncidentCategory.NATURAL_DISASTER, 10, False),
        (IncidentCategory.ACCIDENT, None, False),
    ],
)
def test_R04_a_severity_below_what_its_figures_say_is_marked_not_decided(
    category: IncidentCategory, dead: int | None, marked: bool
) -> None:
    incident = Incident(category=category, figures=Figures(dead=dead))
    content = ContentFactory.urgent(severity=Severity.LARGER, incident=incident)
    flags = accepted_flags(content, OCCURRED, [], LIMITS)
    assert flags == ([ReportFlag.SEVERITY_BELOW_FIGURES] if marked else [])


@pytest.mark.parametrize(("earlier", "marked"), [(timedelta(seconds=1), True), (timedelta(0), False)])
def test_R04_learning_of_an_incident_before_it_occurred_is_marked(earlier: timedelta, marked: bool) -> None:
    content = ContentFactory.urgent(incident=Incident(learned_at=OCCURRED - earlier))
    flags = accepted_flags(content, OCCURRED, [], LIMITS)
    assert flags == ([ReportFlag.LEARNT_BEFORE_OCCURRED] if marked else [])


def test_R18_only_an_answer_to_a_commission_names_one() -> None:
    named = Reference(title="冬季供热", commission_id=UUID(int=7))
    content = ContentFactory.development(reference=named).model_copy(update={"kind": Kind.GUIDANCE_ANSWER})
    with pytest.raises(Invalid) as refused:
        check_content(content, latest_occurrence=OCCURRED, limits=LIMITS)
    assert refused.value.pointer == "/content/reference/commission_id"
    answer = content.model_copy(update={"kind": Kind.COMMISSION_ANSWER})
    check_content(answer, latest_occurrence=OCCURRED, limits=LIMITS)
