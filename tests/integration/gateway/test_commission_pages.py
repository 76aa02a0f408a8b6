"""R18: a commission is issued in one page from a subject on the desk; a unit writes its answer by one click."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc.commissions import (
    AnswerShown,
    Commission,
    CommissionPage,
    CommissionState,
    CommissionTask,
    CommissionTaskPage,
    Origin,
    TaskState,
)
from contracts.rpc.content import MOST_POINTS
from contracts.rpc.deadlines import Deadline
from contracts.rpc.desk import DeskItem
from contracts.rpc.directory import UnitPage
from contracts.rpc.guidance import Guidance, GuidancePage, GuidancePoint, GuidanceState, UnitAnswers
from contracts.rpc.intake import ReportPage
from contracts.rpc.issues import IssuePage
from contracts.rpc.research import (
    Milestone,
    ProjectPage,
    ProjectState,
    ResearchProject,
    ResearchUnit,
    RisingTopic,
    RisingTopics,
)
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, DeskState, Kind, Role, UnitClass
from kernel.errors import Invalid
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import drafted, refusing, send, unavailable
from tests.integration.gateway.test_incident_form import sent_as_shown

COMMISSION, TASK, REPORT, POINT = (UUID(int=number) for number in (0x_3001, 0x_3002, 0x_3003, 0x_3004))


def commission(office: Office, **changes: Any) -> Commission:
    now = office.clock.now()
    values = {
        "commission_id": COMMISSION, "version": 1, "state": CommissionState.ISSUED, "subject": "冬季供热准备情况",
        "requirements": "写清热源。", "length": 1500, "due_at": now + timedelta(days=3), "template": "一、热源",
        "origin": Origin.PROVINCE, "upward_due_at": None,
        "upward_deadline": None, "delivered_upward_at": None, "delivered_upward_by": None, "upward_note": None,
        "from_report_id": None, "issued_by": "王编辑",
        "issued_at": now, "ended_by": None, "ended_at": None, "withdrawn_because": None,
        "counts": {TaskState.OWED: 2},
    } | changes  # fmt: skip
    return Commission(**values)


def task(office: Office, unit_id: UUID, **changes: Any) -> CommissionTask:
    now = office.clock.now()
    due_at = now + timedelta(days=3)
    deadline = Deadline(
        deadline_id=uuid4(), kind=DeadlineKind.COMMISSION, subject_id=TASK, unit_id=unit_id, unit_name="河西区",
        title="冬季供热准备情况", severity=None, started_at=now, due_at=due_at, outcome=DeadlineOutcome.OPEN,
        decided_at=None, receipt_unknown=False, explanation_zh="自约稿下达起算。", explanation_en="-",
    )  # fmt: skip
    values = {
        "task_id": TASK, "commission_id": COMMISSION, "version": 1, "subject": "冬季供热准备情况",
        "requirements": "写清热源。", "length": 1500, "unit_id": unit_id, "unit_name": "河西区",
        "state": TaskState.OWED, "due_at": due_at, "answers": [], "deadline": deadline,
        "excused_by": None, "excused_because": None,
        "quality": None, "quality_remark": None, "marked_by": None,
    } | changes  # fmt: skip
    return CommissionTask(**values)


def with_commission(office: Office, who: Signed, **changes: Any) -> None:
    own = task(office, office.unit_id, **changes)
    office.calls.answers |= {
        "review.get_commission": lambda _: commission(office), "review.get_commission_task": lambda _: own,
        "review.list_commission_tasks": lambda _: CommissionTaskPage(items=[own]),
        "review.list_commissions": lambda _: CommissionPage(items=[commission(office)]),
        "intake.list_reports": lambda _: ReportPage(items=[]), "intake.save_draft": drafted(office, who),
        "intake.list_units": lambda _: UnitPage(items=[]),
    }  # fmt: skip


def test_R18_the_answer_begins_with_kind_title_template_and_link_and_keeps_them(office: Office) -> None:
    officer = office.officer()
    with_commission(office, officer)
    assert f"/drafts/new?task_id={TASK}" in officer.get(f"/commission-tasks/{TASK}").text
    page = officer.get(f"/drafts/new?task_id={TASK}")
    assert "不超过 1500 字" in page.text
    content = sent_as_shown(office, officer, page, body="已储煤三十万吨。")
    assert (content.kind, content.title) == (Kind.COMMISSION_ANSWER, "冬季供热准备情况")
    assert content.reference is not None
    assert content.reference.commission_id == COMMISSION


def test_R18_an_answer_of_which_another_kind_is_made_names_the_commission_no_more(office: Office) -> None:
    officer = office.officer()
    with_commission(office, officer)
    page = officer.get(f"/drafts/new?task_id={TASK}")
    content = sent_as_shown(office, officer, page, body="全文。", kind="guidance_answer")
    assert content.reference is not None
    assert content.reference.commission_id is None


def test_R18_a_units_page_shows_what_it_owes_and_what_it_delivered(office: Office) -> None:
    officer = office.officer()
    answered = AnswerShown(
        report_id=REPORT, receipt_number="2026-0000001", title="河西区供热", received_at=office.clock.now(),
        withdrawn=True,
    )  # fmt: skip
    with_commission(office, officer, answers=[answered], state=TaskState.DELIVERED)
    page = officer.get("/commissions").text
    assert "已交稿" in page
    assert "单位已撤回" in page
    assert "下达约稿" not in page


def test_R18_an_editor_issues_it_from_a_report_on_the_desk(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    with_commission(office, editor)
    office.calls.answers |= {
        "review.get_desk_item": lambda _: desk_item(office),
        "review.issue_commission": lambda _: commission(office),
    }
    page = editor.get(f"/commissions/new?from_report_id={REPORT}")
    assert 'value="老旧管网漏损"' in page.text
    shown = {"subject": "老旧管网漏损", "requirements": "报情况", "working_days": "5", "origin": "city"}
    sent = send(editor, "/commissions", **shown, from_report_id=str(REPORT), unit_classes="district")
    assert sent.headers["Location"].endswith(f"/commissions/{COMMISSION}")
    asked = office.calls.asked[-1]["request"]
    assert (asked.unit_classes, asked.from_report_id, asked.due_at) == ([UnitClass.DISTRICT], REPORT, None)
    send(editor, "/commissions", **shown, unit_classes="district", due_at="2026-12-01T18:00")
    asked = office.calls.asked[-1]["request"]
    assert (asked.working_days, asked.due_at.isoformat()) == (None, "2026-12-01T10:00:00+00:00")


def test_R18_what_units_delivered_is_marked_in_the_list_with_one_click_each(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    answered = AnswerShown(
        report_id=REPORT, receipt_number="2026-0000001", title="河西区供热", received_at=office.clock.now(),
        withdrawn=False,
    )  # fmt: skip
    delivered = task(office, uuid4(), answers=[answered], state=TaskState.DELIVERED)
    with_commission(office, editor)
    office.calls.answers |= {
        "review.list_commission_tasks": lambda _: CommissionTaskPage(items=[delivered]),
        "review.mark_answer": lambda _: delivered,
    }
    where = {"state": "delivered", "cursor": "more"}
    listed_on = f"/commissions/{COMMISSION}?state=delivered&cursor=more"
    shown = editor.get(listed_on).text
    hidden = [f'<input type="hidden" name="{name}" value="{value}">' for name, value in where.items()]
    assert [part for part in ('name="quality" value="B"', *hidden) if part not in shown] == []
    for listed, path in (({"listed": "true"} | where, listed_on), ({}, f"/commission-tasks/{TASK}")):
        sent = send(editor, f"/commission-tasks/{TASK}/mark", quality="B", **listed)
        assert sent.headers["Location"].endswith(path)


def test_R18_a_rising_topic_comes_with_subject_and_requirements(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    with_commission(office, editor)
    page = editor.get("/commissions/new?subject=供热").text
    assert [words for words in ('value="供热"', "围绕“供热”") if words not in page] == []


def test_R18_the_page_asks_for_the_delivery_upward_until_it_is_recorded(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    owed = {"upward_due_at": office.clock.now() + timedelta(days=5), "counts": {TaskState.DELIVERED: 2}}
    done = owed | {"delivered_upward_at": office.clock.now(), "delivered_upward_by": "王编辑", "upward_note": "7号"}
    with_commission(office, editor)
    office.calls.answers["review.deliver_upward"] = lambda _: commission(office, **done)
    for fields, word in ((owed, "登记上报"), (done, "王编辑")):
        office.calls.answers["review.get_commission"] = lambda _, fields=fields: commission(office, **fields)
        page = editor.get(f"/commissions/{COMMISSION}").text
        assert (word in page, "/upward-delivery" in page) == (True, fields is owed)
    send(editor, f"/commissions/{COMMISSION}/upward-delivery", upward_note="7号")
    (asked,) = (call["request"] for call in office.calls.asked if call["method"] == "deliver_upward")
    assert asked.note == "7号"


def test_R12_the_next_milestone_is_the_first_that_is_neither_done_nor_dropped(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    now = office.clock.now()
    none: dict[str, Any] = dict.fromkeys(("done_at", "done_by", "dropped_at", "dropped_by", "dropped_because"))
    milestones = [
        Milestone(milestone_id=uuid4(), name=name, due_at=now + timedelta(days=days), outcome="open", **none | ended)
        for name, days, ended in (("走访", 1, {"dropped_at": now}), ("成稿", 9, {}), ("座谈", 5, {}))
    ]
    running = project(office, uuid4(), "管网").model_copy(update={"milestones": milestones})
    rising = RisingTopics(items=[], without_topic=0)
    office.calls.answers |= {
        "review.rising_topics": lambda _: rising, "review.list_projects": lambda _: ProjectPage(items=[running]),
    }
    page = editor.get("/research-projects").text
    assert [name in page for name in ("走访", "座谈", "成稿")] == [False, True, False]


def test_R18_what_is_refused_stays_typed_and_a_unit_directory_that_is_away_stops_nobody(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    office.calls.answers |= {
        "review.issue_commission": refusing(lambda: Invalid("交稿时限必须晚于现在。", "-", pointer="/due_at")),
        "intake.list_units": refusing(unavailable),
    }
    page = send(
        editor, "/commissions", subject="供热", requirements="报情况", due_at="2020-01-01T08:00", origin="city",
        unit_classes="district",
    )  # fmt: skip
    assert page.status_code == 422
    shown = ("交稿时限必须晚于现在。", 'value="供热"', "2020-01-01T08:00", 'value="district" checked', "暂时读不到")
    assert [text for text in shown if text not in page.text] == []


def desk_item(office: Office) -> DeskItem:
    return DeskItem(
        report_id=REPORT, receipt_number="2026-0000001", number="2026-0000001", version=1, kind=Kind.DEVELOPMENT,
        severity=None, unit_id=uuid4(), unit_name="河西区", unit_class=UnitClass.DISTRICT, title="老旧管网漏损",
        body="全文。", occurred_at=None, received_at=office.clock.now(), signer_name="吴主任", late=None,
        state=DeskState.WAITING, decision=None, claimed_by=None, seen_by=None, seen_at=None, adoption_id=None,
        issue_id=None, assignment_id=None,
    )  # fmt: skip


def test_R12_a_research_report_is_linked_from_the_desk_to_a_project_its_unit_takes_part_in(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    item = desk_item(office).model_copy(update={"kind": Kind.RESEARCH})
    own, other = (project(office, unit_id, topic) for unit_id, topic in ((item.unit_id, "管网"), (uuid4(), "招商")))
    office.calls.answers |= {
        "review.open_desk_item": lambda _: item, "review.list_issues": lambda _: IssuePage(items=[]),
        "review.list_projects": lambda _: ProjectPage(items=[own, other]), "review.link_result": lambda _: own,
        "intake.get_report": refusing(unavailable), "intake.similar_reports": refusing(unavailable),
        "intake.list_amendments": refusing(unavailable),
    }  # fmt: skip
    page = editor.get(f"/queue/{REPORT}").text
    assert ("管网</option>" in page, "招商</option>" in page) == (True, False)
    sent = send(editor, f"/queue/{REPORT}/project", project_id=str(own.project_id))
    assert sent.headers["Location"].endswith(f"/research-projects/{own.project_id}")


def project(office: Office, unit_id: UUID, topic: str) -> ResearchProject:
    return ResearchProject(
        project_id=uuid4(), version=1, state=ProjectState.RUNNING, topic=topic, plan="走访",
        lead=ResearchUnit(unit_id=unit_id, unit_name="河西区"), partners=[], milestones=[], notes=[], result=None,
        from_report_id=None, started_by="王编辑", started_at=office.clock.now(), ended_by=None, ended_at=None,
        dropped_because=None,
    )  # fmt: skip


def issued_guidance(office: Office, points: list[GuidancePoint]) -> Guidance:
    return Guidance(
        guidance_id=COMMISSION, version=2, state=GuidanceState.ISSUED, period="2026-11", title="十一月要点",
        saved_by="王编辑", issued_by="赵总编", issued_at=office.clock.now(), unit_ids=[], unit_classes=[],
        due_at=None, deadlines=[], points=points,
        units=[UnitAnswers(unit_id=office.unit_id, unit_name="和平区", number=0)],
    )


def test_R03_a_draft_on_a_point_begins_with_the_reference_to_it_and_keeps_it(office: Office) -> None:
    officer = office.officer()
    point = GuidancePoint(
        point_id=POINT, number=2, text="冬季供热", topic="民生", carried_from=None, answered_by=[],
        due_at=office.clock.now() + timedelta(days=3), own_due_at=None, overdue=False, owed_by=[],
    )  # fmt: skip
    issued = issued_guidance(office, [point])
    office.calls.answers |= {
        "review.get_guidance": lambda _: issued, "intake.list_reports": lambda _: ReportPage(items=[]),
        "intake.save_draft": drafted(office, officer),
    }  # fmt: skip
    link = f"/drafts/new?guidance_id={COMMISSION}&point_id={POINT}"
    assert link.replace("&", "&amp;") in officer.get(f"/guidance/{COMMISSION}").text
    content = sent_as_shown(office, officer, officer.get(link), title="供热", body="已备煤。")
    assert content.reference is not None
    assert (content.reference.point_ids, content.reference.number, content.topic) == ([POINT], "第2条", "民生")


def test_R03_one_report_answers_the_points_that_were_ticked(office: Office) -> None:
    officer = office.officer()
    points = [
        GuidancePoint(
            point_id=UUID(int=0x_3100 + number), number=number, text="要点", topic=None, carried_from=None,
            answered_by=[], due_at=None, own_due_at=None, overdue=False, owed_by=[],
        )
        for number in range(1, MOST_POINTS + 2)
    ]  # fmt: skip
    office.calls.answers |= {
        "review.get_guidance": lambda _: issued_guidance(office, points),
        "intake.list_reports": lambda _: ReportPage(items=[]),
    }
    shown = officer.get(f"/guidance/{COMMISSION}").text
    assert [point for point in points if f'form="together" name="point_id" value="{point.point_id}"' not in shown] == []

    def begun(chosen: list[GuidancePoint]) -> Any:
        ticked = "".join(f"&point_id={point.point_id}" for point in chosen)
        return officer.get(f"/drafts/new?guidance_id={COMMISSION}{ticked}")

    page = begun(points[:3:2]).text
    kept = [f'name="reference_point_ids" value="{point.point_id}"' in page for point in points[:3]]
    assert (kept, 'value="第1、3条"' in page) == ([True, False, True], True)
    for chosen, words in ((points, "一篇至多回应20条要点，请少勾几条。"), ([], "没有勾选要回应的要点")):
        refused = begun(chosen)
        assert (refused.status_code, words in refused.text) == (422, True)


def test_R03_a_line_of_the_form_states_topic_point_and_its_own_due_time(office: Office) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    office.calls.answers["review.save_guidance"] = refusing(unavailable)
    lines = "【民生】供热〔2026-12-10 18:00〕\n重点项目〔待定〕"
    send(editor, "/guidance", period="2026-11", title="要点", points=lines, due_at="2026-12-20T12:00")
    request = next(call["request"] for call in office.calls.asked if call["method"] == "save_guidance")
    assert [(point.topic, point.text) for point in request.points] == [("民生", "供热"), (None, "重点项目〔待定〕")]
    times = [at and at.isoformat() for at in (request.due_at, *(point.due_at for point in request.points))]
    assert times == ["2026-12-20T04:00:00+00:00", "2026-12-10T10:00:00+00:00", None]


@pytest.mark.parametrize("path", ["/commissions", "/guidance", "/research-projects"])
def test_R18_each_list_leads_to_the_other_two_and_to_a_new_one(office: Office, path: str) -> None:
    editor = office.sign_in(office.add_person("王编辑", Role.EDITOR))
    with_commission(office, editor)
    rising = RisingTopics(items=[RisingTopic(topic="供热", reports=3, before=4, units=2)], without_topic=1)
    office.calls.answers |= {
        "review.list_guidance": lambda _: GuidancePage(items=[]), "review.rising_topics": lambda _: rising,
        "review.list_projects": lambda _: ProjectPage(items=[project(office, uuid4(), "管网")]),
    }
    page = editor.get(path).text
    others = {"/commissions", "/guidance", "/research-projects"} - {path}
    assert [link for link in (*others, f"{path}/new") if f'href="{link}"' not in page] == []
