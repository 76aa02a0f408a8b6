"""The units' side of the month: everyday reports, urgent chains in time, late and forgotten, feedback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from contracts.vocabulary import Kind, Severity
from deploy.demo.month import Agenda, Deed, is_working_day, moment
from deploy.demo.people import People
from deploy.demo.texts import (
    Everyday,
    Incident,
    everyday,
    feedback,
    final_report,
    first_report,
    first_told,
    follow_up,
    follow_up_told,
    incident,
)
from deploy.demo.units import Reporter, reporters
from deploy.demo_people import Cast
from kernel.clock import china_day

EVERYDAY_A_DAY = (16, 24)
URGENT_A_DAY = (0, 1, 1, 2)
FATES = (("in time", 78), ("late", 16), ("forgotten", 6))
"""What becomes of an urgent report, in percent."""
LIMIT = timedelta(hours=3)
UNTIL_ACKNOWLEDGED = timedelta(minutes=3)
FULL_CHAIN = 2
"""After so many follow-ups comes the final report."""
IDEAS = 8
"""Tries to find a title that was not used this month."""


@dataclass
class Units:
    """All fifty-six units at work. `waiting` are the reports on their way to the desk, by id, with their unit;
    `shared` the pairs of first reports of one incident that the desk has not joined yet."""

    people: People
    cast: Cast
    agenda: Agenda
    chance: Random

    def __post_init__(self) -> None:
        self.reporters = {entry.code: entry for entry in reporters()}
        self.districts = [entry for entry in reporters() if entry.unit_class == "district"]
        self.eagerness = [self.chance.paretovariate(1.6) for _ in self.reporters]
        self.waiting: dict[str, tuple[Reporter, dict[str, Any]]] = {}
        self.told: set[str] = set()
        self.count = 0
        self.shared: list[tuple[str, str]] = []

    def code_of(self, unit_id: str) -> str:
        return next(code for code in self.reporters if str(self.cast.unit(code).unit_id) == unit_id)

    def plan_day(self, day: date) -> None:
        """Reports of a working day come in the morning; what happens, happens at any hour."""
        if is_working_day(day):
            for _ in range(self.chance.randint(*EVERYDAY_A_DAY)):
                unit = self._any_unit()
                self.agenda.plan(moment(day, self.chance.uniform(8.5, 13.5)), self._report_of(unit))
        for _ in range(self.chance.choice(URGENT_A_DAY)):
            self._plan_incident(self.chance.choice(self.districts), moment(day, self.chance.uniform(0.5, 22.5)))

    def _any_unit(self) -> Reporter:
        """Some units report much, some hardly ever."""
        return self.chance.choices(list(self.reporters.values()), self.eagerness)[0]

    def _report_of(self, unit: Reporter) -> Deed:
        return lambda _at: self._report(unit)

    def _report(self, unit: Reporter) -> None:
        text = next((text for text in self._ideas(unit) if text.title not in self.told), None)
        if text is None:
            return  # this unit has said all it had to say
        self.told.add(text.title)
        self.submit(unit, asdict(text))

    def _ideas(self, unit: Reporter) -> Iterator[Everyday]:
        return (everyday(unit, self.chance) for _ in range(IDEAS))

    def submit(self, unit: Reporter, content: dict[str, Any]) -> dict[str, Any]:
        """Sign and submit; everything but feedback is then on its way to the desk."""
        act = {
            "content": content,
            "author_id": str(self.cast.person(f"{unit.code}.xxy").person_id),
            "signer_id": str(self.cast.person(f"{unit.code}.ld").person_id),
        }
        receipt = self.people.client(unit.code).submit_report(act)
        self.count += 1
        if content["kind"] != Kind.FEEDBACK:
            self.waiting[receipt["report_id"]] = (unit, content)
        return receipt

    # Urgent chains

    def _plan_incident(self, unit: Reporter, occurred_at: datetime) -> None:
        entry = incident(unit, self.chance)
        fate = self.chance.choices([name for name, _ in FATES], [share for _, share in FATES])[0]
        if fate == "forgotten":
            draft = occurred_at + timedelta(minutes=self.chance.randint(40, 100))
            self.agenda.plan(draft, lambda _at: self._draft_only(unit, entry, occurred_at))
            return
        share = self.chance.uniform(0.2, 0.9) if fate == "in time" else self.chance.uniform(1.05, 1.8)
        self.agenda.plan(occurred_at + LIMIT * share, lambda at: self._first_report(unit, entry, occurred_at, at))

    def _urgent(self, entry: Incident, occurred_at: datetime) -> dict[str, Any]:
        return {
            "kind": Kind.URGENT_FIRST,
            "title": entry.title,
            "body": first_report(entry, occurred_at),
            "severity": entry.severity,
            "occurred_at": occurred_at.isoformat(),
            "place": entry.place,
            "incident": first_told(entry),
        }

    def _draft_only(self, unit: Reporter, entry: Incident, occurred_at: datetime) -> None:
        """Written, never signed: its clock runs out."""
        self.people.client(unit.code).post("/v1/drafts", {"content": self._urgent(entry, occurred_at)})

    def _first_report(self, unit: Reporter, entry: Incident, occurred_at: datetime, at: datetime) -> None:
        first = self._urgent(entry, occurred_at)
        receipt = self.submit(unit, first)
        self.agenda.plan(at + UNTIL_ACKNOWLEDGED, self._acknowledgement_of(receipt["report_id"]))
        number = 0
        for number in range(1, self.chance.choice((0, 1, 2)) + 1):
            later = at + timedelta(hours=self.chance.uniform(2, 5) * number)
            self.agenda.plan(later, self._follow_up(unit, entry, first, receipt["report_id"], number))
        if number == FULL_CHAIN:
            self.agenda.plan(at + timedelta(hours=26), self._final(unit, entry, first, receipt["report_id"]))
        if entry.severity is not Severity.GENERAL:
            self.agenda.plan(at + timedelta(minutes=20), self._second_unit(first, receipt["report_id"]))

    def _second_unit(self, first: dict[str, Any], report_id: str) -> Deed:
        """The city's emergency bureau reports the same incident; the desk joins the two."""
        bureau = self.reporters["yingji"]
        content = first | {"title": f"市应急局报告{first['title']}"}

        def submit(at: datetime) -> None:
            joined = self.submit(bureau, content)["report_id"]
            self.shared.append((report_id, joined))
            self.agenda.plan(at + UNTIL_ACKNOWLEDGED, self._acknowledgement_of(joined))

        return submit

    def _follow_up(
        self, unit: Reporter, entry: Incident, first: dict[str, Any], report_id: str, number: int
    ) -> Deed:
        title, body = follow_up(entry, number)
        return self._later(unit, first, report_id, Kind.URGENT_FOLLOW_UP, title, body, follow_up_told(entry, number))

    def _final(self, unit: Reporter, entry: Incident, first: dict[str, Any], report_id: str) -> Deed:
        return self._later(unit, first, report_id, Kind.URGENT_FINAL, *final_report(entry))

    def _later(
        self, unit: Reporter, first: dict[str, Any], report_id: str, kind: Kind, title: str, body: str,
        told: dict[str, Any],
    ) -> Deed:  # fmt: skip
        content = first | {
            "kind": kind, "title": title, "body": body, "incident": told, "follows_report_id": report_id,
        }  # fmt: skip

        def submit(at: datetime) -> None:
            receipt = self.submit(unit, content)
            self.agenda.plan(at + UNTIL_ACKNOWLEDGED, self._acknowledgement_of(receipt["report_id"]))

        return submit

    def _acknowledgement_of(self, report_id: str) -> Deed:
        return lambda _at: self._acknowledge(report_id)

    def _acknowledge(self, report_id: str) -> None:
        """The duty officer takes note of it once intake has it."""
        with self.people.person("duty") as duty:

            def waits() -> bool:
                waiting = duty.pages("/v1/reports", acknowledged="false", limit=200)
                return any(report["report_id"] == report_id for report in waiting)

            self.people.wait(waits, "an urgent report to be registered")
            duty.post(f"/v1/reports/{report_id}/acknowledgement")

    def plan_last_morning(self) -> None:
        """When the demo stops, a shift is on duty, one urgent report waits to be acknowledged, and so does a drill."""
        end, unit = self.agenda.end, self.districts[0]
        entry = incident(unit, Random("last morning"))  # noqa: S311  # a story, not a secret
        self.agenda.plan(end - timedelta(minutes=50), self._record_shift)
        for minutes, mark in ((12, {}), (8, {"drill": True, "title": f"应急演练：{entry.title}"})):
            at = end - timedelta(minutes=minutes)
            content = self._urgent(entry, at - timedelta(minutes=35)) | mark
            self.agenda.plan(at, self._submission_of(unit, content))

    def _submission_of(self, unit: Reporter, content: dict[str, Any]) -> Deed:
        def submit(_at: datetime) -> None:
            self.submit(unit, content)

        return submit

    def _record_shift(self, at: datetime) -> None:
        start = moment(china_day(at), 8.5)
        shift = {
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(days=1)).isoformat(),
            "persons": [str(self.cast.person(login).person_id) for login in ("duty", "duty2")],
        }
        with self.people.person("duty") as duty:
            duty.post("/v1/duty-shifts", shift)

    # Handling of instructions

    def give_feedback(self, unit: Reporter, assignment: dict[str, Any]) -> None:
        title, body = feedback(unit, assignment["report_title"], self.chance)
        content = {"kind": Kind.FEEDBACK, "title": title, "body": body, "assignment_id": assignment["assignment_id"]}
        self.submit(unit, content)

    def resubmit(self, unit: Reporter, content: dict[str, Any], report_id: str) -> None:
        """A returned report, completed: a new version with a receipt of its own."""
        improved = content["body"] + "（按编辑意见补充：数据已与统计部门核对。）"
        self.submit(unit, {**content, "body": improved, "report_id": report_id})
