"""R09: the life cycle of a draft as a table."""

from __future__ import annotations

import pytest

from contracts.rpc.endorsements import Unendorsed
from contracts.vocabulary import DraftState
from kernel.errors import Refusal
from kernel.ids import new_id
from services.intake.model.drafts import MOVES, Act, Draft, Move
from services.intake.service import IntakeService
from tests.factories.intake import HEXI, OCCURRED, ContentFactory, PersonFactory

OFFICER, LEADER, HEAD = PersonFactory.officer(), PersonFactory.leader(), PersonFactory.section_head()
CONTENT = ContentFactory.development()
STATES = {
    DraftState.EDITING: {"save", "autosave", "offer", "submit", "sign", "drop"},
    DraftState.AWAITING_ENDORSEMENT: {"save", "endorse", "release", "decline", "return", "sign", "drop"},
    DraftState.OFFERED: {"save", "return", "sign", "drop"},
    DraftState.RETURNED: {"save", "autosave", "sign", "drop"},
    DraftState.SIGNED: set(),
    DraftState.DROPPED: {"sign"},
}


def draft_in(state: DraftState) -> Draft:
    draft = Draft.new(new_id(), OFFICER, HEXI, CONTENT, OCCURRED)
    draft.state = state
    return draft


def act(draft: Draft, name: Act) -> None:
    if name == "save":
        draft.save(OFFICER, CONTENT, draft.version, OCCURRED)
    elif name == "autosave":
        draft.save(OFFICER, CONTENT, draft.version, OCCURRED, "autosave")
    elif name == "offer":
        draft.offer(OFFICER, draft.version, OCCURRED)
    elif name == "submit":
        draft.submit(OFFICER, draft.version, OCCURRED)
    elif name == "endorse":
        draft.endorse(HEAD, draft.version, OCCURRED)
    elif name == "release":
        draft.release(LEADER, Unendorsed.STEP_ENDED, OCCURRED)
    elif name == "decline":
        draft.send_back(HEAD, draft.version, "请补充。", OCCURRED)
    elif name == "return":
        draft.send_back(LEADER, draft.version, "请补充。", OCCURRED)
    elif name == "drop":
        draft.drop(OFFICER, OCCURRED)
    else:
        draft.sign(new_id(), "2026-0000001", CONTENT, OCCURRED)


@pytest.mark.parametrize("state", DraftState)
@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.act)
def test_R09_a_draft_moves_only_as_the_table_says(state: DraftState, move: Move) -> None:
    draft = draft_in(state)
    assert (move.act in STATES[state]) == (state in move.before)
    if state in move.before:
        act(draft, move.act)
        assert (draft.state, draft.version) == (move.after, 2)
    elif move.act == "sign":  # a second acceptance changes nothing
        act(draft, "sign")
        assert (draft.state, draft.version) == (state, 1)
    else:
        with pytest.raises(Refusal) as refused:
            act(draft, move.act)
        assert refused.value.problem in {"conflict", "already-signed"}


@pytest.mark.parametrize("name", ["save", "offer", "drop"])
def test_R09_only_officers_and_systems_write(name: Act) -> None:
    draft = draft_in(DraftState.EDITING)
    with pytest.raises(Refusal) as refused:
        draft._may(name, LEADER, 1)
    assert refused.value.problem == "forbidden"


def test_R09_nobody_endorses_what_he_wrote_a_part_of() -> None:
    head = PersonFactory.section_head_who_writes()
    draft = draft_in(DraftState.EDITING)
    draft.save(head, CONTENT, draft.version, OCCURRED)
    draft.submit(OFFICER, draft.version, OCCURRED)
    with pytest.raises(Refusal) as refused:
        draft.endorse(head, draft.version, OCCURRED)
    assert refused.value.problem == "own-draft"


@pytest.mark.parametrize("name", ["save", "return", "drop"])
def test_R09_a_change_voids_the_endorsement_and_the_offer(name: Act) -> None:
    draft = draft_in(DraftState.AWAITING_ENDORSEMENT)
    claims = draft.endorse(HEAD, draft.version, OCCURRED)
    draft.offer_token = "sealed"
    assert (draft.endorsed_by, claims["version"]) == (HEAD.name, draft.version)
    act(draft, name)
    assert (draft.endorsed_by, draft.endorsed_at, draft.offer_token) == (None, None, None)


def test_R09_the_endorsement_stays_on_what_was_signed() -> None:
    draft = draft_in(DraftState.AWAITING_ENDORSEMENT)
    draft.endorse(HEAD, draft.version, OCCURRED)
    act(draft, "sign")
    assert (draft.endorsed_by, draft.endorsed_at) == (HEAD.name, OCCURRED)


def test_R09_only_the_responsible_leader_returns() -> None:
    with pytest.raises(Refusal) as refused:
        draft_in(DraftState.OFFERED).send_back(OFFICER, 1, "请补充。", OCCURRED)
    assert refused.value.problem == "forbidden"


def test_R09_every_event_of_the_table_is_one_that_intake_publishes() -> None:
    published = {event.TYPE for event in IntakeService.publishes}
    assert {move.emits for move in MOVES if move.emits} <= published


def test_R09_what_the_officer_had_written_is_kept_when_an_earlier_text_is_signed() -> None:
    draft = draft_in(DraftState.EDITING)
    later = ContentFactory.development("改后未签")
    draft.save(OFFICER, later, 1, OCCURRED)
    draft.sign(new_id(), "2026-0000001", CONTENT, OCCURRED)
    assert (draft.content, draft.overtaken_content) == (CONTENT, later.model_dump(mode="json"))
