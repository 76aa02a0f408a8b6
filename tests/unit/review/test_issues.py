"""The issue: what the chief editor may publish (R23, access.md)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from contracts.rpc.desk import Adopt
from contracts.vocabulary import IssueState
from kernel.errors import Conflict, Forbidden, StaleVersion
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from tests.factories.review import CHIEF, EDITOR, NOW, registered


def composing() -> Issue:
    return Issue(issue_id=uuid4(), version=3, state=IssueState.COMPOSING, publication_code="brief")


def adoption(editor: Principal, title: str | None = None) -> Adoption:
    item = DeskItem.queued(registered())
    return Adoption.of(item, Adopt(report_id=item.report_id, issue_id=uuid4(), title=title), editor, NOW)


def test_R23_an_empty_issue_is_not_published() -> None:
    with pytest.raises(Conflict):
        composing().check_publication(3, [], CHIEF)


def test_R23_an_issue_changed_since_it_was_seen_is_not_published() -> None:
    with pytest.raises(StaleVersion):
        composing().check_publication(2, [adoption(EDITOR)], CHIEF)


def test_R23_nobody_publishes_his_own_edit_copy() -> None:
    with pytest.raises(Forbidden, match="改过的标题"):
        composing().check_publication(3, [adoption(EDITOR), adoption(CHIEF, "改过的标题")], CHIEF)


def test_R23_what_the_chief_editor_adopted_unedited_he_may_publish() -> None:
    composing().check_publication(3, [adoption(CHIEF), adoption(EDITOR, "改过的标题")], CHIEF)


def test_R11_an_edit_copy_leaves_the_original_as_it_is() -> None:
    item = DeskItem.queued(registered(title="原标题"))
    copy = Adoption.of(item, Adopt(report_id=item.report_id, issue_id=uuid4(), title="编辑稿标题"), EDITOR, NOW)
    assert (item.title, copy.title, copy.edited_by_id) == ("原标题", "编辑稿标题", EDITOR.id)


def test_R11_an_edit_copy_equal_to_the_original_is_no_edit() -> None:
    item = DeskItem.queued(registered(title="原标题"))
    copy = Adoption.of(item, Adopt(report_id=item.report_id, issue_id=uuid4(), title="原标题"), EDITOR, NOW)
    assert copy.edited_by_id is None


def test_R23_a_published_issue_takes_no_change_and_says_its_number() -> None:
    issue = composing()
    issue.publish(2026, 7, CHIEF, NOW)
    with pytest.raises(Conflict, match=r"No\. 7 of 2026"):
        issue.compose()
