"""Every act of the desk leaves an entry in the evidence (architecture.md, promise 2)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from contracts.events.gateway import AmendmentTold, ReferenceTold
from contracts.rpc.commissions import Origin
from contracts.services import RPC
from contracts.vocabulary import AmendmentAct, FindingKind, Kind, Level, Outcome
from services.review.model.commissions import task_id
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    feedback,
    new_version,
    registered,
)
from tests.integration.review.test_item_pictures import MAP, choose, with_item
from tests.integration.review.test_proofs import HEAD, act, composed, revised

HOUR = timedelta(hours=1)


def test_R09_every_command_of_the_desk_leaves_an_audit_entry(office: ReviewOffice) -> None:
    _walk_the_whole_road(office)
    with office.harness.database.reading() as session:
        acts = set(session.scalars(text("SELECT act FROM evidence_entries")))
    commands = {name for name, method in RPC["review"].items() if method.command}
    assert commands <= acts


def _publish_and_withdraw(office: ReviewOffice) -> None:
    """An issue through proof, comment and signatures to its readers, and back."""
    issue = composed(office, items=1)
    ids = [item.adoption_id for item in issue.items]
    issue = act(office, "arrange_issue", EDITOR, issue, places=[{"column": "要情", "adoption_ids": ids}])
    issue = revised(office, EDITOR, issue)
    issue = act(office, "proof_issue", EDITOR, issue)
    issue = act(office, "recompose_issue", EDITOR, issue, reason="再核对")
    issue = act(office, "proof_issue", EDITOR, issue)
    comment = {"issue_id": issue.issue_id, "comment_id": uuid4()}
    office.do("comment_on_issue", CHIEF, **comment, text="请核对")
    office.do("resolve_comment", EDITOR, **comment, resolution="已核对")
    for method, by in (("sign_issue", CHIEF), ("sign_issue", HEAD), ("publish_issue", CHIEF)):
        issue = act(office, method, by, issue)
    office.do("read_issue", SUPERVISOR, issue_id=issue.issue_id)
    act(office, "withdraw_issue", CHIEF, issue, reason="重大差错")


def _walk_the_whole_road(office: ReviewOffice) -> None:
    """Each command at least once."""
    _decide_in_every_way(office)
    _work_the_desk(office)
    _combine(office)
    _publish_and_withdraw(office)
    _set_pictures(office)
    _ask_for_reports(office)
    _study(office)
    _find(office)
    _amend(office)
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="内容重复")
    outcome = {"level": Level.STATE, "outcome": Outcome.ADOPTED, "happened_at": NOW}
    office.do("record_outcome", EDITOR, report_id=report.report_id, **outcome)
    assignment = office.assign(instruction_id=uuid4())
    which = {"assignment_id": assignment.assignment_id}
    office.do("issue_notice", SUPERVISOR, **which, notice_id=uuid4(), kind="assignment_notice")
    office.do("receive_assignment", OFFICER, **which)
    office.register(feedback(assignment.assignment_id, NOW))
    office.do("return_feedback", SUPERVISOR, **which, remarks="请补充")
    for decided, said in (("refuse_extension", {"remarks": "不同意"}), ("grant_extension", {})):
        asked = {"extension_id": uuid4(), "wanted_due_at": NOW + 300 * HOUR}
        office.do("ask_extension", OFFICER, **which, **asked, reason="材料多", progress="过半")
        office.do(decided, SUPERVISOR, **which, extension_id=asked["extension_id"], **said)
    office.harness.clock.at = NOW + HOUR
    office.register(feedback(assignment.assignment_id, NOW + HOUR))
    office.do("accept_feedback", SUPERVISOR, **which)
    office.do("lay_feedback_on_desk", EDITOR, **which)
    office.do("present_instruction", SECRETARY, instruction_id=assignment.instruction_id)
    office.do("close_instruction", CHIEF, instruction_id=assignment.instruction_id)
    on_paper = office.instruct(by=SECRETARY)
    office.do("confirm_instruction", LEADER, instruction_id=on_paper.instruction_id)
    wrong = office.instruct(by=SECRETARY)
    office.do("withdraw_instruction", SECRETARY, instruction_id=wrong.instruction_id, reason="登记有误")


def _decide_in_every_way(office: ReviewOffice) -> None:
    for method, fields in (
        ("open_desk_item", {}),
        ("return_report", {"remarks": "请补充"}),
        ("keep_report", {}),
        ("decline_report", {"reason": "不属重点"}),
    ):
        report = registered()
        office.register(report)
        office.do("claim_report", EDITOR, report_id=report.report_id)
        office.do("release_report", EDITOR, report_id=report.report_id)
        office.do(method, EDITOR, report_id=report.report_id, **fields)


def _work_the_desk(office: ReviewOffice) -> None:
    """What can be taken back is taken back."""
    report = registered()
    office.register(report)
    which = {"report_id": report.report_id}
    office.do("set_due", EDITOR, **which, due_at=NOW + 24 * HOUR)
    office.do("claim_report", EDITOR, **which)
    office.do("hand_over_report", EDITOR, **which, to_id=CHIEF.person_id, to_name=CHIEF.name, note="回电")
    office.do("pre_adopt_report", CHIEF, **which)
    office.do("undo_decision", CHIEF, **which)
    office.do("pass_up_report", CHIEF, **which, level=Level.PROVINCE)
    office.do("reopen_report", CHIEF, **which)
    reader = {"person_id": LEADER.person_id, "name": LEADER.name}
    office.do("send_for_reading", CHIEF, **which, readers=[reader])
    (reading,) = office.do("list_readings", LEADER).items
    office.do("open_reading", LEADER, reading_id=reading.reading_id)
    office.do(
        "record_verification", EDITOR, **which, verification_id=uuid4(), asked_name="王晓", question="几人",
        answer="三人", conclusion="confirmed",
    )  # fmt: skip
    view = office.do("save_queue_view", EDITOR, name="我认领的", filters={"mine": True})
    office.do("remove_queue_view", EDITOR, view_id=view.view_id)


def _combine(office: ReviewOffice) -> None:
    issue = office.open_issue()
    for _ in range(2):
        office.adopted(issue.issue_id)
    first, second = (item.adoption_id for item in office.do("get_issue", EDITOR, issue_id=issue.issue_id).items)
    which = {"issue_id": issue.issue_id, "adoption_id": first}
    office.do("combine_items", EDITOR, **which, others=[second])
    shares = [{"adoption_id": first, "share": "0.6"}, {"adoption_id": second, "share": "0.4"}]
    office.do("divide_credit", EDITOR, **which, shares=shares)
    office.do("separate_item", EDITOR, **which)


def _set_pictures(office: ReviewOffice) -> None:
    issue_id, item, _report = with_item(office)
    chosen = choose(office, issue_id, item, MAP)
    which = {"issue_id": issue_id, "adoption_id": item, "version": chosen.version}
    office.do("place_pictures", EDITOR, **which, pictures=[])


def _ask_for_reports(office: ReviewOffice) -> None:
    asked = {"subject": "供热", "requirements": "报情况", "due_at": NOW + 24 * HOUR, "unit_ids": [HEPING, HANGU]}
    ended, needless = uuid4(), uuid4()
    for commission_id in (ended, needless):
        upward = {"origin": Origin.PROVINCE, "upward_due_at": NOW + 48 * HOUR}
        office.do("issue_commission", EDITOR, commission_id=commission_id, **asked, **upward)
    reference = ReferenceTold(title="供热", commission_id=ended)
    office.register(registered(kind=Kind.COMMISSION_ANSWER, reference=reference))
    office.do("mark_answer", EDITOR, task_id=task_id(ended, HEPING), quality="A")
    office.do("excuse_unit", EDITOR, task_id=task_id(ended, HANGU), reason="机构改革")
    office.do("deliver_upward", EDITOR, commission_id=ended)
    office.do("close_commission", EDITOR, commission_id=ended)
    office.do("withdraw_commission", EDITOR, commission_id=needless, reason="重复")
    points = {"period": "2026-11", "title": "要点", "points": [{"text": "供热"}], "unit_ids": [HEPING]}
    guidance_id = uuid4()
    office.do("save_guidance", EDITOR, guidance_id=guidance_id, **points)
    office.do("issue_guidance", CHIEF, guidance_id=guidance_id, version=1)
    office.do("carry_over_points", EDITOR, guidance_id=guidance_id, into_id=uuid4(), period="2026-12")


def _study(office: ReviewOffice) -> None:
    finished, dropped = uuid4(), uuid4()
    plan = {"topic": "管网", "plan": "走访", "lead_unit_id": HEPING}
    milestones = [{"name": "成稿", "due_at": NOW + 24 * HOUR}]
    for project_id in (finished, dropped):
        project = office.do("start_project", EDITOR, project_id=project_id, milestones=milestones, **plan)
    step = {"project_id": dropped, "milestone_id": project.milestones[0].milestone_id}
    later = NOW + 48 * HOUR
    for version, (method, fields) in enumerate(
        (
            ("change_plan", {"plan": "走访、座谈"}),
            ("add_milestone", {"name": "座谈", "due_at": later}),
            ("move_milestone", {"milestone_id": step["milestone_id"], "due_at": later}),
        ),
        start=project.version,
    ):
        changed = office.do(method, EDITOR, project_id=dropped, version=version, reason="领导要求", **fields)
    added = {"project_id": dropped, "milestone_id": changed.milestones[-1].milestone_id}
    office.do("drop_milestone", EDITOR, **added, version=changed.version, reason="并入走访")
    office.do("complete_milestone", OFFICER, **step)
    office.do("note_project", OFFICER, project_id=dropped, text="已走访")
    office.do("drop_project", EDITOR, project_id=dropped, reason="并入另一课题")
    report = registered(kind=Kind.RESEARCH)
    office.register(report)
    office.do("link_result", EDITOR, project_id=finished, report_id=report.report_id)
    office.do("finish_project", EDITOR, project_id=finished)


def _find(office: ReviewOffice) -> None:
    finding = {"finding_id": uuid4()}
    about = {"kind": FindingKind.CONCEALED, "unit_id": HEPING, "facts": "某厂爆炸未报。", "grounds": "核查记录"}
    office.do("propose_finding", EDITOR, **finding, **about)
    office.do("reply_to_finding", OFFICER, **finding, text="当时通信中断。")
    office.do("decide_finding", CHIEF, **finding, decision="confirmed", reason="事实清楚。")


def _amend(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    office.register(new_version(report, amendment=AmendmentTold(act=AmendmentAct.CORRECTION, reason="有误")))
    named = {"report_id": report.report_id, "report_version": 2}
    office.do("decide_amended", EDITOR, **named, decision="no_action", note="不影响结论")
