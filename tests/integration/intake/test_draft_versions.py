"""R09: the versions of a draft that are kept, and how they differ."""

from __future__ import annotations

import importlib
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from contracts.rpc import draft_versions as rpc
from contracts.rpc import drafts as drafts_rpc
from contracts.rpc.differences import RunKind
from contracts.vocabulary import DraftState, Leaning
from kernel.database import dump
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER, COLLEAGUE = PersonFactory.officer(), PersonFactory.officer(name="王芳")
LEADER, STRANGER = PersonFactory.leader(), PersonFactory.officer(JINNAN)
MOVED = importlib.import_module("services.intake.migrations.versions.0011_expand_draft_versions")


def kept(office: Office, draft_id: UUID, who: Principal = OFFICER) -> list[tuple[int, str, str | None]]:
    page = office.call("list_draft_versions", rpc.ListDraftVersions(draft_id=draft_id), who)
    return [(each.version, str(each.act), each.person_name) for each in page.items]


def edit(office: Office, draft: drafts_rpc.Draft, title: str, who: Principal = OFFICER) -> drafts_rpc.Draft:
    return office.save(ContentFactory.development(title), who, draft.draft_id, draft.version)


def send_back(office: Office, draft: drafts_rpc.Draft) -> drafts_rpc.Draft:
    request = drafts_rpc.ReturnDraft(draft_id=draft.draft_id, version=draft.version, remarks="请补充。")
    returned: drafts_rpc.Draft = office.call("return_draft", request, LEADER)
    return returned


def differences(office: Office, draft_id: UUID, earlier: int, later: int) -> rpc.DraftDifferences:
    request = rpc.DraftVersionPair(draft_id=draft_id, earlier=earlier, later=later)
    found: rpc.DraftDifferences = office.call("draft_differences", request, OFFICER)
    return found


def test_R09_a_stretch_of_editing_by_one_person_is_one_version(office: Office) -> None:
    draft = office.save(ContentFactory.development(), OFFICER)
    for number in range(5):
        draft = edit(office, draft, f"第{number}次")
    assert kept(office, draft.draft_id) == [(6, "saved", "李明")]
    draft = edit(office, draft, "同事改", COLLEAGUE)
    draft = edit(office, draft, "又改")
    office.clock.at += timedelta(hours=1)
    draft = edit(office, draft, "一小时后")
    assert [number for number, _, _ in kept(office, draft.draft_id)] == [9, 8, 7, 6]


def test_R09_what_was_offered_returned_and_signed_is_kept(office: Office) -> None:
    draft = send_back(office, office.offer(office.save(ContentFactory.development(), OFFICER), OFFICER))
    draft = office.offer(edit(office, draft, "改后"), OFFICER)
    signed = AcceptedFactory.of(draft.content, OCCURRED, draft_id=draft.draft_id)
    office.accept(signed, signed)
    assert kept(office, draft.draft_id) == [
        (6, "signed", signed.sign_off.signer_name),
        (5, "offered", "李明"),
        (3, "returned", "赵强"),
        (2, "offered", "李明"),
    ]


def test_R09_any_two_versions_are_compared_title_and_text_by_character_and_fields_as_a_whole(office: Office) -> None:
    draft = office.offer(office.save(ContentFactory.development("改造32个小区"), OFFICER), OFFICER)
    content = ContentFactory.development("改造35个小区", leaning=Leaning.GOOD_NEWS)
    office.save(content, OFFICER, draft.draft_id, draft.version)
    found = differences(office, draft.draft_id, 2, 3)
    assert [(run.kind, run.text) for run in found.title] == [
        (RunKind.SAME, "改造3"), (RunKind.REMOVED, "2"), (RunKind.ADDED, "5"), (RunKind.SAME, "个小区"),
    ]  # fmt: skip
    assert [run.kind for run in found.body] == [RunKind.SAME]
    assert [(each.field, each.earlier, each.later) for each in found.fields] == [("leaning", None, "good_news")]


def test_R09_a_pair_of_versions_is_named_in_the_address_and_on_the_bus() -> None:
    asked = rpc.DraftVersionPair.model_validate({"draft_id": new_id(), "from": 1, "to": 3})
    assert rpc.DraftVersionPair.model_validate(dump(asked)) == asked


def test_R09_a_typed_text_is_compared_with_the_stored_one(office: Office) -> None:
    draft = edit(office, office.save(ContentFactory.development(), COLLEAGUE), "同事的标题", COLLEAGUE)
    request = rpc.CompareDraft(draft_id=draft.draft_id, title="我的标题", body="")
    found = office.call("compare_draft", request, OFFICER)
    assert (found.version, found.saved.person_name, found.content.title) == (2, "王芳", "同事的标题")
    assert "".join(run.text for run in found.title if run.kind is not RunKind.REMOVED) == "我的标题"
    assert {run.kind for run in found.body} == {RunKind.REMOVED}


def test_R09_versions_are_for_the_draft_s_own_unit_and_an_absent_one_answers_alike(office: Office) -> None:
    draft = office.save(ContentFactory.development(), OFFICER)
    for method, request in (
        ("list_draft_versions", rpc.ListDraftVersions(draft_id=draft.draft_id)),
        ("get_draft_version", rpc.DraftVersionId(draft_id=draft.draft_id, version=1)),
        ("draft_differences", rpc.DraftVersionPair(draft_id=draft.draft_id, earlier=1, later=1)),
        ("compare_draft", rpc.CompareDraft(draft_id=draft.draft_id)),
    ):
        with pytest.raises(NotFound):
            office.call(method, request, STRANGER)
    with pytest.raises(NotFound):
        office.call("get_draft_version", rpc.DraftVersionId(draft_id=draft.draft_id, version=2), OFFICER)


def test_R08_a_draft_that_saves_itself_takes_no_offer_back(office: Office) -> None:
    draft = office.offer(office.save(ContentFactory.development(), OFFICER), OFFICER)
    request = drafts_rpc.SaveDraft(draft_id=draft.draft_id, version=2, content=draft.content, automatic=True)
    with pytest.raises(Conflict):
        office.call("save_draft", request, OFFICER)
    assert office.draft(draft.draft_id, OFFICER).offer_token == draft.offer_token
    returned = send_back(office, draft)
    request = request.model_copy(update={"version": returned.version})
    assert office.call("save_draft", request, OFFICER).state is DraftState.EDITING


def test_R09_saves_that_meet_keep_each_version_that_was_answered(office: Office) -> None:
    draft = office.save(ContentFactory.development(), OFFICER)
    at_once(*(lambda who=who: edit(office, draft, who.name, who) for who in (OFFICER, COLLEAGUE, OFFICER, COLLEAGUE)))
    stored = office.draft(draft.draft_id, OFFICER)
    versions = kept(office, draft.draft_id)
    assert (stored.version, versions[0][0], versions[0][2]) == (2, 2, stored.content.title)


def test_R09_a_draft_written_before_versions_were_kept_has_the_one_that_stands(office: Office) -> None:
    draft = office.offer(office.save(ContentFactory.development(), OFFICER), OFFICER)
    with office.harness.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM draft_versions"))
        connection.exec_driver_sql(MOVED._VERSION_OF_EACH_DRAFT)
    assert kept(office, draft.draft_id) == [(2, "offered", None)]
    edit(office, draft, "接着写")
    assert kept(office, draft.draft_id) == [(3, "saved", "李明"), (2, "offered", None)]
