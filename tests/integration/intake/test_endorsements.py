"""R09: a unit puts an endorsement before the sign-off; the signer's own step stays, and nothing is ever stuck."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from contracts.events.intake import DraftEndorsed, DraftOffered, DraftReturned, EndorsementRequested
from contracts.receipts import digest
from contracts.rpc import drafts as rpc
from contracts.rpc import endorsements as rule_rpc
from contracts.rpc.content import Content
from contracts.rpc.endorsements import Unendorsed
from contracts.vocabulary import DraftState
from kernel.errors import Conflict, Refusal, StaleVersion
from kernel.principal import Principal
from kernel.testing import keyring_for
from tests.factories.intake import JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office
from tests.integration.intake.test_metrics import figures

OFFICER, LEADER, HEAD = PersonFactory.officer(), PersonFactory.leader(), PersonFactory.section_head()
WRITING_HEAD = PersonFactory.section_head_who_writes()
STRANGER = PersonFactory.section_head(JINNAN)
CONTENT = ContentFactory.development()
AWAITING, OFFERED = DraftState.AWAITING_ENDORSEMENT, DraftState.OFFERED
ROUNDS = 3
"""Several rounds, because a single one may pass without the two meeting."""


def set_step(office: Office, who: Principal = LEADER, **changes: Any) -> rule_rpc.EndorsementRule:
    values = {"required": True, "reason": "新进人员较多，先由科室把关。"}
    rule: rule_rpc.EndorsementRule = office.call(
        "record_endorsement_rule", rule_rpc.RecordEndorsementRule(**(values | changes)), who
    )
    return rule


def with_step(office: Office, *heads: Principal, **changes: Any) -> None:
    for head in heads or (HEAD,):
        office.call("record_person", PersonFactory.recorded_head(head), PersonFactory.administrator())
    set_step(office, **changes)


def endorse(office: Office, draft: rpc.Draft, who: Principal = HEAD) -> rpc.Draft:
    request = rpc.EndorseDraft(draft_id=draft.draft_id, version=draft.version)
    endorsed: rpc.Draft = office.call("endorse_draft", request, who)
    return endorsed


def named(draft: rpc.Draft) -> list[str]:
    """Who may endorse it today."""
    return [endorser.name for endorser in draft.endorsers]


def send_back(office: Office, draft: rpc.Draft, who: Principal, *notes: rpc.Note) -> rpc.Draft:
    request = rpc.ReturnDraft(draft_id=draft.draft_id, version=draft.version, remarks="请核实。", notes=list(notes))
    returned: rpc.Draft = office.call("return_draft", request, who)
    return returned


def offered(office: Office, content: Content = CONTENT, who: Principal = OFFICER) -> rpc.Draft:
    return office.offer(office.save(content, who), who)


def test_R25_figures_tell_of_drafts_that_wait_for_an_endorsement_and_since_when(office: Office) -> None:
    with_step(office)
    drafts = [office.offer(office.save(CONTENT, OFFICER), OFFICER) for _ in range(2)]
    office.clock.advance(timedelta(minutes=7))
    endorse(office, drafts[0])
    read = figures(office)
    assert read["chengbao_drafts_awaiting_endorsement"] == {(): 1}
    assert read["chengbao_drafts_oldest_unendorsed_age_seconds"] == {(): 420}
    assert read["chengbao_drafts_offered"] == {(): 1}


def test_R09_an_offered_draft_waits_for_the_endorsement_before_it_can_be_signed(office: Office) -> None:
    with_step(office)
    waiting = offered(office)
    assert (waiting.state, waiting.offer_token, named(waiting)) == (AWAITING, None, [HEAD.name])
    (asked,) = office.told(EndorsementRequested)
    assert (asked.endorser_ids, office.told(DraftOffered)) == ([HEAD.person_id], [])
    endorsed = endorse(office, waiting)
    assert endorsed.state is OFFERED
    assert endorsed.offer_token is not None
    assert endorsed.endorsement is not None
    assert endorsed.endorsement.endorsed_by == HEAD.name
    claims = keyring_for("gateway").unseal(endorsed.offer_token, "intake")
    assert (claims["version"], claims["content_hash"]) == (endorsed.version, digest(CONTENT.document()))
    assert [told.endorsed_by for told in office.told(DraftEndorsed)] == [HEAD.name]


def test_R09_the_endorser_stands_on_the_report_of_what_was_endorsed(office: Office) -> None:
    with_step(office)
    endorsed = endorse(office, offered(office))
    office.accept(accepted := AcceptedFactory.of(CONTENT, OCCURRED, draft_id=endorsed.draft_id))
    assert office.report(accepted.report_id, LEADER).endorsed_by == HEAD.name
    assert office.draft(endorsed.draft_id, OFFICER).endorsement == endorsed.endorsement


def test_R09_a_change_after_the_endorsement_voids_it_and_the_offer(office: Office) -> None:
    with_step(office)
    endorsed = endorse(office, offered(office))
    saved = office.save(ContentFactory.development("改后"), OFFICER, endorsed.draft_id, endorsed.version)
    assert (saved.state, saved.offer_token, saved.endorsement) == (DraftState.EDITING, None, None)
    assert office.offer(saved, OFFICER).state is AWAITING


def test_R09_the_section_head_returns_with_remarks_as_the_signer_can(office: Office) -> None:
    with_step(office)
    note = rpc.Note(start=0, end=2, quote=CONTENT.body[:2], remark="从何时起？")
    returned = send_back(office, offered(office), HEAD, note)
    assert (returned.state, returned.returned_by) == (DraftState.RETURNED, HEAD.name)
    assert [(each.remark, each.placed_start) for each in returned.notes] == [("从何时起？", 0)]
    assert [told.returned_by for told in office.told(DraftReturned)] == [HEAD.name]


def test_R09_only_until_it_is_endorsed_while_the_leader_may_return_it_at_any_time(office: Office) -> None:
    with_step(office)
    endorsed = endorse(office, offered(office))
    with pytest.raises(Conflict):
        send_back(office, endorsed, HEAD)
    assert send_back(office, endorsed, LEADER).state is DraftState.RETURNED
    assert send_back(office, offered(office), LEADER).state is DraftState.RETURNED


def test_R09_neither_the_author_nor_a_stranger_nor_the_leader_endorses(office: Office) -> None:
    with_step(office, HEAD, WRITING_HEAD)
    waiting = offered(office, who=WRITING_HEAD)
    assert named(waiting) == [HEAD.name]
    for who, problem in ((WRITING_HEAD, "own-draft"), (STRANGER, "not-found"), (LEADER, "forbidden")):
        with pytest.raises(Refusal) as refused:
            endorse(office, waiting, who)
        assert refused.value.problem == problem


def test_R09_the_leader_names_who_endorses(office: Office) -> None:
    with_step(office, HEAD, WRITING_HEAD, endorser_ids=[WRITING_HEAD.person_id])
    waiting = offered(office)
    assert named(waiting) == [WRITING_HEAD.name]
    with pytest.raises(Refusal) as refused:
        endorse(office, waiting, HEAD)
    assert refused.value.problem == "forbidden"
    assert endorse(office, waiting, WRITING_HEAD).state is OFFERED


@pytest.mark.parametrize(("urgent_too", "state"), [(False, OFFERED), (True, AWAITING)])
def test_R09_an_urgent_report_skips_the_step_unless_the_unit_wants_it(
    office: Office, urgent_too: bool, state: DraftState
) -> None:
    with_step(office, urgent_too=urgent_too)
    draft = offered(office, ContentFactory.urgent())
    assert (draft.state, draft.unendorsed) == (state, None if urgent_too else Unendorsed.URGENT)


@pytest.mark.parametrize("dates", [{"valid_to": date(2026, 11, 23)}, {"valid_from": date(2026, 11, 25)}])
def test_R09_a_step_nobody_can_take_today_is_left_out_and_the_signer_is_told(
    office: Office, dates: dict[str, date]
) -> None:
    with_step(office)
    office.call("record_person", PersonFactory.recorded_head(HEAD, **dates), PersonFactory.administrator())
    draft = offered(office)
    assert (draft.state, draft.unendorsed) == (OFFERED, Unendorsed.NOBODY)
    assert draft.offer_token is not None


def test_R09_what_waits_when_the_step_ends_is_offered_at_once(office: Office) -> None:
    with_step(office)
    waiting = offered(office)
    set_step(office, required=False)
    released = office.draft(waiting.draft_id, LEADER)
    assert (released.state, released.unendorsed) == (OFFERED, Unendorsed.STEP_ENDED)
    assert released.offer_token is not None
    assert [told.draft_id for told in office.told(DraftOffered)] == [waiting.draft_id]
    with pytest.raises(Conflict):
        endorse(office, waiting)


def test_R09_what_was_offered_before_the_step_began_stays_offered(office: Office) -> None:
    draft = offered(office)
    with_step(office)
    assert office.draft(draft.draft_id, LEADER).offer_token == draft.offer_token


def test_R09_naming_others_releases_only_what_none_of_them_may_endorse(office: Office) -> None:
    with_step(office, HEAD, WRITING_HEAD)
    of_officer, of_head = offered(office), offered(office, who=WRITING_HEAD)
    set_step(office, endorser_ids=[WRITING_HEAD.person_id])
    assert named(office.draft(of_officer.draft_id, LEADER)) == [WRITING_HEAD.name]
    assert office.draft(of_head.draft_id, LEADER).unendorsed is Unendorsed.NOBODY


def test_R09_the_settings_stand_with_date_person_and_reason(office: Office) -> None:
    with_step(office)
    office.clock.at += timedelta(hours=1)
    set_step(office, required=False, reason="人员已配齐。")
    rules = office.call("list_endorsement_rules", rule_rpc.ListEndorsementRules(), OFFICER)
    assert [(rule.required, rule.reason, rule.recorded_by) for rule in rules.items] == [
        (False, "人员已配齐。", LEADER.name), (True, "新进人员较多，先由科室把关。", LEADER.name)
    ]
    assert [head.name for head in rules.section_heads] == [HEAD.name]
    assert office.call("list_endorsement_rules", rule_rpc.ListEndorsementRules(), STRANGER).items == []


def test_R09_a_step_that_nobody_could_take_is_not_set(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        set_step(office)
    assert (refused.value.problem, refused.value.pointer) == ("invalid", "/required")
    with_step(office)
    with pytest.raises(Refusal) as refused:
        set_step(office, endorser_ids=[HEAD.person_id, OFFICER.person_id])
    assert refused.value.pointer == "/endorser_ids/1"
    with pytest.raises(Refusal) as refused:
        set_step(office, who=HEAD)
    assert refused.value.problem == "forbidden"


def test_R09_of_several_endorsements_at_once_one_counts(office: Office) -> None:
    with_step(office, HEAD, WRITING_HEAD)
    for _ in range(ROUNDS):
        waiting = offered(office)
        answers = at_once(*(partial(endorse, office, waiting, who) for who in (HEAD, WRITING_HEAD, HEAD)))
        assert sum(isinstance(answer, rpc.Draft) for answer in answers) == 1
        assert all(isinstance(answer, rpc.Draft | Conflict | StaleVersion) for answer in answers)


def test_R09_endorsed_and_saved_at_once_never_offers_a_text_nobody_endorsed(office: Office) -> None:
    with_step(office)
    for _ in range(ROUNDS):
        waiting, later = offered(office), ContentFactory.development("改后")
        at_once(
            partial(endorse, office, waiting),
            partial(office.save, later, OFFICER, waiting.draft_id, waiting.version),
        )
        draft = office.draft(waiting.draft_id, LEADER)
        assert draft.state in {OFFERED, DraftState.EDITING}
        endorsed = draft.state is OFFERED
        assert draft.content == (CONTENT if endorsed else later)
        assert (draft.offer_token is not None, draft.endorsement is not None) == (endorsed, endorsed)


def test_R09_the_step_ended_and_a_draft_offered_at_once_leaves_nothing_waiting(office: Office) -> None:
    for _ in range(ROUNDS):
        with_step(office)
        draft = office.save(CONTENT, OFFICER)
        at_once(partial(office.offer, draft, OFFICER), partial(set_step, office, required=False))
        now = office.draft(draft.draft_id, LEADER)
        assert now.state is OFFERED
        assert now.offer_token is not None


def test_R09_returned_and_signed_at_once_ends_signed(office: Office) -> None:
    """The signature is a fact the gateway holds: whichever comes first, what was signed is what the draft shows."""
    for _ in range(ROUNDS):
        draft = offered(office)
        accepted = AcceptedFactory.of(CONTENT, OCCURRED, draft_id=draft.draft_id)
        at_once(partial(send_back, office, draft, LEADER), partial(office.accept, accepted))
        now = office.draft(draft.draft_id, LEADER)
        assert (now.state, now.receipt_number) == (DraftState.SIGNED, accepted.receipt_number)
