"""An issue on its way: arranged, proofed, commented, signed, published once, corrected, withdrawn (R23)."""

from __future__ import annotations

import base64
import io
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from docx import Document

from contracts.events import review as events
from contracts.events.intake import UnitRecorded
from contracts.rpc import issues as rpc
from contracts.rpc.publications import Recipient
from contracts.vocabulary import DeskState, IssueState, Role, UnitClass
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.principal import Principal
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    SECRETARY,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    person,
    registered,
)
from tests.integration.review.test_secrecy import hear, raised
from tests.support.pdf_measures import Measured

OFFICE = UUID(int=0x_1009)
HEAD = person("郝副秘书长", Role.RESPONSIBLE_LEADER, unit_id=OFFICE)
FOREIGN_LEADER = person("吴主任", Role.RESPONSIBLE_LEADER, unit_id=HEPING)
MAYOR = person("陈副市长", Role.LEADER)
OTHER_MAYOR = person("张副市长", Role.LEADER)
CHAIN = ["chief_editor", "responsible_leader"]


def composed(office: ReviewOffice, items: int = 2, **publication: Any) -> rpc.Issue:
    """An issue with items, of a publication with columns and a sign-off chain."""
    city = {"name": "市政府办公厅", "unit_class": UnitClass.CITY_OFFICE, "valid_from": NOW.date()}
    office.harness.deliver(UnitRecorded(unit_id=OFFICE, **city), OFFICE)
    fields = {"name": "专报", "columns": ["要情", "简讯"], "sign_off_chain": CHAIN} | publication
    office.do("record_publication", CHIEF, code="special", **fields)
    issue = office.do("open_issue", EDITOR, issue_id=uuid4(), publication_code="special")
    for _ in range(items):
        office.adopted(issue.issue_id)
    return seen(office, issue.issue_id)


def seen(office: ReviewOffice, issue_id: UUID, by: Principal = CHIEF) -> rpc.Issue:
    shown: rpc.Issue = office.do("get_issue", by, issue_id=issue_id)
    return shown


def act(office: ReviewOffice, method: str, by: Principal, issue: rpc.Issue, **fields: Any) -> rpc.Issue:
    """At the version of `issue`."""
    done: rpc.Issue = office.do(method, by, issue_id=issue.issue_id, version=issue.version, **fields)
    return done


def revised(office: ReviewOffice, by: Principal, issue: rpc.Issue) -> rpc.Issue:
    """Another edit copy of its first item."""
    item = issue.items[0]
    words = {"title": "改过的标题", "body": "改过的正文", "column": item.column}
    which = {"issue_id": issue.issue_id, "adoption_id": item.adoption_id, "version": item.version}
    done: rpc.Issue = office.do("revise_item", by, **which, **words)
    return done


def signed(office: ReviewOffice, **publication: Any) -> rpc.Issue:
    issue = act(office, "proof_issue", EDITOR, composed(office, **publication))
    for signer in (CHIEF, HEAD):
        issue = act(office, "sign_issue", signer, issue)
    return issue


def test_R23_an_issue_goes_from_composing_over_proof_and_signatures_to_its_readers(office: ReviewOffice) -> None:
    issue = act(office, "proof_issue", EDITOR, composed(office))
    issue = act(office, "sign_issue", CHIEF, issue)
    assert (issue.state, [one.role for one in issue.signed_by]) == (IssueState.PROOF, ["chief_editor"])
    (listed,) = office.do("list_issues", HEAD).items  # what waits for his signature
    assert listed.signed_by == issue.signed_by
    issue = act(office, "sign_issue", HEAD, issue)
    assert issue.state is IssueState.SIGNED
    assert {one.content_hash for one in issue.signed_by} == {issue.content_hash}
    published = act(office, "publish_issue", CHIEF, issue)
    assert (published.state, published.number_line) == (IssueState.PUBLISHED, "2026年第1期")


def test_R23_fifty_pressing_at_once_sign_and_publish_once(office: ReviewOffice) -> None:
    issue = act(office, "proof_issue", EDITOR, composed(office, sign_off_chain=["chief_editor"]))
    chiefs = [person(f"总编{number}", Role.CHIEF_EDITOR) for number in range(50)]
    for method in ("sign_issue", "publish_issue"):
        results = at_once(*(partial(act, office, method, one, issue) for one in chiefs))
        assert [type(result) for result in results].count(rpc.Issue) == 1
        assert {type(result) for result in results} <= {rpc.Issue, Conflict, StaleVersion}
        issue = seen(office, issue.issue_id)
    assert [told.number for told in office.told(events.IssuePublished)] == [1]


def test_R23_an_unsigned_issue_of_a_publication_with_a_chain_is_not_published(office: ReviewOffice) -> None:
    issue = composed(office)
    with pytest.raises(Conflict, match="sign-off chain"):
        act(office, "publish_issue", CHIEF, issue)
    proof = act(office, "proof_issue", EDITOR, issue)
    with pytest.raises(Conflict, match="sign-off chain"):
        act(office, "publish_issue", CHIEF, act(office, "sign_issue", CHIEF, proof))
    assert office.told(events.IssuePublished) == []


def test_R23_another_units_leader_signs_no_issue_and_sees_none(office: ReviewOffice) -> None:
    issue = act(office, "proof_issue", EDITOR, composed(office, sign_off_chain=["responsible_leader"]))
    for method, fields in (("get_issue", {}), ("sign_issue", {"version": issue.version})):
        with pytest.raises(NotFound):
            office.do(method, FOREIGN_LEADER, issue_id=issue.issue_id, **fields)
    assert act(office, "sign_issue", HEAD, seen(office, issue.issue_id, HEAD)).state is IssueState.SIGNED


def test_R23_nobody_signs_his_own_edit_copy(office: ReviewOffice) -> None:
    issue = composed(office)
    item = issue.items[0]
    issue = revised(office, CHIEF, issue)
    with pytest.raises(Forbidden, match="edit copy"):
        act(office, "sign_issue", CHIEF, act(office, "proof_issue", EDITOR, issue))
    (original,) = [one for one in office.do("list_queue", EDITOR, state="decided").items
                   if one.report_id == item.report_id]  # fmt: skip
    assert original.title == item.title


def test_R23_a_change_after_a_signature_voids_it(office: ReviewOffice) -> None:
    issue = signed(office)
    places = [{"column": None, "adoption_ids": [item.adoption_id for item in issue.items]}]
    with pytest.raises(Conflict, match="voids the signatures"):
        act(office, "arrange_issue", EDITOR, issue, places=places)
    back = act(office, "recompose_issue", EDITOR, issue, reason="补充一条")
    assert (back.state, back.signed_by) == (IssueState.COMPOSING, [])
    with pytest.raises(StaleVersion):
        act(office, "publish_issue", CHIEF, issue)


def test_R23_an_adoption_withdrawn_from_a_signed_issue_sends_it_back_to_composing(office: ReviewOffice) -> None:
    issue = signed(office)
    office.do("withdraw_adoption", EDITOR, report_id=issue.items[0].report_id, reason="数据有误")
    left = seen(office, issue.issue_id)
    assert (left.state, len(left.items), left.signed_by) == (IssueState.COMPOSING, 1, [])


def test_R23_words_changed_behind_a_signature_are_never_published(office: ReviewOffice) -> None:
    issue = signed(office)
    with office.harness.database.work(CHIEF) as work:
        table = "UPDATE adoptions SET body = body || '。' WHERE issue_id = %s"
        work.session.connection().exec_driver_sql(table, (issue.issue_id,))
    with pytest.raises(StaleVersion, match="after it was signed"):
        act(office, "publish_issue", CHIEF, issue)


def test_R23_comments_stand_at_their_place_and_hold_up_the_signature(office: ReviewOffice) -> None:
    issue = act(office, "proof_issue", EDITOR, composed(office))
    item, words = issue.items[0], {"issue_id": issue.issue_id, "text": "核对数字"}
    place = {"comment_id": uuid4(), "adoption_id": item.adoption_id, "quote": "二十个小区"}
    for wrong in ({"quote": "三十个小区"}, {"adoption_id": uuid4()}, {"adoption_id": None}):
        with pytest.raises(Invalid):
            office.do("comment_on_issue", HEAD, **words, **place | wrong)
    commented = office.do("comment_on_issue", HEAD, **words, **place)
    assert [(one.quote, one.by_name) for one in commented.comments] == [("二十个小区", "郝副秘书长")]
    with pytest.raises(Conflict, match="1 comments are open"):
        act(office, "sign_issue", CHIEF, issue)
    resolution = {"issue_id": issue.issue_id, "comment_id": place["comment_id"], "resolution": "已核对，无误"}
    results = at_once(*[lambda: office.do("resolve_comment", EDITOR, **resolution)] * 8)
    assert [type(result) for result in results].count(Conflict) == 7
    assert act(office, "sign_issue", CHIEF, issue).signed_by


def test_R23_fifty_editors_arranging_at_once_do_it_once(office: ReviewOffice) -> None:
    issue = composed(office, items=3)
    ids = [item.adoption_id for item in issue.items]
    places = [{"column": "简讯", "adoption_ids": [ids[2]]}, {"column": "要情", "adoption_ids": [ids[1], ids[0]]}]
    results = at_once(*[lambda: act(office, "arrange_issue", EDITOR, issue, places=places)] * 50)
    assert [type(result) for result in results].count(StaleVersion) == 49
    shown = seen(office, issue.issue_id).items
    assert [(item.adoption_id, item.column) for item in shown] == [
        (ids[1], "要情"), (ids[0], "要情"), (ids[2], "简讯"),
    ]  # fmt: skip


def test_R23_what_an_issue_lacks_is_said_before_the_proof(office: ReviewOffice) -> None:
    issue = composed(office, items=1, item_limit=50)
    office.adopted(issue.issue_id, body="字" * 51)
    issue = seen(office, issue.issue_id)
    assert [(lack.kind, lack.blocks) for lack in issue.missing] == [
        ("sign_off", True), ("sign_off", True), ("no_column", False), ("no_column", False), ("too_long", False),
        ("empty_column", False), ("empty_column", False),
    ]  # fmt: skip
    empty = office.do("open_issue", EDITOR, issue_id=uuid4(), publication_code="special")
    with pytest.raises(Conflict, match="no item yet"):
        act(office, "proof_issue", EDITOR, empty)


def test_R23_supplements_and_the_running_total_count_for_themselves(office: ReviewOffice) -> None:
    office.do("record_publication", CHIEF, code="brief", name="每日要情", numbering="both", total_before=100)
    lines = []
    for supplement in (False, True, False):
        issue = office.do(
            "open_issue", EDITOR, issue_id=uuid4(), publication_code="brief", supplement=supplement
        )
        office.adopted(issue.issue_id)
        lines.append(office.publish(issue.issue_id).number_line)
    assert lines == ["2026年第1期（总第101期）", "2026年增刊第1期", "2026年第2期（总第102期）"]


def test_R23_a_correction_is_a_new_issue_shown_at_both(office: ReviewOffice) -> None:
    wrong = act(office, "publish_issue", CHIEF, signed(office))
    item = wrong.items[0]
    corrects = {"issue_id": wrong.issue_id, "adoption_id": item.adoption_id, "reason": "数字有误"}
    fields = {"publication_code": "special", "corrects": corrects}
    correction = office.do("open_issue", EDITOR, issue_id=uuid4(), **fields)
    assert correction.corrects.item_title == item.title
    assert [one.issue_id for one in seen(office, wrong.issue_id).corrected_by] == [correction.issue_id]
    assert seen(office, wrong.issue_id, SECRETARY).corrected_by == []  # until it is out
    for bad in ({"adoption_id": uuid4()}, {"issue_id": correction.issue_id}):
        with pytest.raises(Invalid):
            office.do("open_issue", EDITOR, issue_id=uuid4(), **fields | {"corrects": corrects | bad})


def test_R23_a_correction_is_published_by_its_words_alone_and_by_another_person(office: ReviewOffice) -> None:
    wrong = act(office, "publish_issue", CHIEF, composed(office, sign_off_chain=[]))
    corrects = {"issue_id": wrong.issue_id, "adoption_id": wrong.items[0].adoption_id, "reason": "“15家”应为“51家”。"}

    def opened(by: Principal) -> rpc.Issue:
        fields = {"issue_id": uuid4(), "publication_code": "special", "corrects": corrects}
        made: rpc.Issue = office.do("open_issue", by, **fields)
        return made

    with pytest.raises(Forbidden, match="更正"):
        act(office, "publish_issue", CHIEF, opened(CHIEF))
    correction = opened(EDITOR)
    assert not [lack for lack in correction.missing if lack.blocks]
    published = act(office, "publish_issue", CHIEF, correction)
    assert [one.issue_id for one in seen(office, wrong.issue_id, SECRETARY).corrected_by] == [published.issue_id]
    (listed,) = [one for one in office.do("list_issues", SECRETARY).items if one.issue_id == published.issue_id]
    assert (listed.number_line, listed.corrects.number_line) == ("2026年第2期", "2026年第1期")
    act(office, "withdraw_issue", CHIEF, published, reason="更正有误")
    assert published.issue_id not in [one.issue_id for one in seen(office, wrong.issue_id).corrected_by]
    for kind in ("pdf", "docx"):
        text = printed_words(office, published.issue_id, kind)
        title = wrong.items[0].title
        assert f"专报2026年第1期《{title}》一文更正如下：“15家”应为“51家”。" in text


def printed_words(office: ReviewOffice, issue_id: UUID, kind: str) -> str:
    """Of an issue's paper, without blanks."""
    content = base64.b64decode(
        office.do("get_issue_file", SECRETARY, issue_id=issue_id, format=kind).content_base64
    )
    whole = Measured(content).whole_text() if kind == "pdf" else "".join(
        line.text for line in Document(io.BytesIO(content)).paragraphs
    )  # fmt: skip
    return "".join(whole.split())


def test_R23_a_withdrawn_issue_takes_its_adoptions_along_and_is_told(office: ReviewOffice) -> None:
    readers = [Recipient(kind="unit", name="市水务局", unit_id=HANGU, email=True)]
    issue = act(office, "publish_issue", CHIEF, signed(office, distribution=readers))
    results = at_once(*[lambda: act(office, "withdraw_issue", CHIEF, issue, reason="重大差错")] * 8)
    assert [type(result) for result in results].count(Conflict) == 7
    withdrawn = seen(office, issue.issue_id, SUPERVISOR)
    assert (withdrawn.state, withdrawn.withdrawal_reason) == (IssueState.WITHDRAWN, "重大差错")
    assert len(withdrawn.items) == 2  # the text stays for the record
    told = office.told(events.AdoptionWithdrawn)
    assert {one.report_id for one in told} == {item.report_id for item in issue.items}
    assert [(one.number_line, one.unit_ids) for one in office.told(events.IssueWithdrawn)] == [
        ("2026年第1期", [HANGU])
    ]
    words = {"leader": "陈副市长", "text": "请妥处。", "instruction_class": "for_reference", "given_at": NOW}
    place = {"issue_id": issue.issue_id, "report_id": issue.items[0].report_id, "instruction_id": uuid4()}
    with pytest.raises(Conflict, match="was withdrawn"):
        office.do("record_instruction", SECRETARY, **place, **words, assignments=[])
    waiting = office.do("list_queue", EDITOR, state=DeskState.WAITING).items
    assert {one.report_id for one in waiting} == {item.report_id for item in issue.items}


def test_R23_an_issue_of_400_pages_is_signed_and_published_whole(office: ReviewOffice) -> None:
    issue = composed(office, items=0, sign_off_chain=["chief_editor"])
    for _ in range(6):
        office.adopted(issue.issue_id, body="字" * 41_000)
    issue = act(office, "proof_issue", EDITOR, seen(office, issue.issue_id))
    published = act(office, "publish_issue", CHIEF, act(office, "sign_issue", CHIEF, issue))
    assert published.estimated_pages is not None
    assert published.estimated_pages >= 400
    assert [len(item.body) for item in published.items] == [41_000] * 6


READERS = [
    Recipient(kind="leader", name=MAYOR.name, person_id=MAYOR.person_id, copies=2, email=True),
    Recipient(kind="unit", name="和平区政府办公室", unit_id=HEPING),
    Recipient(kind="post", name="督办处", role=Role.SUPERVISOR),
    Recipient(kind="reader", name="市档案馆", copies=1),
]


def test_R23_an_issue_is_read_by_those_it_is_distributed_to(office: ReviewOffice) -> None:
    issue = signed(office, distribution=READERS)
    allowed = (MAYOR, OFFICER, SUPERVISOR, SECRETARY)
    for reader in (*allowed, OTHER_MAYOR):
        with pytest.raises(NotFound):
            seen(office, issue.issue_id, reader)
    act(office, "publish_issue", CHIEF, issue)
    (told,) = office.told(events.IssuePublished)
    assert (told.reader_ids, told.unit_ids, told.reader_roles) == ([MAYOR.person_id], [], [])
    for reader in allowed:
        assert seen(office, issue.issue_id, reader).distribution == READERS
    for stranger in (OTHER_MAYOR, person("郑信息员", Role.INFORMATION_OFFICER, unit_id=HANGU)):
        with pytest.raises(NotFound):
            seen(office, issue.issue_id, stranger)
        assert office.do("list_issues", stranger).items == []


def test_R23_the_first_opening_of_a_published_issue_is_kept(office: ReviewOffice) -> None:
    issue = act(office, "publish_issue", CHIEF, signed(office, distribution=READERS))
    at_once(*[lambda: office.do("read_issue", MAYOR, issue_id=issue.issue_id)] * 4)
    office.harness.clock.at = NOW.replace(hour=9)
    assert office.do("read_issue", MAYOR, issue_id=issue.issue_id).read_at == NOW
    (reading,) = office.do("list_issue_readers", EDITOR, issue_id=issue.issue_id).items
    assert (reading.person_name, reading.read_at) == (MAYOR.name, NOW)
    (listed,) = office.do("list_issues", MAYOR, with_text=False).items
    assert (listed.read_at, {item.body for item in listed.items}) == (NOW, {""})


def test_R23_a_published_issue_keeps_its_head_whatever_the_publication_becomes(office: ReviewOffice) -> None:
    issue = act(office, "publish_issue", CHIEF, signed(office, head_text="天津专报", distribution=READERS))
    office.do("record_publication", CHIEF, code="special", name="专报", head_text="另一报头")
    kept = seen(office, issue.issue_id)
    assert (kept.head_text, kept.columns, kept.distribution) == ("天津专报", ["要情", "简讯"], READERS)


def test_R07_comments_on_an_item_whose_class_was_raised_say_nothing(office: ReviewOffice) -> None:
    issue = act(office, "proof_issue", EDITOR, composed(office, items=1))
    secret = registered(title="涉密标题", body="涉密正文")
    office.register(secret)
    issue = act(office, "recompose_issue", EDITOR, issue, reason="补充")
    office.do("adopt_report", EDITOR, report_id=secret.report_id, issue_id=issue.issue_id)
    issue = act(office, "proof_issue", EDITOR, seen(office, issue.issue_id))
    (adoption_id,) = [item.adoption_id for item in issue.items if item.report_id == secret.report_id]
    office.do(
        "comment_on_issue", CHIEF, issue_id=issue.issue_id, comment_id=uuid4(), adoption_id=adoption_id,
        quote="涉密正文", text="此处涉密",
    )  # fmt: skip
    hear(office, raised(secret))
    left = seen(office, issue.issue_id)
    assert left.state is IssueState.COMPOSING
    assert "涉密" not in left.model_dump_json()
