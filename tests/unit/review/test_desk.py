"""The desk item: order of the queue, claim, decision, new versions (notice 三(一))."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import DeskState, Kind, ReportState, Role, Secrecy, Severity
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from services.review.model.desk import MOVES, NOT_URGENT, DeskItem, urgency
from tests.factories.review import CHIEF, EDITOR, NOW, OTHER_EDITOR, new_version, registered, signed

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
    waiting.decide(act, EDITOR)
    assert (waiting.state, waiting.claimed_by) == (DeskState.DECIDED, EDITOR.name)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_somebody_elses_claim_refuses_the_decision_and_names_him(act: str) -> None:
    claimed = item()
    claimed.claim(EDITOR)
    with pytest.raises(Conflict, match=EDITOR.name):
        claimed.decide(act, OTHER_EDITOR)


@pytest.mark.parametrize("act", DECISIONS)
def test_R11_a_decided_item_is_not_decided_again(act: str) -> None:
    decided = item()
    decided.decide("keep", EDITOR)
    with pytest.raises(Conflict, match="kept"):
        decided.decide(act, EDITOR)


def test_R11_only_the_claimer_or_the_chief_editor_releases() -> None:
    claimed = item()
    claimed.claim(EDITOR)
    with pytest.raises(Conflict):
        claimed.release(OTHER_EDITOR)
    claimed.release(CHIEF)
    assert claimed.state == DeskState.WAITING


@pytest.mark.parametrize("part", ["author_id", "signer_id"])
def test_R11_nobody_decides_on_a_report_of_his_own(part: str) -> None:
    own = DeskItem.queued(registered(sign_off=signed(**{part: EDITOR.person_id})))
    with pytest.raises(Forbidden):
        own.decide("keep", EDITOR)


def test_R11_only_the_first_opening_is_told() -> None:
    opened = item()
    assert opened.open(EDITOR, NOW)
    assert not opened.open(OTHER_EDITOR, NOW)
    assert opened.seen_by == EDITOR.name


def test_R11_a_new_version_puts_the_item_back_to_waiting_unseen() -> None:
    report = registered()
    returned = DeskItem.queued(report)
    returned.open(EDITOR, NOW)
    returned.decide("return", EDITOR, "请补充数据")
    returned.take_version(new_version(report, title="补充数据后的标题"))
    assert (returned.state, returned.decision, returned.claimed_by, returned.seen_by) == (
        DeskState.WAITING, None, None, None,
    )  # fmt: skip
    assert (returned.report_version, returned.title) == (2, "补充数据后的标题")


def test_R11_a_new_version_takes_no_editors_claim_away() -> None:
    report = registered()
    claimed = DeskItem.queued(report)
    claimed.claim(EDITOR)
    claimed.take_version(new_version(report, title="补充数据后的标题"))
    assert (claimed.state, claimed.claimed_by, claimed.seen_by) == (DeskState.CLAIMED, EDITOR.name, None)
    assert (claimed.report_version, claimed.title) == (2, "补充数据后的标题")


def test_R11_withdrawing_needs_an_adoption() -> None:
    kept = item()
    kept.decide("keep", EDITOR)
    with pytest.raises(Conflict):
        kept.withdraw_adoption()


def test_R11_clearance_bounds_what_is_read() -> None:
    assert Secrecy.up_to("unclassified") == [Secrecy.UNCLASSIFIED]
    assert Secrecy.SECRET not in Secrecy.up_to("confidential")


EDITORS = [Principal(str(uuid4()), f"编辑{n}", None, frozenset({Role.EDITOR})) for n in range(3)]
ACTS = st.lists(st.tuples(st.sampled_from(["claim", "release", *DECISIONS]), st.sampled_from(EDITORS)), max_size=12)


@given(ACTS)
@settings(max_examples=200, deadline=None)
def test_R11_whatever_the_order_an_item_has_one_claimer_and_only_he_decides(acts: list[tuple[str, Principal]]) -> None:
    desk_item = item()
    holder: Principal | None = None
    for act, editor in acts:
        before = desk_item.version
        try:
            {"claim": desk_item.claim, "release": desk_item.release}.get(act, lambda e, a=act: desk_item.decide(a, e))(
                editor
            )
        except Conflict:
            assert desk_item.version == before
            continue
        assert holder in (None, editor)
        holder = None if act == "release" else editor
        assert desk_item.claimed_by_id == (holder.id if holder else None)
        assert (desk_item.state == DeskState.WAITING) == (holder is None)
    assert (desk_item.decision is None) == (desk_item.state != DeskState.DECIDED)
    assert desk_item.decision != ReportState.AT_DESK
