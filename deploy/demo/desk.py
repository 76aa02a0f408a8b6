"""The city's side of the month: the desk's decisions, issues, instructions, what comes back, and the bulletin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from clients.client import Client
from contracts.vocabulary import Kind
from deploy.demo.month import Agenda, is_working_day, moment
from deploy.demo.people import People
from deploy.demo.reports import Units
from deploy.demo.texts import instruction
from deploy.demo.units import Reporter

DECISIONS = (("adopt", 46), ("keep", 24), ("decline", 22), ("return", 4), ("leave", 4))
"""What the editor decides, in percent."""
ITEMS_A_DAY = 8
PUBLICATIONS = {2: "special", 4: "reference"}
"""What comes out on a weekday, Monday is 0; on the others the daily digest does."""
INSTRUCTED = 0.22
"""Share of published items that a leader writes an instruction on."""
PASSED_UP = 0.09
ANSWERS = (("in time", 62), ("returned first", 12), ("late", 12), ("never", 14))
"""What becomes of an assignment, in percent."""


LATE = (
    ("现场通信中断，抢通后即报。", "excused", "经向运营商核实，事发区域基站确有故障。"),
    ("值班人员等待部门核实数据，误了时限。", "upheld", "时限以首报为准，数据可以续报，不应等待。"),
    ("交接班时遗漏。", "upheld", "属单位值班管理问题。"),
)
"""Why a report was late, what was decided, on what grounds."""


VERIFIED = {
    "asked_name": "吴建国", "asked_post": "办公室主任", "question": "所报数字以什么口径统计？是否已经核对？",
    "answer": "截至昨日的台账数，已与主管部门核对。", "conclusion": "confirmed", "documents": ["工作台账"],
}
"""What the editor writes down of his call about the day's first item."""


@dataclass
class Office:
    """The information division."""

    people: People
    units: Units
    agenda: Agenda
    chance: Random

    def plan_day(self, day: date) -> None:
        if is_working_day(day):
            self.agenda.plan(moment(day, 14.5), lambda at: self._edit(at, day))

    def _edit(self, at: datetime, day: date) -> None:
        """Everything waiting is read and decided; then the day's issue is published."""
        chosen: list[str] = []
        with self.people.person("editor") as editor:
            self._wait_for_desk(editor)
            self._join_incidents(editor)
            for report_id, (unit, content) in list(self.units.waiting.items()):
                decision = self._decision(content)
                if decision == "adopt" and len(chosen) < ITEMS_A_DAY:
                    chosen.append(report_id)
                elif decision != "leave":
                    self._close_chain(editor, report_id, content, decision)
                    self._set_aside(editor, report_id, unit, content, decision, at)
                self.units.waiting.pop(report_id)
            issue = self._compose(editor, chosen, day)
        if issue:
            self._publish(issue, day)

    def _join_incidents(self, editor: Client) -> None:
        """Two units' first reports of one incident."""
        while self.units.shared:
            first, second = self.units.shared.pop()
            incident = editor.post("/v1/incidents", {"report_id": first, "reason": "两单位报送同一事件"})
            path = f"/v1/incidents/{incident['incident_id']}/reports"
            editor.post(path, {"report_id": second, "reason": "时间、地点一致"})

    def _close_chain(self, editor: Client, report_id: str, content: dict[str, Any], decision: str) -> None:
        """After its final report, unless that goes back."""
        if content["kind"] == Kind.URGENT_FINAL and decision != "return":
            editor.post(f"/v1/reports/{report_id}/chain/closing")

    def _wait_for_desk(self, editor: Client) -> None:
        def all_there() -> bool:
            there = {item["report_id"] for item in editor.pages("/v1/queue", state="waiting", limit=200)}
            return there.issuperset(self.units.waiting)

        self.people.wait(all_there, "the day's reports to reach the desk")

    def _decision(self, content: dict[str, Any]) -> str:
        if content["kind"] == Kind.URGENT_FIRST:
            return "adopt"
        return self.chance.choices([name for name, _ in DECISIONS], [share for _, share in DECISIONS])[0]

    def _set_aside(
        self, editor: Client, report_id: str, unit: Reporter, content: dict[str, Any], decision: str, at: datetime
    ) -> None:
        path = f"/v1/queue/{report_id}"
        editor.post(f"{path}/opening")
        if decision == "return" and "report_id" not in content:
            returned = editor.post(f"{path}/return", {"remarks": "数据口径不清，请与统计部门核对后重新签发报送。"})
            receipt = f"/v1/receipts/{returned['receipt_number']}"
            # The gateway takes a new version once it has heard of the return.
            self.people.wait(lambda: editor.get(receipt)["progress"]["decision"] == "returned", "a return to arrive")
            again = at + timedelta(hours=self.chance.uniform(18, 23))
            self.agenda.plan(again, lambda _at: self.units.resubmit(unit, content, report_id))
        elif decision == "decline":
            editor.post(f"{path}/decline", {"reason": "内容较一般，近期已有同类信息刊发。"})
        else:
            editor.post(f"{path}/keeping")

    def _compose(self, editor: Client, chosen: list[str], day: date) -> dict[str, Any] | None:
        if not chosen:
            return None
        publication = PUBLICATIONS.get(day.weekday(), "daily")
        issue = editor.post("/v1/issues", {"publication_code": publication})
        for place, report_id in enumerate(chosen):
            editor.post(f"/v1/queue/{report_id}/opening")
            if place == 0:
                editor.post(f"/v1/reports/{report_id}/verifications", VERIFIED)
            kind = "item" if place < 5 else "brief"
            editor.post(f"/v1/queue/{report_id}/adoption", {"issue_id": issue["issue_id"], "item_kind": kind})
        return issue

    def _publish(self, issue: dict[str, Any], day: date) -> None:
        path = f"/v1/issues/{issue['issue_id']}"
        with self.people.person("chief") as chief:
            composed = chief.get(path)
            if composed["sign_off_chain"]:
                composed = self._sign(chief, path, composed["version"])
            published = chief.post(f"{path}/publication", {"version": composed["version"]})
        instructed = [item for item in published["items"] if self.chance.random() < INSTRUCTED]
        if instructed:
            at = moment(day, 17) + timedelta(minutes=self.chance.randint(0, 50))
            self.agenda.plan(at, lambda at: self._instruct(at, issue["issue_id"], instructed))
        passed = [item["report_id"] for item in published["items"] if self.chance.random() < PASSED_UP]
        if passed:
            later = moment(day + timedelta(days=self.chance.randint(2, 6)), 15.5)
            self.agenda.plan(later, lambda at: self._record_outcomes(at, passed))

    def _sign(self, chief: Client, path: str, version: int) -> dict[str, Any]:
        """Proof, then the chief editor, then the office's responsible leader."""
        proof = chief.post(f"{path}/proof", {"version": version})
        signed = chief.post(f"{path}/signatures", {"version": proof["version"]})
        with self.people.person("office.wei") as leader:
            done: dict[str, Any] = leader.post(f"{path}/signatures", {"version": signed["version"]})
            return done

    def _record_outcomes(self, at: datetime, reports: list[str]) -> None:
        with self.people.person("editor") as editor:
            for report_id in reports:
                level, outcome = self.chance.choice(
                    (("state", "forwarded"), ("state", "adopted"), ("upper", "adopted"))
                )
                body = {"level": level, "outcome": outcome, "happened_at": at.isoformat()}
                editor.post(f"/v1/reports/{report_id}/outcomes", body)

    # Instructions

    def _instruct(self, at: datetime, issue_id: str, items: list[dict[str, Any]]) -> None:
        with self.people.person("secretary") as secretary:
            for item in items:
                leader, text, instruction_class, requirement = instruction(self.chance)
                unit = self._unit_named(item["unit_name"])
                days = self.chance.randint(4, 11)
                assignment = {
                    "unit_id": str(self.units.cast.unit(unit.code).unit_id),
                    "requirement": requirement,
                    "due_at": (moment(at.date(), 18) + timedelta(days=days)).isoformat(),
                }
                recorded = secretary.post(
                    "/v1/instructions",
                    {
                        "issue_id": issue_id,
                        "report_id": item["report_id"],
                        "leader": leader,
                        "text": text,
                        "instruction_class": instruction_class,
                        "given_at": at.isoformat(),
                        "assignments": [] if instruction_class == "for_reference" else [assignment],
                    },
                )
                for made in self._confirm(recorded)["assignments"]:
                    self._plan_handling(at, unit, made)

    def _confirm(self, recorded: dict[str, Any]) -> dict[str, Any]:
        """The leader says that it is his."""
        with self.people.person("leader") as leader:
            return leader.post(f"/v1/instructions/{recorded['instruction_id']}/confirmation")

    def _unit_named(self, name: str) -> Reporter:
        return next(entry for entry in self.units.reporters.values() if entry.name == name)

    def _plan_handling(self, at: datetime, unit: Reporter, assignment: dict[str, Any]) -> None:
        """The unit receives it, and feeds back in time, late or never."""
        path = f"/v1/assignments/{assignment['assignment_id']}/receipt"
        self.agenda.plan(at + timedelta(hours=15.5), lambda _at: self._receive(unit, path))
        fate = self.chance.choices([name for name, _ in ANSWERS], [share for _, share in ANSWERS])[0]
        if fate == "never":
            return
        due = datetime.fromisoformat(assignment["due_at"])
        hours = self.chance.uniform(6, 60)
        answered = due + timedelta(hours=hours) if fate == "late" else due - timedelta(hours=hours)
        self.agenda.plan(answered, lambda at: self._answer(at, unit, assignment, fate == "returned first"))

    def _receive(self, unit: Reporter, path: str) -> None:
        self.people.client(unit.code).post(path)

    def _answer(self, at: datetime, unit: Reporter, assignment: dict[str, Any], returned: bool) -> None:
        self.units.give_feedback(unit, assignment)
        self.agenda.plan(at + timedelta(hours=3), lambda at: self._check(at, unit, assignment, returned))

    def _check(self, at: datetime, unit: Reporter, assignment: dict[str, Any], returned: bool) -> None:
        """The supervisor accepts the feedback, or wants more."""
        path = f"/v1/assignments/{assignment['assignment_id']}"
        with self.people.person("supervisor") as supervisor:
            self.people.wait(lambda: supervisor.get(path)["state"] == "fed_back", "a feedback to arrive")
            if returned:
                supervisor.post(f"{path}/return", {"remarks": "整改完成时限不明确，请补充后重新反馈。"})
                self.agenda.plan(
                    at + timedelta(hours=20), lambda at: self._answer(at, unit, assignment, returned=False)
                )
                return
            supervisor.post(f"{path}/acceptance")
            instruction = f"/v1/instructions/{assignment['instruction_id']}"
            supervisor.post(f"{instruction}/presentation", {"note": "办理情况已呈阅。"})
            supervisor.post(f"{instruction}/closing")

    # Late reports

    def decide_on_late_ones(self, _at: datetime) -> None:
        """The units explain, the editor decides; the last one still waits for him."""
        with self.people.person("editor") as editor:
            for item in list(editor.pages("/v1/deadlines", outcome="missed", limit=200))[1:]:
                self._decide(editor, item)

    def _decide(self, editor: Client, item: dict[str, Any]) -> None:
        reason, decision, grounds = self.chance.choice(LATE)
        path = f"/v1/deadlines/{item['deadline_id']}"
        self.people.client(self.units.code_of(item["unit_id"])).post(f"{path}/reason", {"reason": reason})
        editor.post(f"{path}/finding", {"decision": decision, "grounds": grounds})

    # The month's end

    def issue_bulletin(self, period: str) -> None:
        with self.people.person("chief") as chief:
            self._wait_until_quiet(chief, period)
            chief.post(f"/v1/bulletins/{period}/issue")

    def _wait_until_quiet(self, chief: Client, period: str) -> None:
        """Points follow by event: until two looks in a row find the same."""
        looks: list[list[tuple[str, str]]] = []

        def unchanged() -> bool:
            lines = chief.get(f"/v1/bulletins/{period}/draft")["lines"]
            looks.append([(line["unit_id"], line["points"]) for line in lines])
            return len(looks) > 1 and looks[-1] == looks[-2]

        self.people.wait(unchanged, "the points to be posted")
