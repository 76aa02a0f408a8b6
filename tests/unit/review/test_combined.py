"""Combined items: shares that sum to one, whatever happens to their parts (R08, R11)."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.desk import Adopt
from kernel.errors import Invalid
from services.review.model.adoptions import Adoption
from services.review.model.combined import divide, divide_equally, equal_shares, gather, promote
from services.review.model.desk import DeskItem
from tests.factories.review import EDITOR, NOW, registered


def adoptions(number: int) -> list[Adoption]:
    items = [DeskItem.queued(registered()) for _ in range(number)]
    return [Adoption.of(item, Adopt(report_id=item.report_id, issue_id=uuid4()), EDITOR, NOW) for item in items]


@given(st.integers(min_value=1, max_value=60))
def test_R08_equal_shares_sum_to_one_have_four_places_and_differ_by_the_remainder(number: int) -> None:
    shares = equal_shares(number)
    assert sum(shares) == 1
    assert all(share == share.quantize(Decimal("0.0001")) for share in shares)
    assert 0 <= shares[0] - shares[-1] < Decimal("0.0001") * number


def test_R08_the_leading_report_has_what_is_left_over() -> None:
    assert [str(share) for share in equal_shares(3)] == ["0.3334", "0.3333", "0.3333"]


def test_R08_shares_that_do_not_sum_are_refused_with_their_sum_and_change_nothing() -> None:
    members = adoptions(2)
    with pytest.raises(Invalid) as refused:
        divide(members, dict(zip([m.adoption_id for m in members], [Decimal("0.5"), Decimal("0.4999")], strict=True)))
    assert refused.value.extra["sum"] == "0.9999"
    assert [member.share for member in members] == [1, 1]


def test_R08_every_report_of_the_item_needs_a_share_and_nobody_else_has_one() -> None:
    members = adoptions(2)
    for named in ({members[0].adoption_id: Decimal(1)}, {m.adoption_id: Decimal("0.25") for m in adoptions(4)}):
        with pytest.raises(Invalid):
            divide(members, named)


def test_R08_the_next_one_leads_with_its_own_words_when_the_leading_report_goes() -> None:
    leading, second, third = adoptions(3)
    gather(leading, [second, third])
    promote([second, third], "要闻")
    divide_equally([second, third])
    assert (second.leading_id, third.leading_id, second.column_name) == (None, second.adoption_id, "要闻")
    assert [second.share, third.share] == [Decimal("0.5"), Decimal("0.5")]
