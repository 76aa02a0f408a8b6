"""What happens once in the demo month: trainings, findings, attachments, corrections, a raised secrecy class."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from contracts.rpc.findings import FindingDecision
from contracts.rpc.trainings import TrainingKind
from contracts.vocabulary import AmendmentAct, FindingKind, Kind, Secrecy
from deploy.demo.month import Agenda
from deploy.demo.people import People
from deploy.demo.reports import Units
from kernel.clock import china_day
from kernel.papers.xlsx import Sheet, write

BARS = (42, 55, 61, 78, 90, 84)
"""Percent, one for each street of the picture."""
CLINICS = (("市第一中心医院", 126, 31), ("市儿童医院", 240, 58), ("河西医院", 74, 22), ("津南医院", 66, 19))
PICTURED = {
    "kind": Kind.DEVELOPMENT, "title": "河西区六个街道电动自行车充电棚建设进度", "topic": "社区安全",
    "body": "截至上月末，我区六个街道充电棚建设完成率最高的达到90%，最低的为42%，各街道情况见附图。"
            "进度慢的两个街道主要是选址未定，已约谈。",
}  # fmt: skip
TABLED = {
    "kind": Kind.DEVELOPMENT, "title": "我市四家医院儿科床位扩充情况", "topic": "儿科床位供给",
    "body": "为应对冬季就诊高峰，四家医院新增儿科床位130张，明细见附表。夜间门诊同步延长两小时。",
}  # fmt: skip
CORRECTED = {
    "kind": Kind.DEVELOPMENT, "title": "东丽区航空维修企业复工情况", "topic": "航空产业集聚",
    "body": "区内38家航空维修企业全部复工，到岗职工5,200人，比上周增加410人，承接订单17份。",
}  # fmt: skip
WITHDRAWN = {
    "kind": Kind.PUBLIC_OPINION, "title": "西青区居民反映夜间货车扰民", "topic": "道路交通秩序",
    "body": "中北镇部分居民反映，凌晨时段重型货车绕行村内道路，噪声超标，建议设置限行标志。",
}  # fmt: skip
RAISED = {
    "kind": Kind.DEVELOPMENT, "title": "水务部门应急水源调度安排", "topic": "引江引滦水源调度",
    "body": "本周起调整两处水源的供水比例，具体泵站和流量安排另行通知各区。",
}  # fmt: skip


@dataclass
class Occasions:
    """Planned from the demo's end backwards; what is corrected, withdrawn or raised stays after the last editing."""

    people: People
    units: Units
    agenda: Agenda
    reports: dict[str, str] = field(default_factory=dict)
    """Id by the unit's code."""

    def plan(self) -> None:
        for hours, deed in (
            (52.0, self._record_trainings), (48.0, self._propose_omitted), (31.0, self._attach), (30.0, self._reply),
            (26.0, self._confirm), (20.0, self._propose_false), (1.0, self._submit), (0.5, self._amend),
            (0.4, self._raise_class),
        ):  # fmt: skip
            self.agenda.plan(self.agenda.end - timedelta(hours=hours), deed)

    def _unit_id(self, code: str) -> str:
        return str(self.units.cast.unit(code).unit_id)

    # Trainings

    def _record_trainings(self, at: datetime) -> None:
        officers = [str(self.units.cast.person(f"{unit.code}.xxy").person_id) for unit in self.units.districts]
        leaders = [str(self.units.cast.person(f"{unit.code}.ld").person_id) for unit in self.units.districts[:4]]
        day = china_day(at)
        with self.people.person("editor") as editor:
            for back, subject, kind, hours, people in (
                (12, "全市信息写作与紧急信息报送培训", TrainingKind.TRAINING, "6", officers),
                (5, "赴市应急局跟班学习", TrainingKind.VISIT, "8", leaders),
            ):
                editor.post("/v1/trainings", {
                    "subject": subject, "kind": kind, "day": (day - timedelta(days=back)).isoformat(), "hours": hours,
                    "organiser_id": self._unit_id("office"), "person_ids": people,
                })  # fmt: skip
        with self.people.person("hexi.xxy") as officer:
            own = [str(self.units.cast.person(login).person_id) for login in ("hexi.xxy", "hexi.ld")]
            officer.post("/v1/trainings", {
                "subject": "街道信息员交流会", "kind": TrainingKind.EXCHANGE, "day": day.isoformat(), "hours": "2.5",
                "person_ids": own,
            })  # fmt: skip

    # Findings

    def _propose_omitted(self, _at: datetime) -> None:
        """Replied to and confirmed."""
        self._omitted = self._propose("jinghai", FindingKind.OMITTED, (
            "上旬一食品厂氨气泄漏，疏散200余人，单位未报送。", "市应急局接警记录、企业事故报告。",
        ))  # fmt: skip

    def _reply(self, _at: datetime) -> None:
        text = "情况属实，值班人员误认为由行业部门报送，已整改。"
        self.people.client("jinghai").post(f"/v1/findings/{self._omitted}/replies", {"text": text})

    def _confirm(self, _at: datetime) -> None:
        with self.people.person("chief") as chief:
            body = {"decision": FindingDecision.CONFIRMED, "reason": "事实清楚，单位认可。"}
            chief.post(f"/v1/findings/{self._omitted}/decision", body)

    def _propose_false(self, _at: datetime) -> None:
        """The unit has yet to reply."""
        self._propose("weijian", FindingKind.FALSE, (
            "所报新增床位数与各医院上报的合计不一致。", "与市卫生健康委统计报表核对。",
        ), report_id=self.reports["weijian"])  # fmt: skip

    def _propose(self, code: str, kind: FindingKind, words: tuple[str, str], report_id: str | None = None) -> str:
        with self.people.person("editor") as editor:
            found = editor.post("/v1/findings", {
                "kind": kind, "unit_id": self._unit_id(code), "report_id": report_id, "facts": words[0],
                "grounds": words[1],
            })  # fmt: skip
        return str(found["finding_id"])

    # Attachments

    def _attach(self, at: datetime) -> None:
        for code, content, name, file in (
            ("hexi", PICTURED, "充电棚建设进度.png", picture()), ("weijian", TABLED, "儿科床位.xlsx", _table(at)),
        ):
            attachment = uploaded(self.people, code, name, file)
            self._submitted(code, content | {"attachments": [attachment]})

    # Corrected, withdrawn, of a higher class

    def _submit(self, _at: datetime) -> None:
        for code, content in (("dongli", CORRECTED), ("xiqing", WITHDRAWN), ("shuiwu", RAISED)):
            self._submitted(code, content)

    def _submitted(self, code: str, content: dict[str, Any]) -> None:
        receipt = self.units.submit(self.units.reporters[code], content)
        self.reports[code] = receipt["report_id"]

    def _amend(self, _at: datetime) -> None:
        right = CORRECTED["body"].replace("5,200人", "2,500人")
        self._amended("dongli", CORRECTED | {"body": right}, AmendmentAct.CORRECTION, "到岗人数录入有误，以本次为准。")
        self._amended("xiqing", WITHDRAWN, AmendmentAct.WITHDRAWAL, "经核实为邻区路段，已转请其报送。")

    def _amended(self, code: str, content: dict[str, Any], act: AmendmentAct, reason: str) -> None:
        signed = content | {"report_id": self.reports[code], "amendment": {"act": act, "reason": reason}}
        self.units.submit(self.units.reporters[code], signed)
        self.units.waiting.pop(self.reports[code])

    def _raise_class(self, _at: datetime) -> None:
        report_id = self.reports["shuiwu"]
        with self.people.person("editor") as editor:
            self.people.wait(
                lambda: any(each["report_id"] == report_id for each in editor.get("/v1/reports", limit=20)["items"]),
                "a report to be registered",
            )
            body = {"secrecy": Secrecy.INTERNAL, "reason": "涉及供水安排，不宜公开。"}
            editor.post(f"/v1/reports/{report_id}/secrecy", body)
        self.units.waiting.pop(report_id)


def uploaded(people: People, code: str, name: str, file: bytes) -> dict[str, Any]:
    """The file as the unit's document names it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(file)
        attachment = people.client(code).upload(path)
    attachment.pop("verdict")
    return attachment


def picture() -> bytes:
    """A bar for each street, black on white, as a PNG."""
    drawn = Image.new("L", (360, 120), "white")
    for place, share in enumerate(BARS):
        drawn.paste("black", (20 + place * 56, 120 - share, 56 + place * 56, 120))
    written = io.BytesIO()
    drawn.save(written, "PNG")
    return written.getvalue()


def _table(now: datetime) -> bytes:
    sheet = Sheet("儿科床位", ("医院", "原有床位", "新增床位"), CLINICS, widths=(24, 12, 12))
    return write([sheet], created_at=now)
