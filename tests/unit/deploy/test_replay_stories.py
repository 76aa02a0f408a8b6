"""What a table's counts become: reports, the outcomes shared over them, the days of the period, the comparison."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from contracts.vocabulary import UnitClass
from deploy.layout import ROOT
from deploy.replay.command import as_document
from deploy.replay.compare import compare
from deploy.replay.player import cast_for, period_bounds, stories
from deploy.replay.table import UnitRow, read_rules, read_table

EXAMPLE = ROOT / "examples" / "zhalantun-2023-q1"
RULES = read_rules(EXAMPLE / "rules.yaml")


def row(adopted: int, upper: int, *, unit: str = "公安局", total: int = 0, rank: int | None = None) -> UnitRow:
    counts = {"city_adopted": adopted, "hulunbuir_adopted": upper}
    return UnitRow(unit, UnitClass.BUREAU, counts, Decimal(total), rank)


def test_each_counted_adoption_is_one_report() -> None:
    told = stories(row(3, 0), RULES)
    assert [(story.number, story.adoption is not None, story.outcomes) for story in told] == [
        (1, True, ()),
        (2, True, ()),
        (3, True, ()),
    ]


def test_outcomes_are_shared_out_over_the_adopted_reports() -> None:
    assert [len(story.outcomes) for story in stories(row(3, 4), RULES)] == [2, 1, 1]


def test_outcomes_without_an_adoption_belong_to_one_report_that_was_never_adopted() -> None:
    (only,) = stories(row(0, 2), RULES)
    assert only.adoption is None
    assert len(only.outcomes) == 2


def test_a_unit_that_reached_nothing_reports_nothing() -> None:
    assert stories(row(0, 0), RULES) == []


@pytest.mark.parametrize(
    ("period", "first", "end"),
    [
        ("2023-q1", (2023, 1, 1), (2023, 4, 1)),
        ("2023-q4", (2023, 10, 1), (2024, 1, 1)),
        ("2024-02", (2024, 2, 1), (2024, 3, 1)),
        ("2023-12", (2023, 12, 1), (2024, 1, 1)),
        ("2023", (2023, 1, 1), (2024, 1, 1)),
    ],
)
def test_a_period_begins_and_ends_in_shanghai(
    period: str, first: tuple[int, int, int], end: tuple[int, int, int]
) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert period_bounds(period) == (datetime(*first, tzinfo=zone), datetime(*end, tzinfo=zone))


def test_every_unit_of_the_table_has_an_author_and_another_who_signs() -> None:
    cast = cast_for([row(1, 0), row(1, 0, unit="水利局")], RULES)
    for code in cast.client_units:
        officer, leader = cast.person(f"{code}.officer"), cast.person(f"{code}.leader")
        assert officer.unit == leader.unit == code
        assert officer.person_id != leader.person_id


def test_ties_share_a_rank_and_the_next_one_is_left_out() -> None:
    rows = [row(0, 0, unit=unit, total=total) for unit, total in (("甲", 10), ("乙", 10), ("丙", 5))]
    lines = [{"unit_name": one.unit, "points": str(one.published_total)} for one in rows]
    assert [one.rank for one in compare(rows, lines)] == [1, 1, 3]


def test_points_written_otherwise_are_the_same_points() -> None:
    (one,) = compare([row(1, 0, total=5)], [{"unit_name": "公安局", "points": "5.00"}])
    assert one.agrees


def test_a_unit_that_the_bulletin_does_not_name_does_not_agree() -> None:
    (one,) = compare([row(1, 0, total=5)], [])
    assert (one.points, one.difference, one.rank, one.agrees) == (None, None, None, False)


def test_a_rank_other_than_the_published_one_does_not_agree() -> None:
    (one,) = compare([row(1, 0, total=5, rank=2)], [{"unit_name": "公安局", "points": "5"}])
    assert one.difference == 0
    assert not one.agrees


def test_one_published_total_changed_is_a_difference_that_is_named() -> None:
    rows = read_table(EXAMPLE / "table.csv", RULES.table)
    lines = [{"unit_name": one.unit, "points": str(one.published_total)} for one in rows]
    changed = [row(0, 0, unit=rows[0].unit, total=206), *rows[1:]]
    assert as_document(compare(rows, lines))["agrees"]
    document = as_document(compare(changed, lines))
    assert not document["agrees"]
    assert [unit["difference"] for unit in document["units"]] == [-1, 0, 0, 0, 0]
