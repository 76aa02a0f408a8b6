"""R04: what may be marked as a drill, and that what is real once stays real."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import URGENT_KINDS, Kind, UnitClass
from kernel.errors import Invalid
from services.intake.model.contents import check_drill, drill_differs
from services.intake.model.reports import Report
from services.intake.model.units import UnitVersion
from tests.factories.intake import OCCURRED, AcceptedFactory, ContentFactory

KINDS = st.sampled_from(Kind)
BEFORE = st.sampled_from([None, False, True])


@given(kind=KINDS, drill=st.booleans(), before=BEFORE)
def test_R04_a_draft_is_refused_exactly_when_an_accepted_document_would_be_marked(
    kind: Kind, drill: bool, before: bool | None
) -> None:
    content = ContentFactory.urgent(kind=kind, drill=drill)
    if drill_differs(kind, drill, before):
        with pytest.raises(Invalid) as refused:
            check_drill(content, before)
        assert refused.value.pointer == "/content/drill"
    else:
        check_drill(content, before)


@given(kind=KINDS)
def test_R04_only_urgent_reports_are_drilled(kind: Kind) -> None:
    assert drill_differs(kind, True, None) == (kind not in URGENT_KINDS)


@given(marks=st.lists(st.booleans(), min_size=1, max_size=6))
def test_R04_a_report_is_a_drill_only_while_every_version_said_so(marks: list[bool]) -> None:
    first = AcceptedFactory.of(ContentFactory.urgent(), OCCURRED)
    report = Report.new(first, UnitVersion(name="河西区人民政府办公室", unit_class=UnitClass.DISTRICT))
    for version, drill in enumerate(marks, 1):
        report.take(first.model_copy(update={"version": version, "drill": drill}))
    assert report.drill == all(marks)
