"""R12: a plan is changed after its start: kept, told, clocks follow; what is reached stays; of two one is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.deadlines import DeadlineMissed, DeadlineReassessed
from contracts.events.intake import ReportReclassified
from contracts.events.research import ResearchProjectChanged
from contracts.rpc.research import PlanChange, ResearchProject
from contracts.rpc.secrecy import WITHHELD_TEXT
from contracts.vocabulary import Secrecy
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, StaleVersion
from tests.factories.review import (
    EDITOR,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    ReviewOffice,
    at_once,
    registered,
)
from tests.integration.review.test_research import DAY, PROJECT, complete, shown, start


def change(office: ReviewOffice, method: str, by: Any = EDITOR, **fields: Any) -> ResearchProject:
    """In the version as it is now."""
    values = {"project_id": PROJECT, "reason": "领导要求提前", "version": shown(office).version} | fields
    changed: ResearchProject = office.do(method, by, **values)
    return changed


def on_first(office: ReviewOffice, method: str, **fields: Any) -> ResearchProject:
    return change(office, method, milestone_id=shown(office).milestones[0].milestone_id, **fields)


def changes(office: ReviewOffice, by: Any = EDITOR, **fields: Any) -> list[PlanChange]:
    found: list[PlanChange] = office.do("list_plan_changes", by, project_id=PROJECT, **fields).items
    return found


def test_R12_every_change_is_kept_with_old_and_new_and_told_to_lead_and_partners(office: ReviewOffice) -> None:
    start(office, partner_unit_ids=[HANGU])
    change(office, "change_plan", plan="只走访三区。")
    change(office, "add_milestone", name="座谈", due_at=NOW + 15 * DAY)
    on_first(office, "move_milestone", due_at=NOW + 12 * DAY)
    on_first(office, "drop_milestone", reason="并入座谈")
    dropped, moved, added, text = changes(office, OFFICER)
    assert (text.old_plan, text.new_plan, text.by_name) == ("走访六区，十二月成稿。", "只走访三区。", EDITOR.name)
    assert (added.milestone, added.new_due_at) == ("座谈", NOW + 15 * DAY)
    assert (moved.milestone, moved.old_due_at, moved.new_due_at) == ("走访", NOW + 10 * DAY, NOW + 12 * DAY)
    assert (dropped.milestone, dropped.reason) == ("走访", "并入座谈")
    told = office.told(ResearchProjectChanged)
    assert [one.change for one in told] == ["plan", "milestone_added", "milestone_moved", "milestone_dropped"]
    assert {tuple(one.unit_ids) for one in told} == {(HEPING, HANGU)}
    assert [(one.name, one.outcome.value) for one in shown(office).milestones] == [
        ("走访", "waived"), ("成稿", "open"), ("座谈", "open"),
    ]  # fmt: skip
    page = office.do("list_plan_changes", OFFICER, project_id=PROJECT, limit=3)
    assert changes(office, OFFICER, cursor=page.next_cursor) == [text]


def test_R12_the_clock_follows_a_move_and_a_missed_milestone_is_open_again(office: ReviewOffice) -> None:
    start(office)
    on_first(office, "move_milestone", due_at=NOW + 2 * DAY)
    assert office.told(DeadlineReassessed) == []
    office.harness.clock.at = NOW + 3 * DAY
    office.sweep()
    assert len(office.told(DeadlineMissed)) == 1
    on_first(office, "move_milestone", due_at=NOW + 5 * DAY)
    (reopened,) = office.told(DeadlineReassessed)
    assert (reopened.new_outcome, reopened.due_at) == ("open", NOW + 5 * DAY)
    office.harness.clock.at = NOW + 6 * DAY
    office.sweep()
    dropped = on_first(office, "drop_milestone")
    assert dropped.milestones[0].outcome.value == "missed"


def test_R12_what_is_reached_or_dropped_cannot_be_moved_dropped_or_completed(office: ReviewOffice) -> None:
    start(office)
    complete(office, 0)
    move: Callable[..., Any] = partial(on_first, office, "move_milestone", due_at=NOW + 12 * DAY)
    for act in (move, partial(on_first, office, "drop_milestone")):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.extra == {"state": "done"}
    second = shown(office).milestones[1].milestone_id
    change(office, "drop_milestone", milestone_id=second)
    with pytest.raises(Conflict):
        change(office, "move_milestone", milestone_id=second, due_at=NOW + 30 * DAY)
    with pytest.raises(Conflict):
        complete(office, 1)


@pytest.mark.parametrize(
    ("method", "fields", "pointer"),
    [
        ("change_plan", {"plan": "走访六区，十二月成稿。"}, "/plan"),
        ("add_milestone", {"name": "昨天", "due_at": NOW - DAY}, "/due_at"),
        ("move_milestone", {"due_at": NOW - DAY}, "/due_at"),
        ("move_milestone", {"due_at": NOW + 10 * DAY}, "/due_at"),
    ],
)
def test_R12_what_cannot_be_changed_so_is_refused_by_the_field(
    office: ReviewOffice, method: str, fields: dict[str, Any], pointer: str
) -> None:
    start(office)
    act = on_first if method == "move_milestone" else change
    with pytest.raises(Invalid) as refused:
        act(office, method, **fields)
    assert refused.value.pointer == pointer
    assert changes(office) == []


def test_R12_of_two_changes_at_once_one_is_made_and_the_other_reads_again(office: ReviewOffice) -> None:
    seen = start(office)
    first = seen.milestones[0].milestone_id
    fields = {"project_id": PROJECT, "milestone_id": first, "reason": "调整", "version": seen.version}
    results = at_once(
        partial(office.do, "move_milestone", EDITOR, due_at=NOW + 12 * DAY, **fields),
        partial(office.do, "drop_milestone", OTHER_EDITOR, **fields),
        partial(office.do, "move_milestone", OTHER_EDITOR, due_at=NOW + 13 * DAY, **fields),
    )
    assert [type(result) for result in results if isinstance(result, Refusal)] == [StaleVersion, StaleVersion]
    assert len(changes(office)) == 1


def test_R12_editors_change_a_running_plan_and_others_read_what_they_take_part_in(office: ReviewOffice) -> None:
    start(office)
    with pytest.raises(Forbidden):
        change(office, "change_plan", OFFICER, plan="另一计划")
    with pytest.raises(NotFound):
        changes(office, FOREIGN_OFFICER)
    with pytest.raises(NotFound):
        change(office, "drop_milestone", milestone_id=uuid4())
    office.do("drop_project", EDITOR, project_id=PROJECT, reason="并入另一课题")
    with pytest.raises(Conflict):
        change(office, "change_plan", plan="另一计划")


def test_R12_a_project_has_twenty_milestones_at_the_most(office: ReviewOffice) -> None:
    start(office, milestones=[{"name": f"第{n}步", "due_at": NOW + (n + 1) * DAY} for n in range(20)])
    add = partial(change, office, "add_milestone", name="第21步", due_at=NOW + timedelta(days=30))
    with pytest.raises(Conflict):
        add()
    on_first(office, "drop_milestone")
    assert len(add().milestones) == 21


def test_R07_changes_of_a_plan_are_hidden_with_the_report_its_topic_came_from(office: ReviewOffice) -> None:
    source = registered()
    office.register(source)
    start(office, from_report_id=source.report_id)
    change(office, "change_plan", plan="只走访三区。")
    on_first(office, "drop_milestone", reason="涉及某企业")
    office.do("note_project", OFFICER, project_id=PROJECT, text="已走访某企业。")
    told = ReportReclassified(
        report_id=source.report_id, number=source.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
        deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
    )  # fmt: skip
    office.harness.deliver(told, UUID(int=1))
    dropped, text = changes(office)
    assert {dropped.reason, text.old_plan, text.new_plan, text.reason} == {WITHHELD_TEXT}
    assert shown(office).milestones[0].dropped_because == WITHHELD_TEXT
    assert [note.text for note in shown(office).notes] == [WITHHELD_TEXT]
