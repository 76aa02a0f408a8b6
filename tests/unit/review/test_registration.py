"""Intake's registration mark as kept here: missed is decided only behind it."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.review.model.registration import Counts, RegistrationMark
from tests.factories.review import NOW

MINUTES = st.integers(min_value=0, max_value=50)



def test_R17_only_the_newest_pending_mark_is_kept() -> None:
    mark = RegistrationMark(id=1, version=0)
    mark.keep_pending(NOW + timedelta(minutes=2), Counts(2, 5))
    mark.keep_pending(NOW + timedelta(minutes=1), Counts(1, 4))
    assert (mark.pending_total, mark.pending_answers) == (2, 5)


@given(st.lists(st.tuples(st.booleans(), MINUTES), max_size=20))
@settings(max_examples=100)
def test_R17_the_applied_mark_never_runs_backwards(words: list[tuple[bool, int]]) -> None:
    mark = RegistrationMark(id=1, version=0)
    highest = None
    for complete, minutes in words:
        up_to = NOW + timedelta(minutes=minutes)
        if not mark.is_news(up_to):
            continue
        if complete:
            mark.apply(up_to, Counts(minutes, minutes))
            highest = up_to
        else:
            mark.keep_pending(up_to, Counts(minutes, minutes))
        assert mark.applied_up_to == highest
        assert mark.pending_up_to is None or mark.is_news(mark.pending_up_to)
