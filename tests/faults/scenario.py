"""Two weeks of a small city, on real databases without a bus: what people do, with the events carried by a network.

Every id that is ours to choose is fixed, so that two tellings can be compared line by line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from contracts.events.gateway import ReportAccepted, WatermarkAdvanced
from contracts.rpc import directory, scoring
from contracts.rpc.content import Amendment, Reference
from contracts.rpc.findings import FindingDecision
from contracts.rpc.instructions import NewAssignment
from contracts.rpc.issues import IssueId
from contracts.rpc.notify import RecordContact
from contracts.rpc.publications import Recipient, RecipientKind
from contracts.rpc.readings import Reader
from contracts.vocabulary import AmendmentAct, FindingKind, InstructionClass, Kind, Level, Role, Secrecy, UnitClass
from gateway.courier import Courier
from kernel.principal import Principal, system_principal
from kernel.testing import Network, ServiceHarness, SettableClock
from services.intake.service import IntakeService
from services.notify.service import NotifyService
from services.review.model.assignments import assignment_id
from services.review.model.commissions import task_id
from services.review.model.guidance import point_id
from services.review.service import ReviewService
from services.scoring.service import ScoringService
from tests.factories.intake import DUE, HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory

SERVICES = {
    "gateway": Courier,
    "intake": IntakeService,
    "review": ReviewService,
    "scoring": ScoringService,
    "notify": NotifyService,
}
RULES = """
place: 某市
version: six
valid_from: 2020-01-01
adoption: [{level: city, points: 6}]
outcome: [{level: province, points: 20}]
instruction: [{level: city, points: 5}]
deduction: [{event: urgent report late, points: -10}, {event: report false, points: -20}]
"""
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ISSUE, INSTRUCTION, DRAFT, PLAIN_DRAFT = (UUID(int=number) for number in (0x_1000, 0x_2000, 0x_3000, 0x_3001))
SECOND_ISSUE = UUID(int=0x_1001)
FALSE, CONCEALED = UUID(int=0x_4000), UUID(int=0x_4001)
ASSIGNMENT = assignment_id(INSTRUCTION, 0)
NOTICE = UUID(int=0x_2001)
COMMISSION, NEEDLESS, GUIDANCE, PROJECT = (UUID(int=number) for number in (0x_5000, 0x_5001, 0x_5002, 0x_5003))


def person(number: int, name: str, role: Role, unit_id: UUID | None = None) -> Principal:
    return Principal(str(UUID(int=number)), name, unit_id, frozenset({str(role)}))


ADMINISTRATOR = person(1, "系统管理员", Role.SYSTEM_ADMINISTRATOR)
EDITOR = person(2, "王编辑", Role.EDITOR)
CHIEF = person(3, "赵总编", Role.CHIEF_EDITOR)
SUPERVISOR = person(5, "周督办", Role.SUPERVISOR)
SCORER = person(6, "计分员", Role.SCORING_OFFICER)
OFFICER = person(7, "李明", Role.INFORMATION_OFFICER, HEXI)
DUTY = person(8, "值班员", Role.DUTY_OFFICER)
HEAD = person(9, "冯科长", Role.SECTION_HEAD, HEXI)
LEADER = person(10, "李主任", Role.RESPONSIBLE_LEADER, HEXI)
MAYOR = person(11, "陈副市长", Role.LEADER)
KNOWN = (OFFICER, DUTY, HEAD, LEADER)
"""Whom the directory holds."""


@cache
def accepted() -> dict[str, ReportAccepted]:
    """What the units sign: in time, late, returned and signed again, plain, a feedback; the same in each telling."""
    returned = AcceptedFactory.development(OCCURRED + 3 * MINUTE, "退回后重报")
    again = ContentFactory.development("重报稿")
    wrong = AcceptedFactory.development(OCCURRED + 4 * MINUTE, "数字有误的信息")
    published = AcceptedFactory.development(OCCURRED + 5 * MINUTE, "刊发后撤回的信息")
    return {
        "urgent": AcceptedFactory.of(ContentFactory.urgent("按时的紧急信息"), OCCURRED + 100 * MINUTE),
        "late": AcceptedFactory.of(ContentFactory.urgent("迟报的紧急信息"), DUE + 5 * MINUTE),
        "plain": AcceptedFactory.development(OCCURRED + 2 * MINUTE, "普通信息"),
        "withdrawn": AcceptedFactory.development(OCCURRED + 4 * MINUTE, "撤销采用的信息"),
        "returned": returned,
        "again": AcceptedFactory.of(again, OCCURRED + DAY, report_id=returned.report_id, version=2),
        "feedback": AcceptedFactory.feedback(OCCURRED + 3 * DAY, assignment_id=ASSIGNMENT),
        "answer": _answer(Kind.COMMISSION_ANSWER, OCCURRED + 7 * MINUTE, commission_id=COMMISSION),
        "on a point": _answer(Kind.GUIDANCE_ANSWER, OCCURRED + 8 * MINUTE, point_ids=[point_id(GUIDANCE, 1)]),
        "wrong": wrong,
        "corrected": _amended(wrong, AmendmentAct.CORRECTION),
        "published": published,
        "taken back": _amended(published, AmendmentAct.WITHDRAWAL),
        "classified": AcceptedFactory.development(OCCURRED + 6 * MINUTE, "定密有误的信息"),
    }


def _answer(kind: Kind, at: datetime, **answered: Any) -> ReportAccepted:
    reference = Reference(title="市里所要的", **answered)
    content = ContentFactory.development("所要的信息", reference=reference).model_copy(update={"kind": kind})
    return AcceptedFactory.of(content, at)


def _amended(report: ReportAccepted, act: AmendmentAct) -> ReportAccepted:
    amendment = Amendment(act=act, reason="统计口径有误")
    content = ContentFactory.development(report.title, amendment=amendment)
    return AcceptedFactory.of(content, OCCURRED + 2 * DAY, report_id=report.report_id, version=2)


@dataclass
class SmallCity:
    """The five owners of databases, and what happens among them; `settle` carries the events between two acts."""

    harnesses: dict[str, ServiceHarness]
    clock: SettableClock
    settle: Callable[[], None]
    marks: int = 0
    reports: dict[str, ReportAccepted] = field(default_factory=accepted)

    @classmethod
    def of(cls, new_database: Callable[[str], str], seed: int | None) -> SmallCity:
        """Without a seed nothing is doubled; with one, everything is shuffled and much of it doubled."""
        clock = SettableClock(OCCURRED)
        harnesses = {
            name: ServiceHarness(service, new_database(name), clock, retry_pauses="0.1,0.1,0.1,0.1")
            for name, service in SERVICES.items()
        }
        network = Network(list(harnesses.values()), seed or 0, doubles=0.5 if seed is not None else 0.0)
        return cls(harnesses, clock, network.settle)

    def live(self) -> None:
        """The two weeks."""
        self._know_each_other()
        self._write()
        self._ask()
        first = ("urgent", "late", "plain", "withdrawn", "returned", "wrong", "published", "classified")
        self._report(*first, "answer", "on a point", at=DUE + 10 * MINUTE)
        self._decide()
        self._report("again", at=OCCURRED + DAY)
        self._publish_and_instruct()
        self._report("corrected", "taken back", at=OCCURRED + 2 * DAY)
        self._find()
        self._report("feedback", at=OCCURRED + 3 * DAY)
        self._do("review", "accept_feedback", SUPERVISOR, assignment_id=ASSIGNMENT)
        self.settle()
        self.clock.at = OCCURRED + 14 * DAY
        self._sweep()
        self._do("scoring", "issue_bulletin", CHIEF, period="2026-11")
        self.settle()

    def _know_each_other(self) -> None:
        for unit_id, name, kind in ((HEXI, "河西区", UnitClass.DISTRICT), (JINNAN, "应急管理局", UnitClass.BUREAU)):
            record = directory.RecordUnit(unit_id=unit_id, name=name, unit_class=kind, valid_from=date(2008, 10, 24))
            self.harnesses["intake"].call("record_unit", record, ADMINISTRATOR)
        for who in KNOWN:
            (role,), home = (Role(role) for role in who.roles), who.unit_id or JINNAN
            post = directory.Post(unit_id=home, role=role, title=role.label, valid_from=date(2020, 1, 1))
            self._do(
                "intake", "record_person", ADMINISTRATOR, person_id=who.person_id, name=who.name, unit_id=home,
                posts=[post],
            )  # fmt: skip
        for harness in self.harnesses.values():
            prepare(harness)
        readers = [Recipient(kind=RecipientKind.UNIT, name="河西区", unit_id=HEXI, email=True)]
        self._do("review", "record_publication", CHIEF, code="daily", name="每日要情", distribution=readers)
        self.settle()

    def _write(self) -> None:
        """An urgent draft that nobody ever signs; its people are reminded at half the time."""
        self._do("intake", "save_draft", OFFICER, draft_id=DRAFT, content=ContentFactory.urgent("未签发的紧急信息"))
        self._endorse()
        self.clock.at = OCCURRED + 95 * MINUTE
        self._sweep()

    def _ask(self) -> None:
        """What the city asks for: of two units, one of which is excused; in vain; by guidance; as a study."""
        asked = {"subject": "供热", "requirements": "报情况", "due_at": OCCURRED + 3 * DAY}
        self._do("review", "issue_commission", EDITOR, commission_id=COMMISSION, unit_ids=[HEXI, JINNAN], **asked)
        excused = task_id(COMMISSION, JINNAN)
        self._do("review", "excuse_unit", EDITOR, task_id=excused, reason="机构改革")
        self._do("review", "issue_commission", EDITOR, commission_id=NEEDLESS, unit_ids=[HEXI], **asked)
        self._do("review", "withdraw_commission", EDITOR, commission_id=NEEDLESS, reason="重复")
        points = [{"text": "冬季供热"}]
        saved = self._do(
            "review", "save_guidance", EDITOR, guidance_id=GUIDANCE, period="2026-11", title="要点", points=points,
            unit_ids=[HEXI],
        )  # fmt: skip
        self._do("review", "issue_guidance", CHIEF, guidance_id=GUIDANCE, version=saved.version)
        milestones = [{"name": "成稿", "due_at": OCCURRED + 5 * DAY}]
        started = self._do(
            "review", "start_project", EDITOR, project_id=PROJECT, topic="管网", plan="走访", lead_unit_id=HEXI,
            milestones=milestones,
        )  # fmt: skip
        self._do(
            "review", "change_plan", EDITOR, project_id=PROJECT, plan="走访后座谈", reason="领导要求",
            version=started.version,
        )  # fmt: skip
        self.settle()

    def _endorse(self) -> None:
        """A unit with an earlier step: endorsed and offered, then changed, which voids the offer."""
        self._do("intake", "record_endorsement_rule", LEADER, required=True, reason="试行")
        content = ContentFactory.development("核稿后又改的信息")
        saved = self._do("intake", "save_draft", OFFICER, draft_id=PLAIN_DRAFT, content=content)
        waiting = self._do("intake", "offer_draft", OFFICER, draft_id=PLAIN_DRAFT, version=saved.version)
        self.settle()
        offered = self._do("intake", "endorse_draft", HEAD, draft_id=PLAIN_DRAFT, version=waiting.version)
        self._do("intake", "save_draft", OFFICER, draft_id=PLAIN_DRAFT, version=offered.version, content=content)
        self.settle()

    def _report(self, *names: str, at: Any) -> None:
        """The gateway accepts and announces its watermark; the courier's projections and everybody else hear of it."""
        self.clock.at = at
        gateway = self.harnesses["gateway"].database
        self.marks += len(names)
        with gateway.work(system_principal("gateway")) as work:
            for name in names:
                report = self.reports[name]
                work.emit(report, subject=report.report_id, version=report.version)
            work.emit(WatermarkAdvanced(up_to=at, accepted_total=self.marks), subject="gateway", version=self.marks)
        self.settle()
        self._sweep()

    def _decide(self) -> None:
        for name in ("urgent", "late"):
            self._do("intake", "acknowledge_report", DUTY, report_id=self.reports[name].report_id)
        self._do("review", "return_report", EDITOR, report_id=self.reports["returned"].report_id, remarks="请核实")
        self._do("review", "open_issue", EDITOR, issue_id=ISSUE, publication_code="daily")
        for name in ("urgent", "plain", "withdrawn", "published"):
            self._do("review", "adopt_report", EDITOR, report_id=self.reports[name].report_id, issue_id=ISSUE)
        self._work_the_desk(self.reports["late"].report_id)
        # Of this one nobody was told before: what had been written by then is blanked, what comes later says less.
        self._do(
            "intake", "raise_secrecy", OFFICER, report_id=self.reports["classified"].report_id,
            secrecy=Secrecy.SECRET, reason="误报",
        )  # fmt: skip
        self.settle()

    def _work_the_desk(self, report_id: UUID) -> None:
        """One report goes through every decision that can be taken back, and is kept at last."""
        self._do("review", "claim_report", EDITOR, report_id=report_id)
        to = {"to_id": CHIEF.person_id, "to_name": CHIEF.name, "note": "区里 20 时回电"}
        self._do("review", "hand_over_report", EDITOR, report_id=report_id, **to)
        self._do("review", "return_report", CHIEF, report_id=report_id, remarks="请核实")
        self.settle()
        self._do("review", "undo_decision", CHIEF, report_id=report_id)
        for method, words in (
            ("pre_adopt_report", {}),
            ("pass_up_report", {"level": Level.PROVINCE}),
            ("send_for_reading", {"readers": [Reader(person_id=UUID(int=11), name="陈副市长")]}),
        ):
            self._do("review", method, CHIEF, report_id=report_id, **words)
            self._do("review", "reopen_report", CHIEF, report_id=report_id)
        self._do("review", "keep_report", EDITOR, report_id=report_id)

    def _publish_and_instruct(self) -> None:
        desk = self.harnesses["review"]
        version = desk.call("get_issue", IssueId(issue_id=ISSUE), CHIEF).version
        self._do("review", "publish_issue", CHIEF, issue_id=ISSUE, version=version)
        withdrawn = self.reports["withdrawn"].report_id
        self._do("review", "withdraw_adoption", CHIEF, report_id=withdrawn, reason="数据有误")
        self._publish_and_take_back(withdrawn)
        assignment = NewAssignment(unit_id=HEXI, requirement="十日内反馈", due_at=self.clock.at + 10 * DAY)
        self._do(
            "review", "record_instruction", MAYOR, instruction_id=INSTRUCTION, issue_id=ISSUE,
            report_id=self.reports["urgent"].report_id, leader="陈副市长", text="请妥处。",
            instruction_class=InstructionClass.FOR_ACTION, given_at=self.clock.at, assignments=[assignment],
        )  # fmt: skip
        chase = {"assignment_id": ASSIGNMENT, "notice_id": NOTICE, "kind": "chasing_notice"}
        self._do("review", "issue_notice", SUPERVISOR, **chase)
        self.settle()

    def _publish_and_take_back(self, report_id: UUID) -> None:
        """An issue that is withdrawn with the one adoption in it."""
        self._do("review", "open_issue", EDITOR, issue_id=SECOND_ISSUE, publication_code="daily")
        self._do("review", "adopt_report", EDITOR, report_id=report_id, issue_id=SECOND_ISSUE)
        seen = {"issue_id": SECOND_ISSUE, "version": 2}
        published = self._do("review", "publish_issue", CHIEF, **seen)
        self._do("review", "withdraw_issue", CHIEF, **seen | {"version": published.version}, reason="重大差错")

    def _find(self) -> None:
        """A false report, confirmed after the unit replied, and a concealed one that was none."""
        about = {"unit_id": HEXI, "facts": "所报数字与实际不符", "grounds": "实地核实"}
        for finding_id, kind, report_id, decision in (
            (FALSE, FindingKind.FALSE, self.reports["wrong"].report_id, FindingDecision.CONFIRMED),
            (CONCEALED, FindingKind.CONCEALED, None, FindingDecision.DROPPED),
        ):
            proposed = {"finding_id": finding_id, "kind": kind, "report_id": report_id}
            self._do("review", "propose_finding", EDITOR, **proposed, **about)
            self.settle()
            self._do("review", "reply_to_finding", OFFICER, finding_id=finding_id, text="情况属实")
            self._do("review", "decide_finding", CHIEF, finding_id=finding_id, decision=decision, reason="已核实")
            self.settle()

    def _sweep(self) -> None:
        for name in ("intake", "review"):
            for job in self.harnesses[name].service.schedule:
                self.harnesses[name].run_job(job.name)
        self.settle()

    def _do(self, service: str, method: str, who: Principal, **fields: Any) -> Any:
        harness = self.harnesses[service]
        return harness.call(method, harness.service.methods[method].request(**fields), who)

    def close(self) -> None:
        for harness in self.harnesses.values():
            harness.close()


def prepare(harness: ServiceHarness) -> None:
    """What a service knows by commands of its own and not by events: addresses, rules."""
    if harness.service.name == "notify":
        for who in KNOWN:
            contact = RecordContact(person_id=who.person_id, email=f"p{who.person_id.int}@city.example")
            harness.call("record_contact", contact, ADMINISTRATOR)
    if harness.service.name == "scoring":
        harness.call("record_rules", scoring.RecordRules(text=RULES), SCORER)


END_STATE: dict[str, tuple[str, ...]] = {
    "gateway": (
        "SELECT number, seen_by, decision, decision_version, remarks, queued_at IS NULL FROM receipt_progress",
        "SELECT acknowledged_by, acknowledged_at FROM report_acknowledgements",
        "SELECT secrecy, rank FROM report_classes",
        "SELECT draft_id, offered_version FROM voided_offers",
        "SELECT name, unit_class, version FROM units",
        "SELECT name, posts, version FROM people",
    ),
    "intake": (
        "SELECT number, title, state, version, desk_version, flags, remarks, receipt_number FROM reports",
        "SELECT number, secrecy, amendment FROM reports",
        "SELECT id, state, version FROM drafts",
        "SELECT number, acknowledged_by, acknowledged_at, awaits_acknowledgement FROM reports",
        "SELECT receipt_number, version, kind FROM report_versions",
        "SELECT kind, due_at, outcome, version, facts - 'title' FROM deadlines",
        "SELECT applied_total, feedback_total, answer_total, applied_up_to FROM watermark",
    ),
    "review": (
        "SELECT title, state, decision, version, report_version, late FROM desk_items",
        "SELECT title, secrecy, amended_act, amended_reason FROM desk_items",
        "SELECT finding_id, kind, state FROM findings",
        "SELECT title, item_kind, share, published_at IS NULL, withdrawn_by FROM adoptions",
        "SELECT unit_name, state, received_by FROM assignments",
        "SELECT receipt_number, state, decided_by FROM feedback",
        "SELECT kind, due_at, outcome FROM deadlines",
        "SELECT state, number FROM issues",
        "SELECT unit_name, answered_at, excused_by FROM commission_tasks",
        "SELECT receipt_number, state FROM commission_answers",
        "SELECT point_id, unit_id FROM point_answers",
        "SELECT name, version FROM units",
    ),
    "scoring": (
        "SELECT unit_id, title, points, rule, period, turn FROM ledger",
        "SELECT name, version FROM units",
    ),
    "notify": (
        # Calls go out only while nobody is known to have acknowledged: how many is what the order of events decides.
        "SELECT message, person_name, subject, body FROM messages WHERE message <> 'acknowledgement.awaited'",
        (
            "SELECT channel, address, state, attempts FROM deliveries JOIN messages USING (message_id)"
            " WHERE message <> 'acknowledgement.awaited'"
        ),
        "SELECT acknowledged_at, next_at FROM acknowledgement_waits",
        "SELECT message, reason FROM untold",
        "SELECT name, version FROM people",
    ),
}
"""What a person would ask of each owner; without ids and times of its own making."""

def end_state(harness: ServiceHarness) -> list[list[tuple[str, ...]]]:
    """What stands in the tables of one owner, sorted; held events too."""
    statements = (*END_STATE[harness.service.name], "SELECT type, state, reason FROM held")
    with harness.database.engine.connect() as connection:
        return [
            sorted(tuple(str(value) for value in row) for row in connection.exec_driver_sql(statement))
            for statement in statements
        ]
