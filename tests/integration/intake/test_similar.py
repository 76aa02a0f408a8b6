"""R06: reports like a text are found from the moment they are registered, as far as the reader may know of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from contracts.events.gateway import ReportAccepted
from contracts.rpc import similar as rpc
from contracts.vocabulary import Kind, ReportState, Role, Secrecy
from kernel.errors import Forbidden, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from services.intake.model.reports import Report
from services.intake.model.similar import ReportSketch
from tests.factories.intake import HEXI, JINNAN, OCCURRED, AcceptedFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, STRANGER = PersonFactory.officer(), PersonFactory.officer(JINNAN)
EDITOR = PersonFactory.of_the_city(Role.EDITOR)
TITLE = "津河沿线排水管网夜间抢修完成"
SENTENCES = (
    "昨夜二十三时，津河沿线一处排水管网破裂。",
    "抢修队伍连夜更换管道四十米。",
    "今晨六时已恢复通水，三百余户居民用水正常。",
)
BODY = "".join(SENTENCES)
OTHER_BODY = "全区中小学完成秋季开学准备，食堂、校车和消防设施均经检查。各校已公布课后服务安排，家长可在线上报名。"
SKETCHING = "sketch reports registered before there were sketches"


def accepted(body: str = BODY, unit_id: UUID = HEXI, title: str = TITLE, **changes: Any) -> ReportAccepted:
    return AcceptedFactory.development(title=title, body=body, unit_id=unit_id, **changes)


def hints(office: Office, who: Principal, body: str = BODY, **changes: Any) -> list[rpc.SimilarHint]:
    request = rpc.SimilarToText(**({"kind": Kind.DEVELOPMENT, "title": TITLE, "body": body} | changes))
    items: list[rpc.SimilarHint] = office.call("similar_to_text", request, who).items
    return items


def like(office: Office, report: ReportAccepted, who: Principal = EDITOR) -> list[rpc.SimilarReport]:
    request = rpc.SimilarReportsQuery(report_id=report.report_id)
    items: list[rpc.SimilarReport] = office.call("similar_reports", request, who).items
    return items


def test_R06_another_units_report_is_hinted_by_unit_and_time_alone(office: Office) -> None:
    office.accept(accepted())
    office.clock.at = OCCURRED + timedelta(minutes=40)
    (hint,) = hints(office, STRANGER)
    assert (hint.unit_name, hint.minutes, hint.percent, hint.own) == ("河西区人民政府办公室", 40, 100, False)
    assert (hint.report_id, hint.number, hint.title) == (None, None, None)


def test_R06_a_report_of_the_readers_own_unit_is_named(office: Office) -> None:
    office.accept(report := accepted())
    (hint,) = hints(office, OFFICER)
    assert (hint.own, hint.report_id, hint.title) == (True, report.report_id, TITLE)


def test_R06_another_matter_and_a_text_that_says_too_little_hint_at_nothing(office: Office) -> None:
    office.accept(accepted())
    assert hints(office, STRANGER, OTHER_BODY, title="秋季开学准备") == []
    assert hints(office, STRANGER, "管网", title="") == []
    assert hints(office, STRANGER, "", title="") == []


def test_R06_what_is_above_the_readers_clearance_is_not_hinted(office: Office) -> None:
    office.accept(accepted(secrecy=Secrecy.INTERNAL), mine := accepted(unit_id=JINNAN))
    assert hints(office, STRANGER)[0].own
    assert len(hints(office, STRANGER)) == 1
    assert like(office, mine) == []


def test_R06_feedback_is_no_other_units_business(office: Office) -> None:
    office.accept(accepted(kind=Kind.FEEDBACK, assignment_id=new_id()))
    assert hints(office, STRANGER) == []
    office.accept(accepted())
    assert hints(office, STRANGER, kind=Kind.FEEDBACK) == []


def test_R06_a_drill_is_like_drills_only(office: Office) -> None:
    office.accept(accepted(drill=True))
    assert hints(office, STRANGER) == []
    assert len(hints(office, STRANGER, drill=True)) == 1


def test_R06_a_withdrawn_report_is_hinted_no_more(office: Office) -> None:
    office.accept(report := accepted())
    with office.harness.database.engine.begin() as connection:
        connection.execute(
            update(Report).where(Report.id == report.report_id).values(state=str(ReportState.WITHDRAWN))
        )
    assert hints(office, STRANGER) == []


def test_R06_neither_its_own_chain_nor_its_own_earlier_version_is_like_a_text(office: Office) -> None:
    office.accept(report := accepted())
    assert hints(office, OFFICER, report_id=report.report_id) == []
    assert hints(office, OFFICER, follows_report_id=report.report_id) == []


def test_R06_an_editor_sees_the_other_report_and_where_sentences_are_equal(office: Office) -> None:
    office.accept(first := accepted())
    changed = BODY.replace("抢修队伍连夜更换管道四十米。", "抢修队伍连夜更换管道五十米。")
    office.accept(second := accepted(changed, JINNAN, received_at=OCCURRED + timedelta(minutes=25)))
    (other,) = like(office, first)
    assert (other.report_id, other.unit_name, other.minutes) == (second.report_id, "市应急管理局", 25)
    assert 70 < other.percent < 100
    shown = [
        (BODY[pair.here.begin : pair.here.end], changed[pair.there.begin : pair.there.end]) for pair in other.equal
    ]
    assert shown == [(SENTENCES[0], SENTENCES[0]), (SENTENCES[2], SENTENCES[2])]
    (back,) = like(office, second)
    assert (back.report_id, back.minutes, back.percent) == (first.report_id, -25, other.percent)


def test_R06_only_editors_see_other_units_texts(office: Office) -> None:
    office.accept(report := accepted())
    for who in (OFFICER, STRANGER, PersonFactory.of_the_city(Role.DUTY_OFFICER)):
        with pytest.raises(Forbidden):
            like(office, report, who)
    with pytest.raises(Forbidden):
        hints(office, EDITOR)
    with pytest.raises(NotFound):
        like(office, accepted())


def test_R06_a_new_version_is_found_by_its_own_text(office: Office) -> None:
    office.accept(report := accepted())
    office.accept(accepted(OTHER_BODY, report_id=report.report_id, version=2, title="秋季开学准备"))
    assert hints(office, STRANGER) == []
    assert len(hints(office, STRANGER, OTHER_BODY, title="秋季开学准备")) == 1
    office.accept(accepted("见附件。", report_id=report.report_id, version=3, title="开学"))
    assert hints(office, STRANGER, OTHER_BODY, title="秋季开学准备") == []


def test_R06_two_registered_at_once_find_each_other(office: Office) -> None:
    pair = accepted(), accepted(unit_id=JINNAN)
    at_once(*(lambda each=each: office.accept(each) for each in pair))
    assert [like(office, each)[0].report_id for each in pair] == [pair[1].report_id, pair[0].report_id]


def test_R06_what_was_registered_before_there_were_sketches_is_sketched_by_timed_work(office: Office) -> None:
    office.accept(accepted())
    with office.harness.database.engine.begin() as connection:
        connection.execute(delete(ReportSketch))
        connection.execute(update(Report).values(sketched=False))
    assert hints(office, STRANGER) == []
    office.harness.run_job(SKETCHING)
    office.harness.run_job(SKETCHING)
    assert len(hints(office, STRANGER)) == 1


def test_R11_of_one_page_those_alike_are_told_and_none_above_clearance_nor_exercises_beside_real_ones(
    office: Office,
) -> None:
    first, copy, other = accepted(), accepted(unit_id=JINNAN), accepted(OTHER_BODY, title="秋季开学准备")
    exercise, secret = accepted(drill=True), accepted(secrecy=Secrecy.SECRET)
    page = (first, other, copy, exercise, secret)
    office.accept(*page)
    request = rpc.SimilarAmong(report_ids=[report.report_id for report in page])
    assert office.call("similar_among", request, EDITOR).groups == [[first.report_id, copy.report_id]]
    with pytest.raises(Forbidden):
        office.call("similar_among", request, OFFICER)
