"""Doubles, any order, and many at once end in the same ledger (faults.md F8, I3)."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import DeadlineOutcome, Level, Outcome
from kernel.database import Emitted
from kernel.ids import new_id
from kernel.testing import keyring_for
from tests.factories.scoring import NOVEMBER, ScoringFactory, person
from tests.factories.scoring_office import ScoringOffice

RULES = """
place: 某市
version: '{version}'
valid_from: 2020-01-01
several_publications: {several}
adoption: [{{level: city, points: 6}}, {{level: city, item_kind: brief, points: 2.5}}]
outcome: [{{level: province, points: 20}}]
instruction: [{{level: city, points: 7, additive: false}}, {{level: state, points: 9}}]
deduction: [{{event: urgent report late, points: -10}}]
"""


def rules(several: str) -> str:
    return RULES.format(several=several, version=several[:3])


Heard = tuple[Emitted, str, int]


def month_of_work(chance: random.Random) -> list[Heard]:
    """Adoptions, withdrawals, instructions, outcomes and deadlines of two units, as they truly happened."""
    units = (UUID(int=1), UUID(int=2))
    heard: list[Heard] = []
    reports = [new_id() for _ in range(4)]
    for number in range(chance.randint(1, 4)):
        items = [
            ScoringFactory.item(
                chance.choice(units),
                report_id=report,
                item_kind=chance.choice(("item", "brief")),
                share=Decimal(chance.choice(("1", "0.5", "0.333"))),
            )
            for report in chance.sample(reports, chance.randint(1, 3))
        ]
        issue = ScoringFactory.issue(
            *items, number=number, published_at=datetime(2026, chance.choice((10, 11)), 3, tzinfo=UTC)
        )
        heard.append((issue, str(issue.issue_id), 1))
        heard += [
            (ScoringFactory.withdrawal(item), str(item.report_id), 2) for item in items if chance.random() < 0.3
        ]
        item = chance.choice(items)
        given_ = ScoringFactory.instruction(issue, item, level=chance.choice((Level.CITY, Level.STATE)))
        heard.append((given_, str(given_.instruction_id), 1))
        outcome = ScoringFactory.outcome(
            item.unit_id, report_id=item.report_id, outcome=chance.choice((Outcome.ADOPTED, Outcome.INSTRUCTED)),
            level=chance.choice((Level.PROVINCE, Level.STATE)),
        )
        heard.append((outcome, str(outcome.outcome_id), 1))
    missed = ScoringFactory.missed(units[0])
    heard.append((missed, str(missed.deadline_id), 2))
    for version, judged in enumerate(
        chance.choice(([], [DeadlineOutcome.MET], [DeadlineOutcome.MET, DeadlineOutcome.MISSED])), start=3
    ):
        heard.append((ScoringFactory.reassessed(missed, judged), str(missed.deadline_id), version))
    return heard


def bodies(heard: list[Heard]) -> list[bytes]:
    """The events as they travel, each with its id."""
    token = keyring_for("gateway").sign(person(), NOVEMBER, None)
    return [
        json.dumps(
            {
                "id": str(new_id()), "source": "/chengbao/test", "type": data.TYPE, "subject": subject,
                "time": NOVEMBER.isoformat(), "subjectversion": version, "correlationid": str(new_id()),
                "principal": token, "data": data.model_dump(mode="json"),
            }
        ).encode()
        for data, subject, version in heard
    ]


def test_F8_shuffled_and_doubled_events_give_the_same_sums_and_these_are_the_recomputed_ones(
    migrated_database: Callable[[str], str],
) -> None:
    """Two offices hear the same work, one as it happened, one shuffled and doubled; it piles up over the examples."""
    offices = {
        several: [ScoringOffice(migrated_database("scoring"), rules(several)) for _ in range(2)]
        for several in ("add up", "highest")
    }

    @settings(max_examples=10, database=None)
    @given(st.integers(0, 2**32), st.sampled_from(["add up", "highest"]))
    def same_sums(seed: int, several: str) -> None:
        chance = random.Random(seed)
        events = bodies(month_of_work(chance))
        shuffled = [*events, *chance.choices(events, k=len(events) // 2)]
        chance.shuffle(shuffled)
        hear(offices[several][0], events)
        hear(offices[several][1], shuffled)

        (ordered, recomputed), (disordered, recomputed_too) = (office.sums() for office in offices[several])
        assert ordered == recomputed == disordered == recomputed_too

    same_sums()
    assert all(office.sums()[0] for pair in offices.values() for office in pair)
    for office in (office for pair in offices.values() for office in pair):
        office.close()


def test_F8_events_handled_at_the_same_time_post_once(office: ScoringOffice) -> None:
    item = ScoringFactory.item(office.water)
    issues = [ScoringFactory.issue(ScoringFactory.item(office.police), item) for _ in range(3)]
    for_item = [ScoringFactory.issue(item, issue_id=issues[0].issue_id) for _ in range(3)]
    events = bodies([(issue, "1", 1) for issue in (*issues, *for_item)] + [(ScoringFactory.withdrawal(item), "1", 2)])

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(office.harness.deliver_body, events))

    office.harness.retry()
    ledger, recomputed = office.sums()
    assert ledger == recomputed == {(office.police, "2026-11"): Decimal(18)}


def test_F8_a_posting_waits_for_the_bulletin_being_issued(office: ScoringOffice) -> None:
    events = bodies([(ScoringFactory.issue(ScoringFactory.item(office.water)), "1", 1) for _ in range(8)])

    with ThreadPoolExecutor(4) as threads:
        heard = [threads.submit(office.harness.deliver_body, body) for body in events]
        issued = threads.submit(office.issue, "2026-11")
        for one in heard:
            one.result()

    november = {line.unit_name: line.points for line in issued.result().lines}["水利局"]
    december = office.points("2026-12").get("水利局", Decimal(0))
    assert november + december == 48


def hear(office: ScoringOffice, events: list[bytes]) -> None:
    """In batches, as the consumer takes them in."""
    for start in range(0, len(events), 7):
        office.harness.deliver_body(*events[start : start + 7])
    office.harness.retry()
