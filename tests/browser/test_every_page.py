"""Every page the menu leads to, full of hostile text: shown as text, usable by everybody, right on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml.html import HtmlElement, fromstring
from playwright.sync_api import Browser, Page

from contracts.vocabulary import Element
from deploy.demo_people import DEMO
from deploy.processes import wait_until
from deploy.seeding import SignedIn
from tests.support.browser import DESK, PHONE, Desks
from tests.support.city import Visitors

AXE = next((Path(__file__).parent / "vendor").glob("axe-*.min.js")).read_text()
EVIL = "<script>window.evil=1</script><img src=x onerror=window.evil=1>'\"=1+1" + "x" * 26
"""As long as a name may be, and without a place to break a line."""
PEOPLE = (
    "hexi.wang", "hexi.li", "editor", "chief", "secretary", "supervisor", "duty", "scorer", "sysadmin", "secadmin1",
)  # fmt: skip
PATIENCE = 60.0
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d{7}")


@dataclass
class HostileOffice:
    """Lets every person type hostile text wherever the API takes text."""

    visitors: Visitors
    _sessions: dict[str, SignedIn] = field(default_factory=dict)

    def person(self, login: str) -> SignedIn:
        """Signed in once."""
        if login not in self._sessions:
            self._sessions[login] = self.visitors.person(login)
        return self._sessions[login]

    def close(self) -> None:
        for session in self._sessions.values():
            session.__exit__()

    def write_and_sign(self, **content: Any) -> str:
        """A report of 河西区; returns its id."""
        officer, leader = self.person("hexi.wang"), self.person("hexi.li")
        draft = officer.post("/v1/drafts", {"content": {"title": EVIL, "body": EVIL, **content}})
        officer.post(f"/v1/drafts/{draft['draft_id']}/offer", {"version": draft["version"]})
        offered = leader.get(f"/v1/drafts/{draft['draft_id']}")
        act = {"content": offered["content"], "offer_token": offered["offer_token"]}
        return str(leader.post("/v1/reports", act)["report_id"])

    def explain_lateness(self, report_id: str) -> None:
        """The unit says why its report was late, the editor upholds that it was."""
        case = f"/v1/deadlines/{self.person('hexi.wang').get(f'/v1/reports/{report_id}')['deadline_id']}"
        self.person("hexi.wang").post(f"{case}/reason", {"reason": EVIL})
        self.person("editor").post(f"{case}/finding", {"decision": "upheld", "grounds": EVIL})

    def verify(self, report_id: str) -> None:
        """The editor wrote down what he was told, and corrected it."""
        told = dict.fromkeys(("asked_name", "asked_post", "asked_unit", "question", "answer"), EVIL)
        told |= {"asked_phone": EVIL[:40], "documents": [EVIL], "conclusion": "contradicted"}
        path = f"/v1/reports/{report_id}/verifications"
        kept = self.person("editor").post(path, told)
        self.person("editor").post(path, told | {"corrects_id": kept["verification_id"]})

    def leave_drafts(self) -> None:
        """One being written, one returned with remarks and a note, two waiting for their signature."""
        officer, leader = self.person("hexi.wang"), self.person("hexi.li")
        for act in ("write", "return", "offer", "offer"):
            content = {"kind": "research", "title": EVIL, "body": EVIL, "topic": EVIL}
            draft = officer.post("/v1/drafts", {"content": content})
            path = f"/v1/drafts/{draft['draft_id']}"
            if act != "write":
                draft = officer.post(f"{path}/offer", {"version": draft["version"]})
            if act == "return":
                note = {"start": 8, "end": 30, "quote": EVIL[8:30], "remark": EVIL}
                leader.post(f"{path}/return", {"version": draft["version"], "remarks": EVIL, "notes": [note]})

    def call(self, report_id: str) -> None:
        """A pre-report nobody has made good yet, and a report whose occurrence was corrected and ruled on."""
        told = {"title": EVIL, "place": EVIL, "severity": "major", "caller_name": EVIL, "reason": EVIL}
        times = dict.fromkeys(("occurred_at", "called_at"), (datetime.now(UTC) - timedelta(minutes=30)).isoformat())
        self.person("hexi.wang").post("/v1/pre-reports", {"caller_number": "022-28380000", **told, **times})
        path = f"/v1/reports/{report_id}/occurrence"
        correction = {"occurred_at": times["occurred_at"], "reason": EVIL}
        corrected = self.person("hexi.wang").post(f"{path}-corrections", correction)
        statement_id = corrected["statements"][0]["statement_id"]
        self.person("chief").post(f"{path}-ruling", {"statement_id": statement_id, "reason": EVIL})

    def publish(self, report_id: str) -> str:
        editor, chief = self.person("editor"), self.person("chief")
        readers = [{"kind": "post", "name": EVIL, "role": "secretary"}]
        publication = {"name": EVIL, "columns": [EVIL], "head_text": EVIL[:40], "distribution": readers}
        chief.put("/v1/publications/evil", publication)
        issue_id = editor.post("/v1/issues", {"publication_code": "evil"})["issue_id"]
        table = f"{EVIL}\n表1　{EVIL[:40]}\n甲|乙|丙|丁|戊|己\n{'|'.join([EVIL] * 6)}"
        editor.post(f"/v1/queue/{report_id}/adoption", {"issue_id": issue_id, "title": f"{EVIL}采用", "body": table})
        version = chief.get(f"/v1/issues/{issue_id}")["version"]
        chief.post(f"/v1/issues/{issue_id}/publication", {"version": version})
        return str(issue_id)

    def proof(self, report_id: str) -> None:
        """An issue in proof, with a comment nobody has dealt with."""
        editor = self.person("editor")
        issue = editor.post("/v1/issues", {"publication_code": "evil"})
        path = f"/v1/issues/{issue['issue_id']}"
        editor.post(f"/v1/queue/{report_id}/adoption", {"issue_id": issue["issue_id"]})
        editor.post(f"{path}/proof", {"version": editor.get(path)["version"]})
        editor.post(f"{path}/comments", {"text": EVIL})

    def return_report(self, report_id: str) -> None:
        editor = self.person("editor")
        editor.post(f"/v1/queue/{report_id}/return", {"remarks": EVIL})

    def instruct(self, issue_id: str, report_id: str) -> str:
        due_at = (datetime.now(UTC) + timedelta(days=2)).isoformat()
        assignment = {"unit_id": str(DEMO.unit("hexi").unit_id), "requirement": EVIL, "due_at": due_at}
        leader = self.person("leader")
        instruction = leader.post(
            "/v1/instructions",
            {
                "issue_id": issue_id, "report_id": report_id, "leader": EVIL, "text": EVIL,
                "instruction_class": "for_action", "given_at": datetime.now(UTC).isoformat(),
                "assignments": [assignment, assignment],
            },
        )
        return str(instruction["assignments"][0]["assignment_id"])

    def answer(self, assignment_id: str) -> None:
        """Feedback that the supervisor returned, and a second one that waits for him."""
        supervisor = self.person("supervisor")
        path = f"/v1/assignments/{assignment_id}"
        for remarks in (EVIL, None):
            self.write_and_sign(kind="feedback", assignment_id=assignment_id)
            until(lambda: supervisor.get(path)["state"] == "fed_back")
            if remarks:
                supervisor.post(f"{path}/return", {"remarks": remarks})

    def follow_up(self, first: str, urgent: dict[str, Any]) -> None:
        """With figures and every element."""
        incident = {"figures": {"dead": 1, "loss_yuan": "123456789.10"}, "elements": dict.fromkeys(Element, EVIL)}
        following = urgent | {"kind": "urgent_follow_up", "follows_report_id": first, "incident": incident}
        self.on_the_desk(self.write_and_sign(**following))

    def open_incident(self, first: str) -> None:
        body = {"report_id": first, "title": EVIL, "reason": EVIL}
        self.person("editor").post("/v1/incidents", body)

    def train(self) -> None:
        people = [str(DEMO.person(login).person_id) for login in ("hexi.wang", "hexi.li")]
        training = {"subject": EVIL, "kind": "visit", "day": f"{datetime.now(UTC):%Y-%m-%d}", "hours": "1.5"}
        self.person("hexi.wang").post("/v1/trainings", {**training, "person_ids": people})

    def on_the_desk(self, report_id: str) -> None:
        editor = self.person("editor")
        until(lambda: any(item["report_id"] == report_id for item in editor.get("/v1/queue")["items"]))


def until(condition: Callable[[], bool]) -> None:
    assert wait_until(condition, PATIENCE)


@pytest.fixture(scope="module")
def office(visitors: Visitors) -> Iterator[HostileOffice]:
    """A city in which something hostile waits on every page."""
    office = HostileOffice(visitors)
    occurred_at = (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    urgent = {"kind": "urgent_first", "severity": "major", "occurred_at": occurred_at, "place": EVIL}
    late = {"occurred_at": (datetime.now(UTC) - timedelta(hours=5)).isoformat()}
    reports = [office.write_and_sign(**urgent) for _ in range(3)] + [office.write_and_sign(**urgent | late)]
    for report_id in reports:
        office.on_the_desk(report_id)
    office.explain_lateness(reports[3])
    office.verify(reports[3])
    office.follow_up(reports[2], urgent)
    office.open_incident(reports[2])
    office.call(reports[2])
    office.return_report(reports[1])
    office.answer(office.instruct(office.publish(reports[0]), reports[0]))
    office.leave_drafts()
    office.proof(reports[3])
    office.train()
    yield office
    office.close()


@pytest.fixture(scope="module")
def console(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors)
    yield opened
    opened.close()


class Walk:
    """Follows the links of the menu and of each page; one page of each shape, which its forms tell."""

    shapes: frozenset[tuple[str, ...]] = frozenset()
    """Shapes that were judged already, for whomever."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.faults: list[str] = []

    def go(self) -> None:
        waiting, known = ["/", "/password"], {"/", "/password"}
        while waiting:
            path = waiting.pop(0)
            document = self._read(path)
            self._judge(path, document)
            for found in self._links(document):
                if IDS.sub("*", found) not in known:
                    known.add(IDS.sub("*", found))
                    waiting.append(found)

    def _read(self, path: str) -> HtmlElement:
        """Without drawing it, as the person: most shapes were drawn for somebody else already."""
        answer = self.page.request.get(f"{self.address}{path}")
        if not answer.ok:
            self.faults.append(f"{path}: {answer.status}")
        return fromstring(answer.body().decode())

    def _links(self, document: HtmlElement) -> list[str]:
        links = document.xpath("//nav//a/@href | //main//a[not(@download)]/@href")
        return [link for link in links if link.startswith("/") and "/file" not in link]

    def _judge(self, path: str, document: HtmlElement) -> None:
        forms = {IDS.sub("*", form.get("action", "")) for form in document.xpath("//main//form")}
        shape = (IDS.sub("*", path), *sorted(forms))
        if shape in Walk.shapes:
            return
        Walk.shapes |= {shape}
        self.page.goto(f"{self.address}{path}")
        if self.page.evaluate("window.evil"):
            self.faults.append(f"{path}: a script ran")
        self.faults += [f"{path}: {fault}" for fault in self._hard_to_use()]
        self.page.set_viewport_size(PHONE)
        width = self.page.evaluate("document.documentElement.scrollWidth")
        if width > PHONE["width"]:
            self.faults.append(f"{path}: {width} px wide on a phone")
        self.page.set_viewport_size(DESK)

    def _hard_to_use(self) -> list[str]:
        """What axe-core finds by WCAG 2 A and AA; put in by the debugger, which the page's policy does not concern."""
        self.page.evaluate(AXE)
        options = {"runOnly": ["wcag2a", "wcag2aa"]}
        found = self.page.evaluate("options => axe.run(options).then(result => result.violations)", options)
        return [f"{fault['id']}: {fault['nodes'][0]['html'][:200]}" for fault in found]


@pytest.mark.parametrize("login", PEOPLE)
def test_R24_every_page_shows_hostile_text_as_text_and_can_be_used_by_everybody(
    office: HostileOffice, console: Desks, login: str
) -> None:
    walk = Walk(console.person(login), console.address)
    walk.go()
    assert (walk.faults, console.complaints) == ([], [])


def test_no_request_left_the_city(office: HostileOffice, console: Desks) -> None:
    assert console.requested == {urlsplit(console.address).netloc}


def test_the_walk_saw_the_pages_of_the_road(office: HostileOffice) -> None:
    walked = {shape[0].partition("?")[0] for shape in Walk.shapes}
    assert {
        "/", "/drafts/new", "/drafts/*", "/receipts/*", "/reports/*", "/queue/*", "/issues/*", "/instructions/new",
        "/instructions/*", "/assignments/*", "/bulletins", "/ledger", "/timeliness", "/timeliness/cases",
        "/timeliness/cases/*", "/messages", "/accounts", "/signing",
        "/endorsement-rules", "/trainings", "/trainings/*", "/trainings/new", "/reports/balance",
        "/people", "/grants", "/clients", "/rules", "/publications", "/publications/evil", "/reading", "/reading/*",
    } <= walked  # fmt: skip
