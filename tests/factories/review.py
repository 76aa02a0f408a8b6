"""People, registered documents and a desk at work, for the tests of review."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from contracts.events.gateway import SignOff
from contracts.events.intake import RegistrationAdvanced, ReportRegistered, UnitRecorded
from contracts.model import EventData
from contracts.rpc import desk as desk_rpc
from contracts.rpc import instructions as instruction_rpc
from contracts.rpc import issues as issue_rpc
from contracts.vocabulary import DeadlineKind, InstructionClass, Kind, Role, Severity, SignOffMethod, UnitClass
from kernel.errors import BadMessage, Refusal
from kernel.parking import discard_held
from kernel.principal import Principal
from kernel.testing import ServiceHarness

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
HEPING, HANGU = UUID(int=0x_1001), UUID(int=0x_1002)
UNIT_NAMES = {HEPING: "和平区政府办公室", HANGU: "市水务局"}
UNIT_CLASSES = {HEPING: UnitClass.DISTRICT, HANGU: UnitClass.BUREAU}
_numbers: Iterator[int] = count(1)


def person(name: str, *roles: Role, unit_id: UUID | None = None) -> Principal:
    return Principal(str(uuid4()), name, unit_id, frozenset(roles))


EDITOR = person("王编辑", Role.EDITOR)
OTHER_EDITOR = person("李编辑", Role.EDITOR)
CHIEF = person("赵总编", Role.CHIEF_EDITOR)
SECRETARY = person("孙秘书", Role.SECRETARY)
SUPERVISOR = person("周督办", Role.SUPERVISOR)
LEADER = person("陈副市长", Role.LEADER)
OFFICER = person("钱信息员", Role.INFORMATION_OFFICER, unit_id=HEPING)
FOREIGN_OFFICER = person("郑信息员", Role.INFORMATION_OFFICER, unit_id=HANGU)


def registered(**changes: Any) -> ReportRegistered:
    """A development item of Heping district, as intake registers it."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "report_id": uuid4(),
        "number": f"2026-{number:07}",
        "receipt_number": f"2026-{number:07}",
        "version": 1,
        "kind": Kind.DEVELOPMENT,
        "unit_id": HEPING,
        "title": f"和平区推进老旧小区改造第{number}次调度",
        "body": "全区已完成改造二十个小区。",
        "sign_off": signed(),
        "received_at": NOW,
        "content_hash": "sha256:" + "0" * 64,
    } | changes
    values.setdefault("unit_name", UNIT_NAMES[values["unit_id"]])
    values.setdefault("unit_class", UNIT_CLASSES[values["unit_id"]])
    return ReportRegistered(**values)


def urgent(severity: Severity, **changes: Any) -> ReportRegistered:
    return registered(kind=Kind.URGENT_FIRST, severity=severity, title=f"和平区{severity.label}突发事件", **changes)


def feedback(assignment_id: UUID, received_at: datetime, **changes: Any) -> ReportRegistered:
    """A signed feedback of Heping district."""
    return registered(
        kind=Kind.FEEDBACK,
        title="关于批示办理情况的反馈",
        assignment_id=assignment_id,
        received_at=received_at,
        **changes,
    )


def new_version(report: ReportRegistered, **changes: Any) -> ReportRegistered:
    """The same report signed again after a return."""
    following = {"version": report.version + 1, "receipt_number": f"2026-{next(_numbers):07}"} | changes
    return report.model_copy(update=following)


def signed(author_id: UUID | None = None, signer_id: UUID | None = None) -> SignOff:
    return SignOff(
        author_id=author_id,
        author_name="钱信息员",
        signer_id=signer_id,
        signer_name="吴主任",
        signer_post="办公室主任",
        signed_at=NOW,
        method=SignOffMethod.SESSION,
    )


def unit(unit_id: UUID, **changes: Any) -> UnitRecorded:
    values = {"name": UNIT_NAMES[unit_id], "unit_class": UNIT_CLASSES[unit_id], "valid_from": NOW.date()} | changes
    return UnitRecorded(unit_id=unit_id, **values)


def mark(up_to: datetime, total: int) -> RegistrationAdvanced:
    return RegistrationAdvanced(up_to=up_to, feedback_total=total)


def at_once(*acts: Callable[[], object]) -> list[Any]:
    """Do all acts in threads that start together; returns what each returned or was refused with."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[place] = act()
        except Refusal as refusal:
            results[place] = refusal

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@dataclass
class ReviewOffice:
    """The desk at work on a real database: short words for what a test arranges."""

    harness: ServiceHarness
    _marks: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def now(self) -> datetime:
        return self.harness.clock.at

    def know_units(self) -> None:
        for unit_id in (HEPING, HANGU):
            self.harness.deliver(unit(unit_id), unit_id)

    def register(self, *documents: ReportRegistered) -> None:
        for document in documents:
            self.harness.deliver(document, document.report_id, document.version)

    def park(self, document: ReportRegistered) -> None:
        """An event that took no effect here and waits for an operator."""
        data = document.model_dump(mode="json")
        envelope = {"id": str(uuid4()), "type": document.TYPE, "time": self.now.isoformat(), "data": data}
        self.harness.inbox.holding.park(json.dumps(envelope).encode(), BadMessage("it cannot be handled as it is"))

    def discard_parked(self) -> None:
        """An operator and a second person give up what is parked."""
        for parked in self.harness.held():
            with self.harness.database.work(person("吴运维", Role.OPERATOR)) as work:
                discard_held(work, parked.id, reason="重复录入", second_person_id=uuid4())

    def advance_mark(self, up_to: datetime, total: int) -> None:
        self.harness.deliver(mark(up_to, total), "registration", next(self._marks))

    def do(self, method: str, by: Principal, **fields: Any) -> Any:
        """Call `method` with a request made from `fields`."""
        request = self.harness.service.methods[method].request
        return self.harness.call(method, request(**fields), by)

    def open_issue(self, code: str = "brief") -> issue_rpc.Issue:
        """A composing issue of a publication, which is made if need be."""
        self.do("record_publication", CHIEF, code=code, name="每日要情")
        issue: issue_rpc.Issue = self.do("open_issue", EDITOR, issue_id=uuid4(), publication_code=code)
        return issue

    def adopted(self, issue_id: UUID, **changes: Any) -> ReportRegistered:
        """A fresh report adopted into the issue as submitted."""
        report = registered(**changes)
        self.register(report)
        self.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue_id)
        return report

    def adopted_into(self, issue_id: UUID, **adoption: Any) -> ReportRegistered:
        """A fresh report adopted into the issue with an edit copy, a column, as `adoption` says."""
        report = registered()
        self.register(report)
        self.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue_id, **adoption)
        return report

    def publish(self, issue_id: UUID) -> issue_rpc.Issue:
        seen = self.do("get_issue", CHIEF, issue_id=issue_id)
        issue: issue_rpc.Issue = self.do("publish_issue", CHIEF, issue_id=issue_id, version=seen.version)
        return issue

    def instruct(
        self, *units: UUID, due_in: timedelta = timedelta(days=10), by: Principal = LEADER, **changes: Any
    ) -> instruction_rpc.Instruction:
        """A leader's instruction on a freshly published report, assigned to `units`; entered by the leader himself."""
        issue = self.open_issue()
        report = self.adopted(issue.issue_id)
        self.publish(issue.issue_id)
        given_at = changes.get("given_at", self.now)
        fields = {
            "instruction_id": uuid4(),
            "issue_id": issue.issue_id,
            "report_id": report.report_id,
            "leader": "陈副市长",
            "text": "请认真研究，提出措施。",
            "instruction_class": InstructionClass.FOR_ACTION,
            "given_at": given_at,
            "assignments": [
                instruction_rpc.NewAssignment(unit_id=one, requirement="十日内反馈办理情况", due_at=given_at + due_in)
                for one in units
            ],
        } | changes
        instruction: instruction_rpc.Instruction = self.do("record_instruction", by, **fields)
        return instruction

    def assign(self, unit_id: UUID = HEPING, **changes: Any) -> instruction_rpc.Assignment:
        """One assignment of a fresh instruction."""
        return self.instruct(unit_id, **changes).assignments[0]

    def assignment(self, assignment_id: UUID, by: Principal = SUPERVISOR) -> instruction_rpc.Assignment:
        shown: instruction_rpc.Assignment = self.do("get_assignment", by, assignment_id=assignment_id)
        return shown

    def item(self, report: ReportRegistered) -> desk_rpc.DeskItem:
        shown: desk_rpc.DeskItem = self.do("get_desk_item", EDITOR, report_id=report.report_id)
        return shown

    def told(self, *types: type[EventData]) -> list[Any]:
        """Data of the events written so far."""
        return [event.data for event in self.harness.outbox(*types)]

    def told_of_feedback(self, *types: type[EventData]) -> list[Any]:
        """What was told of feedback deadlines; a receipt's has its own."""
        return [told for told in self.told(*types) if told.kind is DeadlineKind.FEEDBACK]

    def figure(self, name: str) -> dict[tuple[str, ...], float]:
        """A figure of the service as scraped now."""
        figure = next(figure for figure in self.harness.service.figures if figure.name == name)
        with self.harness.database.reading() as session:
            return dict(figure.read(session, self.now))

    def sweep(self) -> None:
        for job in self.harness.service.schedule:
            self.harness.run_job(job.name)
