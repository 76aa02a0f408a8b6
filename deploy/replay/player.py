"""Plays a published table in a scratch city: each counted adoption is one report that goes the whole road.

The reports of all units are written and signed by their API clients, travel over the bus, are adopted by an editor
and published by the chief editor, in the table's period on the city's own clock; then the period is over, its
bulletin is computed, and the caller compares.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from clients.client import PATIENCE, Client
from contracts.vocabulary import Role, UnitClass
from deploy.city import City
from deploy.demo_people import Cast, DemoPerson, DemoUnit
from deploy.replay.table import AdoptionColumn, OutcomeColumn, ReplayRules, UnitRow
from deploy.seeding import Seeds, seed
from kernel.clock import SHANGHAI, ShiftedClock

ITEMS_PER_ISSUE = 12
SETTLE_SECONDS = 60.0
OFFICE = "office"

Tell = Callable[[str, int, int], None]
"""Told of progress: step, done, total."""


class ReplayFailed(Exception):
    """The table could not be played; the message says which step did not come to its end."""


@dataclass(frozen=True)
class Story:
    """One report of the table: whose it is, where it is adopted (if at all), and what became of it higher up."""

    unit: str
    number: int
    adoption: AdoptionColumn | None
    outcomes: tuple[OutcomeColumn, ...] = ()


def stories(row: UnitRow, rules: ReplayRules) -> list[Story]:
    """A report for each counted adoption; the outcomes are shared out over them, one after another."""
    adoptions: list[AdoptionColumn | None] = []
    outcomes: list[OutcomeColumn] = []
    for name, column in rules.table.columns.items():
        if isinstance(column, AdoptionColumn):
            adoptions += [column] * row.counts[name]
        else:
            outcomes += [column] * row.counts[name]
    if outcomes and not adoptions:
        adoptions = [None]  # never adopted by the city itself: passed upward all the same
    shared: list[list[OutcomeColumn]] = [[] for _ in adoptions]
    for position, outcome in enumerate(outcomes):
        shared[position % len(shared)].append(outcome)
    return [
        Story(row.unit, number, adoption, tuple(of_report))
        for number, (adoption, of_report) in enumerate(zip(adoptions, shared, strict=True), 1)
    ]


def period_bounds(period: str) -> tuple[datetime, datetime]:
    """Beginning and end of a month, quarter or year, in Asia/Shanghai."""
    year, _, part = period.partition("-")
    first, months = (1, 12) if not part else (int(part[1]) * 3 - 2, 3) if part[0] == "q" else (int(part), 1)
    begin = datetime(int(year), first, 1, tzinfo=SHANGHAI)
    after = first + months
    return begin, datetime(int(year) + (after > 12), (after - 1) % 12 + 1, 1, tzinfo=SHANGHAI)


def begin_clock(clock_file: Path, rules: ReplayRules) -> None:
    """The first morning of the period, for a city that is not started yet.

    A running one cannot be put back: what it has received before lies in the future then, and as received times never
    run backwards, every report would bear that one instant and be late.
    """
    ShiftedClock(clock_file).set_to(period_bounds(rules.table.period)[0] + timedelta(hours=9))


def cast_for(rows: Sequence[UnitRow], rules: ReplayRules) -> Cast:
    """The people of the scratch city: an office with its desk, and two people in every unit of the table."""
    units = [DemoUnit(OFFICE, "市政府办公厅信息处", UnitClass.CITY_OFFICE)]
    people = [
        DemoPerson("editor", "责任编辑", OFFICE, Role.EDITOR, "责任编辑"),
        DemoPerson("chief", "总编辑", OFFICE, Role.CHIEF_EDITOR, "总编辑"),
        DemoPerson("scorer", "计分员", OFFICE, Role.SCORING_OFFICER, "计分员"),
    ]
    for number, row in enumerate(rows, 1):
        code = f"u{number}"
        units.append(DemoUnit(code, row.unit, row.unit_class))
        people.append(DemoPerson(f"{code}.officer", f"{row.unit}信息员", code, Role.INFORMATION_OFFICER, "信息员"))
        people.append(DemoPerson(f"{code}.leader", f"{row.unit}负责人", code, Role.RESPONSIBLE_LEADER, "分管负责人"))
    publications = tuple((entry.code, entry.name, ()) for entry in rules.table.publications)
    return Cast(tuple(units), tuple(people), publications, tuple(unit.code for unit in units[1:]))


@dataclass
class Player:
    """Plays one table; `play` may be called once."""

    city: City
    rules: ReplayRules
    rows: Sequence[UnitRow]
    tell: Tell
    patience: float = PATIENCE
    """Seconds each of its clients repeats a call while the gateway is away."""
    seeds: Seeds = field(init=False)
    cast: Cast = field(init=False)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    """Those the units were given, as they hold them."""

    def play(self) -> dict[str, Any]:
        """The whole road for every report of the table; returns the period's issued bulletin. Raises `ReplayFailed`.

        The city was started on a clock that `begin_clock` set.
        """
        _, end = period_bounds(self.rules.table.period)
        self.tell("units and people", 0, 1)
        self.cast = cast_for(self.rows, self.rules)
        self.seeds = seed(self.city, self.cast)
        with self._person("scorer") as scorer:
            scorer.post("/v1/rules", {"text": self.rules.scoring_text()})
        reports = self._submit_all()
        self._adopt_and_publish(reports)
        self._record_outcomes(reports)
        ShiftedClock(self._clock_file()).set_to(end + timedelta(hours=9))
        return self._issue_bulletin()

    def _clock_file(self) -> Path:
        if self.city.clock_file is None:
            raise ReplayFailed("a replay needs a city with a clock of its own")
        return self.city.clock_file

    def _person(self, login: str) -> Client:
        client = Client(self.city.base_url, patience=self.patience)
        client.sign_in(login, self.seeds.password(login))
        return client

    def _submit_all(self) -> dict[UUID, Story]:
        """Every report signed and received; in turn by unit, as a month brings them."""
        told = list(self._in_turn())
        accepted: dict[UUID, Story] = {}
        clients = {
            code: Client(self.city.base_url, token, self.patience) for code, token in self.seeds.client_tokens.items()
        }
        for done, (code, story) in enumerate(told, 1):
            receipt = clients[code].submit_report(self._act(code, story))
            self.receipts.append(receipt)
            accepted[UUID(receipt["report_id"])] = story
            self.tell("reports received", done, len(told))
        for client in clients.values():
            client.close()
        return accepted

    def _in_turn(self) -> Iterator[tuple[str, Story]]:
        by_unit = {f"u{number}": stories(row, self.rules) for number, row in enumerate(self.rows, 1)}
        for position in range(max(map(len, by_unit.values()), default=0)):
            for code, told in by_unit.items():
                if position < len(told):
                    yield code, told[position]

    def _act(self, code: str, story: Story) -> dict[str, Any]:
        officer, leader = (self.cast.person(f"{code}.{part}") for part in ("officer", "leader"))
        return {
            "content": {
                "kind": "development",
                "title": f"{story.unit}工作动态（第{story.number}篇）",
                "body": f"{story.unit}报送的第{story.number}篇信息，按公布的采用篇数重放。",
            },
            "author_id": str(officer.person_id),
            "signer_id": str(leader.person_id),
        }

    def _adopt_and_publish(self, reports: dict[UUID, Story]) -> None:
        """Adopted as they reach the desk, in issues of a dozen items each."""
        waiting = {report_id: story for report_id, story in reports.items() if story.adoption}
        total = len(waiting)
        with self._person("editor") as editor, self._person("chief") as chief:
            self._wait_for_desk(editor, set(reports))
            while waiting:
                publication = next(iter(waiting.values())).adoption.publication  # type: ignore[union-attr]
                batch = [
                    (report_id, story.adoption)
                    for report_id, story in waiting.items()
                    if story.adoption and story.adoption.publication == publication
                ][:ITEMS_PER_ISSUE]
                issue = editor.post("/v1/issues", {"publication_code": publication})
                for report_id, adoption in batch:
                    body = {"issue_id": issue["issue_id"], "item_kind": adoption.item_kind}
                    editor.post(f"/v1/queue/{report_id}/adoption", body)
                    del waiting[report_id]
                    self.tell("reports adopted", total - len(waiting), total)
                composed = chief.get(f"/v1/issues/{issue['issue_id']}")
                chief.post(f"/v1/issues/{issue['issue_id']}/publication", {"version": composed["version"]})

    def _wait_for_desk(self, editor: Client, expected: set[UUID]) -> None:
        def on_the_desk() -> int:
            found = {UUID(item["report_id"]) for item in editor.pages("/v1/queue", limit=200)}
            self.tell("reports on the desk", len(found & expected), len(expected))
            return len(found & expected)

        self._wait(lambda: on_the_desk() == len(expected), "the reports to reach the editors' desk")

    def _record_outcomes(self, reports: dict[UUID, Story]) -> None:
        recorded = [(report_id, outcome) for report_id, story in reports.items() for outcome in story.outcomes]
        with self._person("editor") as editor:
            for done, (report_id, outcome) in enumerate(recorded, 1):
                body = {
                    "level": outcome.level.value,
                    "outcome": outcome.outcome.value,
                    "publication": outcome.publication,
                    "happened_at": ShiftedClock(self._clock_file()).now().isoformat(),
                }
                editor.post(f"/v1/reports/{report_id}/outcomes", body)
                self.tell("outcomes recorded", done, len(recorded))

    def _issue_bulletin(self) -> dict[str, Any]:
        """Wait until every posting has arrived, then issue the period's bulletin."""
        period = self.rules.table.period
        adoptions = sum(1 for row in self.rows for story in stories(row, self.rules) if story.adoption)
        outcomes = sum(len(story.outcomes) for row in self.rows for story in stories(row, self.rules))
        with self._person("chief") as chief:

            def counted() -> bool:
                lines = chief.get(f"/v1/bulletins/{period}/draft")["lines"]
                counts = sum(sum(line["counts"].values()) for line in lines)
                self.tell("postings in the ledger", counts, adoptions + outcomes)
                return counts >= adoptions + outcomes

            self._wait(counted, "the points to be posted")
            return chief.post(f"/v1/bulletins/{period}/issue")

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + SETTLE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise ReplayFailed(f"waited {SETTLE_SECONDS:.0f} s for {what}; see the logs under {self.city.root}/log")
            time.sleep(0.2)

