"""R23, R07: the pictures of an issue, to its readers and to nobody else."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.vocabulary import Secrecy
from kernel.errors import NotFound, Refusal
from kernel.papers.pictures import print_copy
from services.review.model.item_pictures import digest_of
from tests.factories.review import CHIEF, EDITOR, FOREIGN_OFFICER, LEADER, SECRETARY, SUPERVISOR, ReviewOffice
from tests.integration.review.test_item_pictures import MAP, PHOTO, adopted, choose, with_item
from tests.integration.review.test_proofs import seen
from tests.integration.review.test_secrecy import CLEARED, hear, raised


def shown(office: ReviewOffice, issue_id: UUID, adoption_id: UUID, picture_id: UUID, by: Any = LEADER) -> bytes:
    found = office.do("get_item_picture", by, issue_id=issue_id, adoption_id=adoption_id, picture_id=picture_id)
    content = base64.b64decode(found.content_base64)
    assert found.sha256 == digest_of(content).removeprefix("sha256:")
    return content


def test_R23_a_picture_is_shown_to_whoever_may_read_the_issue(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    (picture,) = choose(office, issue_id, item, MAP).chosen
    ask = partial(shown, office, issue_id, item, picture.picture_id)

    assert ask(by=EDITOR) == print_copy(MAP).content
    with pytest.raises(NotFound):
        ask(by=LEADER)  # not published yet
    office.publish(issue_id)
    assert {ask(by=reader) for reader in (LEADER, SECRETARY, SUPERVISOR, CHIEF)} == {print_copy(MAP).content}
    with pytest.raises(NotFound):
        ask(by=FOREIGN_OFFICER)  # it is not distributed to that unit


def test_R23_another_issues_items_or_pictures_id_finds_nothing(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    (picture,) = choose(office, issue_id, item, MAP).chosen
    other_issue, other_item, _ = with_item(office)
    (other,) = choose(office, other_issue, other_item, PHOTO).chosen
    office.publish(issue_id)

    for ids in (
        (issue_id, item, other.picture_id), (issue_id, other_item, other.picture_id), (issue_id, item, uuid4()),
        (other_issue, item, picture.picture_id), (uuid4(), item, picture.picture_id),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            shown(office, *ids)


def test_R07_a_raised_class_hides_the_pictures_of_a_published_item(office: ReviewOffice) -> None:
    issue_id, leading, _ = with_item(office)
    second_report = adopted(office, issue_id, title="东山县情况")
    second = next(each.adoption_id for each in seen(office, issue_id).items if each.adoption_id != leading)
    office.do("combine_items", EDITOR, issue_id=issue_id, adoption_id=leading, others=[second])
    (picture,) = choose(office, issue_id, leading, MAP).chosen
    office.publish(issue_id)
    office.do("withdraw_adoption", EDITOR, report_id=second_report.report_id, reason="有误")  # its text stays
    hear(office, raised(second_report, Secrecy.SECRET))

    assert seen(office, issue_id, LEADER).items[0].pictures == []
    for reader in (LEADER, EDITOR, CHIEF):
        with pytest.raises(NotFound):
            shown(office, issue_id, leading, picture.picture_id, reader)
    assert shown(office, issue_id, leading, picture.picture_id, CLEARED) == print_copy(MAP).content


def test_R23_a_lost_picture_is_told(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    (picture,) = choose(office, issue_id, item, MAP).chosen
    with office.harness.database.work(EDITOR) as work:
        work.session.execute(text("UPDATE picture_copies SET content = 'x'"))

    with pytest.raises(Refusal, match="lost"):
        shown(office, issue_id, item, picture.picture_id, EDITOR)
