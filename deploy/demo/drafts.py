"""A draft of the last day that was offered, returned and rewritten: several versions to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.vocabulary import Kind
from deploy.demo.month import Agenda
from deploy.demo.people import People

TITLE = "河西区老旧小区加装电梯进展情况调研"
FIRST = """一、基本情况
全区共有老旧小区三十二个，已加装电梯六十部。

二、原因分析
主要是低层住户不同意。"""
REWRITTEN = """一、基本情况
全区共有老旧小区三十五个，已加装电梯六十二部，另有十一部正在施工。

二、原因分析
主要是高低层住户意见不统一，费用分摊没有办法。

三、对策建议
建议制定费用分摊指导意见，由街道组织协商。"""
REMARKS = "小区数与上月报的不一致，请核对；请补充对策建议。"


@dataclass
class Desk:
    """Two people of one district and the draft between them."""

    people: People
    officer: str = "hexi.xxy"
    leader: str = "hexi.ld"

    def plan(self, agenda: Agenda) -> None:
        """On the last afternoon: written and offered, returned, written anew."""
        agenda.plan(agenda.end - timedelta(hours=17), self._write_and_return)
        agenda.plan(agenda.end - timedelta(hours=16), self._rewrite)

    def _write_and_return(self, _at: datetime) -> None:
        content = {"kind": Kind.RESEARCH, "title": TITLE, "body": FIRST}
        with self.people.person(self.officer) as officer:
            draft = officer.post("/v1/drafts", {"content": content})
            self._place = f"/v1/drafts/{draft['draft_id']}"
            offered = officer.post(f"{self._place}/offer", {"version": draft["version"]})
        with self.people.person(self.leader) as leader:
            leader.post(f"{self._place}/return", {"version": offered["version"], "remarks": REMARKS})

    def _rewrite(self, _at: datetime) -> None:
        with self.people.person(self.officer) as officer:
            draft = officer.get(self._place)
            content = {"kind": Kind.RESEARCH, "title": TITLE, "body": REWRITTEN}
            officer.put(self._place, {"content": content, "version": draft["version"]})
