from __future__ import annotations

import random
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from services.scoring.model.bulletins import Listed, Sum, canonical, compose
from services.scoring.model.periods import Period
from services.scoring.model.points import in_words
from services.scoring.model.units import pinyin_of

NAMES = ["扎兰屯市现代农业产业园服务中心", "水利局", "市场监督管理局", "公安局", "民政局"]


def listed(name: str) -> Listed:
    return Listed(uuid4(), name, "bureau", pinyin_of(name))


def sums(unit: Listed, month: str = "2026-11", rule: str = "adoption.city", **changes: Any) -> Sum:
    values = {"period": month, "points": Decimal(5), "count": 1} | changes
    return Sum(unit_id=unit.unit_id, month=month, rule=rule, **values)


def lines(document: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in names) for line in document["lines"]]


def test_R19_zhalantun_first_quarter_2023_gives_the_published_totals() -> None:
    units = [listed(name) for name in NAMES]
    counts = [(35, 3), (36, 0), (27, 1), (25, 1), (26, 0)]
    postings = [
        Sum(unit.unit_id, "2023-02", "2023-02", rule, Decimal(points * number), number)
        for unit, (city, upper) in zip(units, counts, strict=True)
        for rule, points, number in (("city", 5, city), ("upper", 10, upper))
    ]

    document = compose(Period.parse("2023-q1"), units, postings, {"city": "本市采用", "upper": "上级采用"})

    assert lines(document, "rank", "unit_name", "points") == [
        (1, NAMES[0], "205"), (2, NAMES[1], "180"), (3, NAMES[2], "145"), (4, NAMES[3], "135"), (5, NAMES[4], "130"),
    ]
    assert document["points_total"] == "795"


def test_R19_equal_points_share_a_rank_and_the_next_rank_counts_all_before() -> None:
    # Dazhou 2010: two counties at 264, in the order of their pinyin.
    units = [listed(name) for name in ("渠县", "达县", "宣汉县", "通川区")]
    points = [264, 264, 308, 260]
    postings = [sums(unit, points=Decimal(value)) for unit, value in zip(units, points, strict=True)]

    document = compose(Period.parse("2026-11"), units, postings, {"adoption.city": "采用"})

    assert lines(document, "rank", "unit_name") == [(1, "宣汉县"), (2, "达县"), (2, "渠县"), (4, "通川区")]


def test_R19_units_without_points_appear_with_zero() -> None:
    scored, silent = listed("水利局"), listed("民政局")

    document = compose(Period.parse("2026-11"), [silent, scored], [sums(scored)], {"adoption.city": "采用"})

    assert lines(document, "unit_name", "points", "counts") == [
        ("水利局", "5", {"adoption.city": 1}), ("民政局", "0", {}),
    ]


def test_R19_year_to_date_reaches_from_january_to_the_period() -> None:
    unit = listed("水利局")

    document = compose(
        Period.parse("2026-11"), [unit], [sums(unit, "2026-01"), sums(unit)], {"adoption.city": "采用"}
    )

    assert lines(document, "points", "year_to_date") == [("5", "10")]


def test_R19_later_corrections_are_shown_by_unit_and_month() -> None:
    unit = listed("水利局")
    late = sums(unit, "2026-11", period="2026-12", points=Decimal("-2.50"), count=-1)

    document = compose(Period.parse("2026-12"), [unit], [late], {"adoption.city": "采用"})

    assert document["corrections"] == [
        {"unit_id": str(unit.unit_id), "unit_name": "水利局", "month": "2026-11", "points": "-2.5"}
    ]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-500, 500)), max_size=30), st.randoms(use_true_random=False))
def test_R19_the_order_of_units_and_sums_does_not_change_a_byte(
    postings: list[tuple[int, int]], chance: random.Random
) -> None:
    units = [Listed(UUID(int=number), name, "bureau", pinyin_of(name)) for number, name in enumerate(NAMES)]
    given_sums = [sums(units[unit], points=Decimal(points) / 100) for unit, points in postings]
    shuffled = chance.sample(given_sums, len(given_sums))

    first = compose(Period.parse("2026-11"), units, given_sums, {"adoption.city": "采用"})
    second = compose(Period.parse("2026-11"), units[::-1], shuffled, {"adoption.city": "采用"})

    assert canonical(first) == canonical(second)


def test_R19_points_are_printed_without_idle_zeros() -> None:
    assert [in_words(Decimal(text)) for text in ("205.00", "175.70", "0.00", "-5.50", "1E+2")] == [
        "205", "175.7", "0", "-5.5", "100",
    ]
