"""The road: one urgent report of a district travels the whole way, in both modes, told by real mail and SMS."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest

from clients.client import Client
from contracts.receipts import Receipt, receipt_is_genuine
from deploy.city import City
from deploy.demo_people import DEMO
from deploy.processes import wait_until
from deploy.seeding import Seeds
from tests.support.city import seeded_city
from tests.support.peers import MailServer, SmsCentre

PATIENCE = 60.0
MOBILE = "+8613900000001"
TOLD = ("待签发", "紧急信息", "采用", "交办", "反馈已办结", "通报")
"""Words of the subjects; which mail comes last is chance."""
CITY_TIME = ZoneInfo("Asia/Shanghai")
"""A month of points is the city's, whatever zone this machine keeps."""


@dataclass
class Road:
    """A city and what happened in it, step by step."""

    city: City
    seeds: Seeds
    mail: MailServer
    sms: SmsCentre
    seen: dict[str, Any] = field(default_factory=dict)

    def person(self, login: str) -> Client:
        client = Client(self.city.base_url)
        client.sign_in(login, self.seeds.password(login))
        return client

    def travel(self) -> None:
        """The whole life of one report."""
        self._addresses()
        self._write_and_offer()
        self._sign()
        self._adopt_and_publish()
        self._instruct()
        self._give_feedback()
        self._count()

    def _addresses(self) -> None:
        with self.person("sysadmin") as sysadmin:
            for login in ("hexi.wang", "hexi.li", "duty"):
                contact = {"email": f"{login}@city.example", "mobile": MOBILE}
                sysadmin.put(f"/v1/contacts/{DEMO.person(login).person_id}", contact)

    def _write_and_offer(self) -> None:
        content = {
            "kind": "urgent_first",
            "title": "河西区一商场发生火灾",
            "body": "今日上午，河西区一商场发生火灾，消防已到场处置，无人员伤亡。",
            "severity": "general",
            "occurred_at": (datetime.now(UTC) - timedelta(minutes=30)).isoformat(),
            "place": "河西区友谊路",
        }
        with self.person("hexi.wang") as officer:
            draft = officer.post("/v1/drafts", {"content": content})
            self.seen["draft"] = officer.post(f"/v1/drafts/{draft['draft_id']}/offer", {"version": draft["version"]})

    def _sign(self) -> None:
        with self.person("hexi.li") as leader:
            draft = leader.get(f"/v1/drafts/{self.seen['draft']['draft_id']}")
            act = {"content": draft["content"], "offer_token": draft["offer_token"]}
            self.seen["receipt"] = leader.submit_report(act)
            self.report_id = self.seen["receipt"]["report_id"]
            path = f"/v1/receipts/{self.seen['receipt']['number']}"
            self.until(lambda: leader.get(path)["progress"]["state"] == "on_the_desk", "the report to reach the desk")
            self.seen["not_seen"] = leader.get(path)["progress"]
            self.seen["report"] = leader.get(f"/v1/reports/{self.report_id}")

    def _adopt_and_publish(self) -> None:
        with self.person("editor") as editor, self.person("chief") as chief, self.person("hexi.li") as leader:
            editor.post(f"/v1/queue/{self.report_id}/opening")
            editor.post(f"/v1/queue/{self.report_id}/claim")
            issue = editor.post("/v1/issues", {"publication_code": "daily"})
            editor.post(f"/v1/queue/{self.report_id}/adoption", {"issue_id": issue["issue_id"]})
            version = chief.get(f"/v1/issues/{issue['issue_id']}")["version"]
            self.seen["issue"] = chief.post(f"/v1/issues/{issue['issue_id']}/publication", {"version": version})
            path = f"/v1/receipts/{self.seen['receipt']['number']}"
            self.until(lambda: leader.get(path)["progress"]["seen_by"], "the receipt to say who saw it")
            self.seen["seen"] = leader.get(path)["progress"]

    def _instruct(self) -> None:
        assignment = {
            "unit_id": str(DEMO.unit("hexi").unit_id),
            "requirement": "查明起火原因，举一反三开展排查",
            "due_at": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
        }
        instruction = {
            "issue_id": self.seen["issue"]["issue_id"],
            "report_id": self.report_id,
            "leader": "张副市长",
            "text": "请河西区妥善处置，查明原因。",
            "instruction_class": "for_action",
            "given_at": datetime.now(UTC).isoformat(),
            "assignments": [assignment],
        }
        with self.person("secretary") as secretary, self.person("leader") as leader:
            recorded = secretary.post("/v1/instructions", instruction)
            confirmed = leader.post(f"/v1/instructions/{recorded['instruction_id']}/confirmation")
            self.seen["instruction"] = confirmed
        with self.person("hexi.wang") as officer:
            self.assignment_id = self.seen["instruction"]["assignments"][0]["assignment_id"]
            self.seen["received"] = officer.post(f"/v1/assignments/{self.assignment_id}/receipt")

    def _give_feedback(self) -> None:
        content = {
            "kind": "feedback",
            "title": "关于商场火灾处置情况的反馈",
            "body": "已查明系电气线路老化引起，全区排查商场四十二家。",
            "assignment_id": self.assignment_id,
        }
        with self.person("hexi.wang") as officer, self.person("hexi.li") as leader:
            draft = officer.post("/v1/drafts", {"content": content})
            officer.post(f"/v1/drafts/{draft['draft_id']}/offer", {"version": draft["version"]})
            draft = leader.get(f"/v1/drafts/{draft['draft_id']}")
            act = {"content": draft["content"], "offer_token": draft["offer_token"]}
            self.seen["feedback_receipt"] = leader.submit_report(act)
        with self.person("supervisor") as supervisor:
            path = f"/v1/assignments/{self.assignment_id}"
            self.until(lambda: supervisor.get(path)["state"] == "fed_back", "the feedback to arrive")
            self.seen["accepted"] = supervisor.post(f"{path}/acceptance")
            instruction_id = self.seen["instruction"]["instruction_id"]
            supervisor.post(f"/v1/instructions/{instruction_id}/presentation")
            self.seen["closed"] = supervisor.post(f"/v1/instructions/{instruction_id}/closing")

    def _count(self) -> None:
        period = datetime.now(CITY_TIME).strftime("%Y-%m")
        with self.person("chief") as chief:
            self.until(lambda: self._points(chief, period) == Decimal(10), "the points of adoption and instruction")
            self.seen["bulletin"] = chief.post(f"/v1/bulletins/{period}/issue")
            self.seen["files"] = {
                kind: chief.download(f"/v1/bulletins/{period}/files/{kind}") for kind in ("json", "xlsx", "pdf")
            }
        self.until(lambda: not self.untold(), "everybody to be told by mail")

    def untold(self) -> set[str]:
        """What nobody was told of by mail so far."""
        subjects = " ".join(mail["Subject"] for mail in self.mail.mails)
        return {word for word in TOLD if word not in subjects}

    def _points(self, chief: Client, period: str) -> Decimal:
        lines = chief.get(f"/v1/bulletins/{period}/draft")["lines"]
        return next(Decimal(line["points"]) for line in lines if line["unit_name"].startswith("河西区"))

    def until(self, condition: Callable[[], Any], what: str) -> None:
        assert wait_until(lambda: bool(condition()), PATIENCE), f"waited {PATIENCE:.0f} s for {what}"

    def metrics(self, process: str) -> str:
        """The figures of one process, as Prometheus reads them."""
        address = self.city.health_url(process).rpartition("/")[0] + "/metrics"
        with urlopen(address, timeout=5) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module", params=["embedded", "full"])
def road(request: pytest.FixtureRequest, servers_folder: Path) -> Iterator[Road]:
    mail, sms = MailServer(), SmsCentre()
    mail.start()
    sms.start()
    settings = {"CHENGBAO_SMTP_URL": mail.url, "CHENGBAO_SMPP_URL": sms.url}
    with seeded_city(servers_folder / f"road-{request.param}", request.param, settings) as (city, seeds):
        travelled = Road(city, seeds, mail, sms)
        travelled.travel()
        yield travelled
    sms.stop()
    mail.stop()


def test_R09_the_receipt_is_genuine_offline(road: Road) -> None:
    document = road.seen["receipt"]
    receipt = Receipt.model_validate(document)
    key = (road.city.root / "keys" / "gateway" / "gateway.pub.pem").read_bytes()
    assert receipt_is_genuine(receipt, key)


def test_R04_the_due_time_is_three_hours_after_the_occurrence(road: Road) -> None:
    report = road.seen["report"]
    occurred, due = (datetime.fromisoformat(report[name]) for name in ("occurred_at", "due_at"))
    assert due - occurred == timedelta(hours=3)


def test_R04_a_report_received_in_time_is_not_late(road: Road) -> None:
    assert road.seen["report"]["late"] is False


def test_R04_until_somebody_opens_it_the_city_has_not_seen_it(road: Road) -> None:
    assert road.seen["not_seen"]["seen_by"] is None


def test_R04_the_receipt_names_who_saw_it_and_when(road: Road) -> None:
    assert (road.seen["seen"]["seen_by"], bool(road.seen["seen"]["seen_at"])) == ("陈静", True)


def test_R23_the_issue_is_numbered_and_carries_its_evidence(road: Road) -> None:
    issue = road.seen["issue"]
    assert (issue["state"], issue["number"] > 0, bool(issue["evidence"])) == ("published", True, True)


def test_R17_the_assignment_goes_from_receipt_to_accepted_feedback(road: Road) -> None:
    assert (road.seen["received"]["state"], road.seen["accepted"]["state"]) == ("received", "accepted")
    assert road.seen["closed"]["closed_at"]


def test_R19_the_bulletin_counts_adoption_and_instruction(road: Road) -> None:
    line = next(line for line in road.seen["bulletin"]["lines"] if line["unit_name"].startswith("河西区"))
    assert (Decimal(line["points"]), line["rank"]) == (Decimal(10), 1)


def test_R19_the_bulletin_comes_as_json_spreadsheet_and_pdf(road: Road) -> None:
    files = road.seen["files"]
    assert json.loads(files["json"])["bulletin"]["period"] == road.seen["bulletin"]["period"]
    assert (files["xlsx"][:2], files["pdf"][:5]) == (b"PK", b"%PDF-")


def test_R26_people_were_told_by_mail(road: Road) -> None:
    assert road.untold() == set()


def test_R26_the_duty_officer_was_told_by_sms(road: Road) -> None:
    assert any("紧急信息" in message.text for message in road.sms.messages)


def test_R25_both_compliance_metrics_moved(road: Road) -> None:
    urgent = 'chengbao_urgent_reports_met{severity="general",unit_class="district"} 1.0'
    feedback = 'chengbao_feedback_deadlines{outcome="met",unit_class="district"} 1.0'
    assert urgent in road.metrics("intake")
    assert feedback in road.metrics("review")


def test_R25_one_correlation_joins_the_lines_of_a_report_across_processes(road: Road) -> None:
    joined = {
        name: {line.get("correlation_id") for line in _log_lines(road.city.log(name))}
        for name in ("gateway", "intake", "review")
    }
    assert joined["gateway"] & joined["intake"] & joined["review"] - {None}


def _log_lines(log: Path) -> Iterator[dict[str, Any]]:
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            yield json.loads(line)
