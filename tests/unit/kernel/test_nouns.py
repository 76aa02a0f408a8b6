"""Which things a request names: by their fields, at any depth, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column

from contracts.rpc.refused_attempts import AttemptReason
from kernel.audit.attempts import Reason, _tenfold
from kernel.nouns import MOST_NAMED, Noun, named

REPORT, UNIT = (Noun(kind, column("id"), lambda *_: None) for kind in ("report", "unit"))
NOUNS = {"report_id": REPORT, "report_ids": REPORT, "file.unit_id": UNIT}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(st.uuids(), st.integers(0, 5), JSON)
def test_a_thing_is_found_at_any_depth_beside_anything(thing_id: UUID, depth: int, beside: Any) -> None:
    body: Any = {"report_id": str(thing_id), "beside": beside}
    for _ in range(depth):
        body = {"inner": [body]}
    assert named(NOUNS, "read", body) == [(REPORT, thing_id)]


@given(JSON)
def test_what_names_nothing_finds_nothing(body: Any) -> None:
    assert named(NOUNS, "read", body) == []


def test_a_field_may_speak_of_a_thing_in_one_method_only() -> None:
    unit_id = uuid4()
    assert named(NOUNS, "read", {"unit_id": str(unit_id)}) == []
    assert named(NOUNS, "file", {"unit_id": str(unit_id)}) == [(UNIT, unit_id)]


def test_a_thing_counts_once_and_a_long_list_by_its_beginning() -> None:
    ids = [str(uuid4()) for _ in range(2 * MOST_NAMED)]
    found = named(NOUNS, "read", {"report_ids": [ids[0], *ids, "x", 7, None]})
    assert [str(thing_id) for _, thing_id in found] == ids[:MOST_NAMED]


@given(st.integers(1, 10**9))
def test_entries_are_as_many_as_a_count_has_digits(count: int) -> None:
    written = [power for power in (10**digits for digits in range(10)) if power <= count]
    assert len(written) == len(str(count))
    assert all(_tenfold(power) for power in written)
    assert _tenfold(count) == (count in written)


def test_the_kernels_reasons_are_the_contracts() -> None:
    assert [str(reason) for reason in Reason] == [str(reason) for reason in AttemptReason]
