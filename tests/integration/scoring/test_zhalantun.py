"""Real figures through events, ledger and bulletin: Zhalantun, first quarter 2023 (published by that city's portal)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from contracts.vocabulary import Level
from tests.factories.scoring import ScoringFactory
from tests.factories.scoring_office import ScoringOffice

RULES = """
place: 扎兰屯市
version: 2023-1
valid_from: 2023-01-01
adoption: [{level: city, points: 5}]
outcome: [{level: upper, points: 10}]
"""

PUBLISHED = [
    (1, "扎兰屯市现代农业产业园服务中心", 35, 3, 205),
    (2, "水利局", 36, 0, 180),
    (3, "市场监督管理局", 27, 1, 145),
    (4, "公安局", 25, 1, 135),
    (5, "民政局", 26, 0, 130),
]


def test_R19_zhalantun_first_quarter_2023_comes_out_as_published(office: ScoringOffice) -> None:
    office.record_rules(RULES)
    for number, (_, name, city, upper, _) in enumerate(PUBLISHED, start=1):
        _play(office, UUID(int=number), name, city, upper)

    bulletin = office.issue("2023-q1")

    assert [(line.rank, line.unit_name, line.points) for line in bulletin.lines] == [
        (rank, name, Decimal(total)) for rank, name, _, _, total in PUBLISHED
    ]
    assert sum(line.counts["adoption.city"] for line in bulletin.lines) == 149
    assert office.sums()[0] == office.sums()[1]


def _play(office: ScoringOffice, unit_id: UUID, name: str, city: int, upper: int) -> None:
    """Each adoption by the city's site is one report in an issue; what the upper site took was one of them."""
    office.hear(ScoringFactory.unit(unit_id, name), 2)
    items = [ScoringFactory.item(unit_id) for _ in range(city)]
    for number, month in enumerate((1, 2, 3)):
        issue = ScoringFactory.issue(*items[number::3], published_at=datetime(2023, month, 15, tzinfo=UTC))
        office.hear(issue)
    for item in items[:upper]:
        taken = datetime(2023, 3, 20, tzinfo=UTC)
        office.hear(
            ScoringFactory.outcome(unit_id, report_id=item.report_id, level=Level.UPPER, happened_at=taken)
        )
