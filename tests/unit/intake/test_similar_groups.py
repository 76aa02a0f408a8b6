"""Reports of one page that are alike stand together (R11)."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.intake.queries.similar_groups import joined

MEMBERS = [UUID(int=number) for number in range(8)]
PAIRS = st.lists(st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)), max_size=12)


def test_R11_what_is_alike_by_way_of_another_is_one_group_in_the_order_of_the_page() -> None:
    a, b, c, d, e, *_ = MEMBERS
    assert joined([a, b, c, d, e], [(e, c), (a, c), (b, d)]) == [[a, c, e], [b, d]]


@given(PAIRS)
def test_R11_each_report_stands_in_one_group_at_most_and_both_of_a_pair_in_the_same(
    pairs: list[tuple[UUID, UUID]],
) -> None:
    groups = joined(MEMBERS, pairs)
    found = [member for group in groups for member in group]
    assert len(found) == len(set(found))
    assert all(len(group) > 1 and group == sorted(group) for group in groups)
    for one, other in pairs:
        assert one == other or any(one in group and other in group for group in groups)
