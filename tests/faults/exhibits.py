"""Objects of every kind in a running city, so that generated requests meet more than what does not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from clients.client import Client
from deploy.city import City
from deploy.demo_people import DEMO
from deploy.processes import wait_until
from deploy.seeding import Seeds
from kernel.clock import china_day

PATIENCE = 60.0


class Exhibition:
    """Makes them through the API, as people would: a draft, two reports, two issues, an instruction."""

    def __init__(self, city: City, seeds: Seeds) -> None:
        self.city = city
        self.seeds = seeds

    def make(self) -> dict[str, list[str]]:
        """Ids by the name of the path's parameter. Nobody who calls in the test is among the people and units."""
        receipts = [self._receipt(number) for number in (1, 2)]
        reports = [receipt["report_id"] for receipt in receipts]
        issues = self._issues(reports)
        instruction = self._instruction(issues[0], reports[0])
        return {
            "report_id": reports,
            "number": [receipt["number"] for receipt in receipts],
            "draft_id": [self._draft()],
            "issue_id": issues,
            "instruction_id": [instruction["instruction_id"]],
            "assignment_id": [one["assignment_id"] for one in instruction["assignments"]],
            "person_id": [str(DEMO.person("wuqing.zhao").person_id)],
            "unit_id": [str(DEMO.unit("wuqing").unit_id)],
            "code": ["daily", "special"],
            "period": [f"{china_day(datetime.now(UTC)):%Y-%m}", "2025-q1", "2025"],
        }

    def _person(self, login: str) -> Client:
        client = Client(self.city.base_url, patience=PATIENCE)
        client.sign_in(login, self.seeds.password(login))
        return client

    def _receipt(self, number: int) -> dict[str, Any]:
        act = {
            "content": {"kind": "development", "title": f"河西区工作动态{number}", "body": "本区有关工作进展。"},
            "author_name": "王敏",
            "signer_id": str(DEMO.person("hexi.li").person_id),
        }
        with Client(self.city.base_url, self.seeds.client_token, PATIENCE) as client:
            return client.submit_report(act)

    def _draft(self) -> str:
        content = {"kind": "development", "title": "河西区简讯", "body": "草稿一件。"}
        with self._person("hexi.wang") as officer:
            return str(officer.post("/v1/drafts", {"content": content})["draft_id"])

    def _issues(self, reports: list[str]) -> list[str]:
        """One published with the first report, one still open."""
        with self._person("editor") as editor, self._person("chief") as chief:
            published, still_open = (editor.post("/v1/issues", {"publication_code": "daily"}) for _ in range(2))
            self._until(lambda: {one["report_id"] for one in editor.pages("/v1/queue")} >= set(reports))
            path = f"/v1/issues/{published['issue_id']}"
            editor.post(f"/v1/queue/{reports[0]}/adoption", {"issue_id": published["issue_id"]})
            chief.post(f"{path}/publication", {"version": chief.get(path)["version"]})
            return [published["issue_id"], still_open["issue_id"]]

    def _instruction(self, issue_id: str, report_id: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        assignment = {
            "unit_id": str(DEMO.unit("hexi").unit_id),
            "requirement": "请研究落实",
            "due_at": (now + timedelta(days=5)).isoformat(),
        }
        instruction = {
            "issue_id": issue_id,
            "report_id": report_id,
            "leader": "张副市长",
            "text": "请河西区阅处。",
            "instruction_class": "for_action",
            "given_at": now.isoformat(),
            "assignments": [assignment],
        }
        with self._person("leader") as leader:
            return leader.post("/v1/instructions", instruction)

    def _until(self, condition: Callable[[], bool]) -> None:
        assert wait_until(condition, PATIENCE), f"waited {PATIENCE:.0f} s for the reports to reach the desk"
