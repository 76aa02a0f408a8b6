"""What is in hand when the demo stops: an issue just out, one with a combined item, a pre-adopted report, supervision
under way, and what the city asks for, partly answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from clients.client import Client
from contracts.vocabulary import Kind
from deploy.demo import asking
from deploy.demo.month import Agenda, moment
from deploy.demo.occasions import picture, uploaded
from deploy.demo.people import People
from deploy.demo.reports import Units
from kernel.clock import china_day

HEATING = {
    "hedong": "全区供热站检修完成，燃煤储备可供四十天，二十六处老旧管网已更换，弃管小区由街道兜底。",
    "hebei": "供热企业点火试运行，工业余热接入三个片区，困难群众取暖补贴已发放。",
}
"""By unit, what becomes one item."""
HEATING_READY = (
    "河东区检修供热站、更换老旧管网；河北区接入工业余热、发放取暖补贴。\n表1　两区供热准备\n"
    "区 | 供热站（座） | 更换管网（处） | 补贴发放\n河东区 | 120 | 26 | 进行中\n"
    "河北区 | 96 | 18 | 已完成\n两区燃煤储备均可供四十天。"
)
"""What the combined item says, with a table."""
READ_TODAY = ("hexi", "河西区住宅小区电动自行车充电设施建设进展", (
    "截至昨日，全区开工新建充电棚一百一十处，建成八十六处。\n一、各街道进展\n六个街道中三个已完成当月任务。\n"
    "表1　建成与接入\n街道 | 建成（处） | 接入平台 | 查询\n大营门街道 | 22 | 全部接入 | https://charge.example.cn/hexi/dym\n"
    "下瓦房街道 | 18 | 16处 | https://charge.example.cn/hexi/xwf\n越秀路街道 | 46 | 全部接入 | https://charge.example.cn/hexi/yxl\n"
    "二、下一步\n年底前余下二十四处全部建成并接入监管平台。"
))  # fmt: skip
"""Unit, title and text of what the leaders read this morning, with a table and a picture."""
SPARE = ("hongqiao", "红桥区供热投诉处置情况", "开设供热专线，三日内受理投诉一百二十件，办结一百零九件，其余正在维修。")
"""Unit, title and text of what an issue to come is to have."""
OVERDUE, EXTENDED = "nankai", "hexi"
ASKED = ("hexi", "nankai", "hedong")
"""Whom the commission that is over was addressed to; the last one did not answer."""
ANSWERED = {"hexi": (0, 1), "hedong": (2,)}
"""Which points of the guidance each of these answered; nobody did the last."""


@dataclass
class InHand:
    """Planned from the demo's end backwards."""

    people: People
    units: Units
    agenda: Agenda

    def plan(self) -> None:
        for hours, deed in (
            (73.0, self._instruct), (72.0, self._commission), (71.0, self._receive), (70.0, self._issue_notices),
            (50.0, self._ask_extension), (48.0, self._ask), (47.0, self._grant_extension), (46.0, self._chase),
            (22.0, self._answer_commission), (21.0, self._answer_guidance), (0.9, self._report_heating),
            (0.6, self._compose),
        ):  # fmt: skip
            self.agenda.plan(self.agenda.end - timedelta(hours=hours), deed)

    def _unit_id(self, code: str) -> str:
        return str(self.units.cast.unit(code).unit_id)

    # Supervision

    def _instruct(self, at: datetime) -> None:
        """One that is due the same evening and is not answered, one that leaves some days and gets more."""
        dues = {OVERDUE: moment(china_day(at), 18), EXTENDED: moment(china_day(at) + timedelta(days=4), 18)}
        wanted = {OVERDUE: "今日18时前报送初步排查情况", EXTENDED: "逐项梳理存在问题，提出整改计划并报送"}
        with self.people.person("secretary") as secretary, self.people.person("leader") as leader:
            issue = secretary.get("/v1/issues", state="published", limit=1)["items"][0]
            recorded = secretary.post("/v1/instructions", {
                "issue_id": issue["issue_id"], "report_id": issue["items"][0]["report_id"], "leader": "张副市长",
                "text": "请两区对照检查，限时报告。", "instruction_class": "for_action", "given_at": at.isoformat(),
                "assignments": [
                    {"unit_id": self._unit_id(code), "requirement": wanted[code], "due_at": due.isoformat()}
                    for code, due in dues.items()
                ],
            })  # fmt: skip
            made = leader.post(f"/v1/instructions/{recorded['instruction_id']}/confirmation")["assignments"]
        by_unit = {each["unit_id"]: f"/v1/assignments/{each['assignment_id']}" for each in made}
        self._assignments = {code: by_unit[self._unit_id(code)] for code in dues}

    def _receive(self, _at: datetime) -> None:
        for code, path in self._assignments.items():
            self.people.client(code).post(f"{path}/receipt")

    def _issue_notices(self, _at: datetime) -> None:
        """Each unit's assignment notice gets its number."""
        with self.people.person("supervisor") as supervisor:
            for path in self._assignments.values():
                supervisor.post(f"{path}/notices", {"kind": "assignment_notice"})

    def _chase(self, _at: datetime) -> None:
        with self.people.person("supervisor") as supervisor:
            supervisor.post(f"{self._assignments[OVERDUE]}/notices", {"kind": "chasing_notice"})

    def _ask_extension(self, at: datetime) -> None:
        body = {
            "reason": "涉及三个街道，现场核查尚未完成。", "progress": "已完成两个街道的梳理。",
            "wanted_due_at": (moment(china_day(at), 18) + timedelta(days=6)).isoformat(),
        }  # fmt: skip
        path = f"{self._assignments[EXTENDED]}/extensions"
        self._extension = self.people.client(EXTENDED).post(path, body)["extensions"][-1]["extension_id"]

    def _grant_extension(self, _at: datetime) -> None:
        with self.people.person("supervisor") as supervisor:
            path = f"{self._assignments[EXTENDED]}/extensions/{self._extension}/grant"
            supervisor.post(path, {"remarks": "同意，请按期报送。"})

    # What the city asks for

    def _commission(self, _at: datetime) -> None:
        due_at = self.agenda.end - timedelta(hours=16)
        wanted = asking.small_commission(due_at, [self._unit_id(code) for code in ASKED])
        with self.people.person("editor") as editor:
            self._commissioned = editor.post("/v1/commissions", wanted)

    def _answer_commission(self, _at: datetime) -> None:
        subject = self._commissioned["subject"]
        reference = {"title": subject, "commission_id": self._commissioned["commission_id"]}
        for code in ASKED[:-1]:
            name = self.units.reporters[code].short
            body = f"截至目前，{name}投诉办结率分别为百分之九十六和百分之九十三，主要问题是责任交叉，已逐件明确。"
            self._submit(code, Kind.COMMISSION_ANSWER, f"{name}{subject}", body, reference=reference)

    def _ask(self, at: datetime) -> None:
        """What the city asks for beside the daily reports."""
        lead = self._unit_id(self.units.cast.client_units[0])
        with self.people.person("editor") as editor, self.people.person("chief") as chief:
            self._guidance = asking.ask(editor, chief, at, lead)

    def _answer_guidance(self, _at: datetime) -> None:
        points = self._guidance["points"]
        for code, places in ANSWERED.items():
            reference = {"title": self._guidance["title"], "point_ids": [points[each]["point_id"] for each in places]}
            topic, name = points[places[0]]["topic"], self.units.reporters[code].short
            body = f"{name}按照要点逐项落实，{points[places[0]]['text']}均已摸清，责任到人，按周调度。"
            self._submit(code, Kind.GUIDANCE_ANSWER, f"{name}{topic}工作情况", body, reference=reference)

    # The desk

    def _submit(self, code: str, kind: Kind, title: str, body: str, **more: Any) -> str:
        content = {"kind": kind, "title": title, "body": body} | more
        return str(self.units.submit(self.units.reporters[code], content)["report_id"])

    def _report_heating(self, _at: datetime) -> None:
        self._heating = [
            self._submit(
                code, Kind.DEVELOPMENT, f"{self.units.reporters[code].short}供热准备情况", body,
                attachments=[uploaded(self.people, code, "供热站检修进度.png", picture())],
            )
            for code, body in HEATING.items()
        ]
        code, title, body = READ_TODAY
        chart = uploaded(self.people, code, "充电棚建设进度.png", picture())
        self._read_today = self._submit(code, Kind.DEVELOPMENT, title, body, attachments=[chart])
        code, title, body = SPARE
        self._spare = self._submit(code, Kind.PUBLIC_OPINION, title, body)

    def _compose(self, _at: datetime) -> None:
        """An issue is out and one is being composed, with one item of two units; one report is kept for a later one."""
        mine = {*self._heating, self._spare, self._read_today}
        with self.people.person("editor") as editor:

            def all_there() -> bool:
                return mine <= {each["report_id"] for each in editor.pages("/v1/queue", state="waiting", limit=200)}

            self.people.wait(all_there, "reports to reach the desk")
            editor.post(f"/v1/queue/{self._spare}/pre-adoption")
            self._publish_today(editor)
            path, (lead, other) = _adopted(editor, self._heating)
            editor.post(f"{path}/items/{lead}/combination", {
                "others": [other], "title": "两区供热准备就绪",
                "body": HEATING_READY,
                "shares": [{"adoption_id": lead, "share": "0.6"}, {"adoption_id": other, "share": "0.4"}],
            })  # fmt: skip
            _illustrate(editor, f"{path}/items/{lead}", "图1　各街道供热站检修进度")
        for report_id in mine:
            self.units.waiting.pop(report_id)

    def _publish_today(self, editor: Client) -> None:
        path, (item,) = _adopted(editor, [self._read_today])
        _illustrate(editor, f"{path}/items/{item}", "图1　各街道充电棚建设进度")
        with self.people.person("chief") as chief:
            chief.post(f"{path}/publication", {"version": chief.get(path)["version"]})


def _adopted(editor: Client, reports: list[str]) -> tuple[str, list[str]]:
    """A new issue with these reports: its path, its items."""
    issue_id = editor.post("/v1/issues", {"publication_code": "daily"})["issue_id"]
    for report_id in reports:
        adoption = {"issue_id": issue_id, "item_kind": "item", "column": "要情"}
        editor.post(f"/v1/queue/{report_id}/adoption", adoption)
    path = f"/v1/issues/{issue_id}"
    return path, [item["adoption_id"] for item in editor.get(path)["items"]]


def _illustrate(editor: Client, item: str, caption: str) -> None:
    """The first picture on offer, behind the first paragraph."""
    known = editor.get(f"{item}/pictures")
    chosen = {"version": known["version"], "digest": known["offered"][0]["digest"], "caption": caption, "after": 1}
    editor.post(f"{item}/pictures", chosen)
