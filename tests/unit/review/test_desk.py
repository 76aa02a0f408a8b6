"""The desk item: order of the queue, claim, decision, new versions (notice 三(一))."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.rpc.desk import UNDO_WITHIN
from contracts.vocabulary import DeskState, Kind, ReportState, Role, Secrecy, Severity
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from services.review.model.desk import NOT_URGENT, DeskItem, urgency
from services.review.model.desk_moves import MOVES
from tests.factories.review import CHIEF, EDITOR, NOW, OTHER_EDITOR, new_version, registered, signed

UNTIL = NOW + timedelta(minutes=30)
DECISIONS = sorted(act for act, move in MOVES.items() if move.decision)


def item() -> DeskItem:
    return DeskItem.queued(registered())


def test_R11_the_queue_puts_the_most_severe_first_and_the_not_urgent_last() -> None:
    places = [urgency(Kind.URGENT_FIRST, severity) for severity in Severity]
    assert places == sorted(places)
    assert urgency(Kind.DEVELOPMENT, None) == NOT_URGENT > places[-1]


def test_R11_an_urgent_report_without_severity_stands_with_the_general_ones() -> None:
    assert urgency(Kind.URGENT_FOLLOW_UP, None) == urgency(Kind.URGENT_FIRST, Severity.GENERAL)


def test_R11_every_decision_ends_decided_and_every_state_is_reached() -> None:
    assert all(MOVES[act].after == DeskState.DECIDED for act in DECISIONS)
    assert {move.after for move in MOVES.values()} == set(DeskState)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_deciding_on_a_waiting_item_claims_it_in_the_same_act(act: str) -> None:
    waiting = item()
    waiting.decide(act, EDITOR, NOW)
    assert (waiting.state, waiting.claimed_by) == (DeskState.DECIDED, EDITOR.name)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_somebody_elses_claim_refuses_the_decision_and_names_him(act: str) -> None:
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict, match=EDITOR.name):
        claimed.decide(act, OTHER_EDITOR, NOW)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_a_decided_item_is_not_decided_again(act: str) -> None:
    decided = item()
    decided.decide("keep", EDITOR, NOW)
    with pytest.raises(Conflict, match="kept"):
        decided.decide(act, EDITOR, NOW)


def test_R11_only_the_claimer_or_the_chief_editor_releases() -> None:
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict):
        claimed.release(OTHER_EDITOR)
    claimed.release(CHIEF)
    assert claimed.state == DeskState.WAITING


@pytest.mark.parametrize("part", ["author_id", "signer_id"])
def test_R11_nobody_decides_on_a_report_of_his_own(part: str) -> None:
    own = DeskItem.queued(registered(sign_off=signed(**{part: EDITOR.person_id})))
    with pytest.raises(Forbidden):
        own.decide("keep", EDITOR, NOW)


def test_R11_only_the_first_opening_is_told() -> None:
    opened = item()
    assert opened.open(EDITOR, NOW)
    assert not opened.open(OTHER_EDITOR, NOW)
    assert opened.seen_by == EDITOR.name


def test_R11_a_new_version_puts_the_item_back_to_waiting_unseen() -> None:
    report = registered()
    returned = DeskItem.queued(report)
    returned.open(EDITOR, NOW)
    returned.decide("return", EDITOR, NOW, "请补充数据")
    returned.take_version(new_version(report, title="补充数据后的标题"))
    assert (returned.state, returned.decision, returned.claimed_by, returned.seen_by) == (
        DeskState.WAITING, None, None, None,
    )  # fmt: skip
    assert (returned.report_version, returned.title) == (2, "补充数据后的标题")


def test_R11_a_new_version_takes_no_editors_claim_away() -> None:
    report = registered()
    claimed = DeskItem.queued(report)
    claimed.claim(EDITOR, NOW, UNTIL)
    claimed.take_version(new_version(report, title="补充数据后的标题"))
    assert (claimed.state, claimed.claimed_by, claimed.seen_by) == (DeskState.CLAIMED, EDITOR.name, None)
    assert (claimed.report_version, claimed.title) == (2, "补充数据后的标题")


def test_R11_withdrawing_needs_an_adoption() -> None:
    kept = item()
    kept.decide("keep", EDITOR, NOW)
    with pytest.raises(Conflict):
        kept.withdraw_adoption()


def test_R11_clearance_bounds_what_is_read() -> None:
    assert Secrecy.up_to("unclassified") == [Secrecy.UNCLASSIFIED]
    assert Secrecy.SECRET not in Secrecy.up_to("confidential")


EDITORS = [Principal(str(uuid4()), f"编辑{n}", None, frozenset({Role.EDITOR})) for n in range(3)]
ACTS = st.lists(st.tuples(st.sampled_from(["claim", "release", *DECISIONS]), st.sampled_from(EDITORS)), max_size=12)


FOLLOWING = {act for act, move in MOVES.items() if move.follows}
"""May follow upon a decision of somebody else."""


def _do(desk_item: DeskItem, act: str, editor: Principal) -> None:
    if act == "claim":
        desk_item.claim(editor, NOW, UNTIL)
    elif act == "release":
        desk_item.release(editor)
    else:
        desk_item.decide(act, editor, NOW)


@given(ACTS)
@settings(max_examples=200)
def test_R11_whatever_the_order_an_item_has_one_claimer_and_only_he_decides(acts: list[tuple[str, Principal]]) -> None:
    desk_item = item()
    holder: Principal | None = None
    for act, editor in acts:
        before = desk_item.version
        try:
            _do(desk_item, act, editor)
        except Conflict:
            assert desk_item.version == before
            continue
        assert holder in (None, editor) or act in FOLLOWING
        holder = None if act == "release" else editor
        assert desk_item.claimed_by_id == (holder.id if holder else None)
        assert (desk_item.state == DeskState.WAITING) == (holder is None)
    assert (desk_item.decision is None) == (desk_item.state != DeskState.DECIDED)
    assert desk_item.decision != ReportState.AT_DESK


LAPSED = UNTIL + timedelta(seconds=1)


def test_R11_a_lapsed_claim_is_taken_over_by_claiming_and_only_so() -> None:
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict, match="lapsed"):
        claimed.decide("keep", OTHER_EDITOR, LAPSED)
    claimed.claim(OTHER_EDITOR, LAPSED, LAPSED + timedelta(minutes=30))
    assert (claimed.claimed_by, claimed.taken_from) == (OTHER_EDITOR.name, EDITOR.name)
    with pytest.raises(Conflict, match=OTHER_EDITOR.name):
        claimed.decide("keep", EDITOR, LAPSED)


def test_R11_until_it_lapses_only_the_chief_editor_takes_over_and_only_on_purpose() -> None:
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    for editor, take_over in ((OTHER_EDITOR, True), (CHIEF, False)):
        with pytest.raises(Conflict, match=EDITOR.name):
            claimed.claim(editor, NOW, UNTIL, take_over=take_over)
    claimed.claim(CHIEF, NOW, UNTIL, take_over=True)
    assert claimed.taken_from == EDITOR.name


def test_R11_acts_of_the_claimer_renew_the_claim_and_nobody_elses_do() -> None:
    claimed, later = item(), UNTIL + timedelta(minutes=5)
    claimed.claim(EDITOR, NOW, UNTIL)
    claimed.renew(OTHER_EDITOR, later)
    assert claimed.claimed_until == UNTIL
    claimed.renew(EDITOR, later)
    assert not claimed.has_lapsed(UNTIL)


def test_R11_a_claim_from_before_claims_lapsed_may_be_taken_over() -> None:
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    claimed.claimed_until = None
    claimed.claim(OTHER_EDITOR, NOW, UNTIL)
    assert claimed.claimed_by == OTHER_EDITOR.name


def test_R11_handing_over_gives_the_claim_with_a_note_and_never_to_the_author() -> None:
    own = DeskItem.queued(registered(sign_off=signed(author_id=OTHER_EDITOR.person_id)))
    own.claim(EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict):
        own.hand_over(EDITOR, OTHER_EDITOR.id, OTHER_EDITOR.name, "请核实", UNTIL)
    claimed = item()
    claimed.claim(EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict):
        claimed.hand_over(OTHER_EDITOR, CHIEF.id, CHIEF.name, "请核实", UNTIL)
    claimed.hand_over(EDITOR, OTHER_EDITOR.id, OTHER_EDITOR.name, "已约区里 20 时回电", UNTIL)
    assert (claimed.claimed_by, claimed.handed_by, claimed.handover_note) == (
        OTHER_EDITOR.name, EDITOR.name, "已约区里 20 时回电",
    )  # fmt: skip


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_whoever_decided_undoes_it_within_ten_minutes_and_has_it_in_hand(act: str) -> None:
    decided = item()
    decided.decide(act, EDITOR, NOW)
    with pytest.raises(Conflict, match=EDITOR.name):
        decided.undo(OTHER_EDITOR, NOW, UNTIL)
    with pytest.raises(Conflict, match="10 minutes"):
        decided.undo(EDITOR, NOW + UNDO_WITHIN + timedelta(seconds=1), UNTIL)
    assert decided.undo(EDITOR, NOW + UNDO_WITHIN, UNTIL) == MOVES[act].decision
    assert (decided.state, decided.decision, decided.claimed_by) == (DeskState.CLAIMED, None, EDITOR.name)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_what_leaves_the_rest_open_is_reopened_by_any_editor_and_nothing_else(act: str) -> None:
    decided = item()
    decided.decide(act, EDITOR, NOW)
    if act in {"return", "decline", "adopt"}:
        with pytest.raises(Conflict):
            decided.reopen()
    else:
        assert decided.reopen() == MOVES[act].decision
        assert (decided.state, decided.claimed_by) == (DeskState.WAITING, None)


@pytest.mark.parametrize("first", ["pre_adopt", "pass_up", "send"])
def test_R11_another_editor_adopts_what_was_pre_adopted_passed_up_or_read(first: str) -> None:
    decided = item()
    decided.decide(first, EDITOR, NOW)
    decided.decide("adopt", OTHER_EDITOR, NOW)
    assert (decided.decision, decided.claimed_by) == (ReportState.ADOPTED, OTHER_EDITOR.name)
