"""Combined items (综合): several units' reports as one item, the credit divided among them (notice 二(四), 五(四))."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from kernel.errors import Invalid
from services.review.model.adoptions import WHOLE_SHARE, Adoption

PLACES = Decimal("0.0001")
"""A share has four decimal places at the most."""


def equal_shares(number: int) -> list[Decimal]:
    """The whole in equal shares to four places, the first with what is left over: 0.3334, 0.3333, 0.3333."""
    each = (WHOLE_SHARE / number).quantize(PLACES, ROUND_DOWN)
    return [WHOLE_SHARE - each * (number - 1), *[each] * (number - 1)]


def divide_equally(members: Sequence[Adoption]) -> None:
    """The rule where nobody has stated shares; `members` begin with the leading one."""
    for member, share in zip(members, equal_shares(len(members)), strict=True):
        member.share = share
        member.version += 1


def divide(members: Sequence[Adoption], shares: Mapping[UUID, Decimal]) -> None:
    """Shares as stated. Raises `Invalid` unless each member has one and they sum to 1 exactly."""
    if shares.keys() != {member.adoption_id for member in members}:
        raise Invalid(
            "份额须逐一列出该综合稿的全部供稿，不多不少。",
            "Shares must name every adoption of the combined item, and no other.",
            pointer="/shares",
        )
    total = sum(shares.values(), Decimal(0))
    if total != WHOLE_SHARE:
        raise Invalid(
            f"各单位份额之和应为 1，现为 {total.normalize():f}。",
            f"The shares must sum to 1; they sum to {total.normalize():f}.",
            pointer="/shares",
            extra={"sum": f"{total.normalize():f}"},
        )
    for member in members:
        member.share = shares[member.adoption_id]
        member.version += 1


def gather(leading: Adoption, further: Sequence[Adoption]) -> None:
    """One item: the leading adoption's words, and the others behind it."""
    leading.leading_id = None
    for adoption in further:
        adoption.leading_id = leading.adoption_id


def promote(members: Sequence[Adoption], column_name: str | None) -> None:
    """The first of those left leads, with its own words, in the place of the one that left."""
    gather(members[0], members[1:])
    members[0].column_name = column_name
