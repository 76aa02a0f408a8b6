"""R23: pictures of an issue's items: chosen at the desk, set in the paper, gone with their report."""

from __future__ import annotations

import base64
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.rpc import item_pictures as rpc
from contracts.rpc.issues import MissingKind
from contracts.vocabulary import Secrecy
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal, StaleVersion
from kernel.papers.pictures import print_copy
from services.review.model.item_pictures import digest_of
from tests.factories.pictures import jpeg, png
from tests.factories.review import CHIEF, EDITOR, OTHER_EDITOR, SECRETARY, ReviewOffice, at_once, registered
from tests.integration.review.test_issue_papers import paper
from tests.integration.review.test_proofs import seen
from tests.integration.review.test_secrecy import raised
from tests.support.pdf_measures import Measured

MAP, PHOTO = png(900, 500), jpeg(640, 480)
FILES = [
    {"digest": digest_of(MAP), "size": len(MAP), "media_type": "image/png", "name": "地图.png"},
    {"digest": digest_of(PHOTO), "size": len(PHOTO), "media_type": "image/jpeg", "name": "照片.jpg"},
    {"digest": "sha256:" + "1" * 64, "size": 9, "media_type": "application/pdf", "name": "附表.pdf"},
]


def adopted(office: ReviewOffice, issue_id: UUID, **words: Any) -> Any:
    report = registered(attachments=FILES, **words)
    office.register(report)
    office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue_id)
    return report


def with_item(office: ReviewOffice) -> tuple[UUID, UUID, Any]:
    """An issue being composed, its one item, and the report."""
    issue_id = office.open_issue().issue_id
    report = adopted(office, issue_id, body="第一段。\n第二段。")
    return issue_id, seen(office, issue_id).items[0].adoption_id, report


def choose(
    office: ReviewOffice, issue_id: UUID, adoption_id: UUID, content: bytes, by: Any = EDITOR, **more: Any
) -> Any:
    return office.harness.call("add_picture", choosing(office, issue_id, adoption_id, content, **more), by)


def choosing(
    office: ReviewOffice, issue_id: UUID, adoption_id: UUID, content: bytes, **more: Any
) -> rpc.AddPicture:
    fields: dict[str, Any] = {
        "version": listed(office, issue_id, adoption_id).version, "digest": digest_of(content), "picture_id": uuid4(),
        "copy_base64": base64.b64encode(print_copy(content).content).decode(), "issue_id": issue_id,
        "adoption_id": adoption_id,
    } | more  # fmt: skip
    return rpc.AddPicture(**fields)


def listed(office: ReviewOffice, issue_id: UUID, adoption_id: UUID) -> Any:
    return office.do("list_item_pictures", EDITOR, issue_id=issue_id, adoption_id=adoption_id)


def test_R23_pictures_are_chosen_placed_and_taken_out(office: ReviewOffice) -> None:
    issue_id, item, report = with_item(office)
    assert [each.name for each in listed(office, issue_id, item).offered] == ["地图.png", "照片.jpg"]

    choose(office, issue_id, item, MAP, caption="图1　点位", after=1)
    chosen = choose(office, issue_id, item, PHOTO).chosen
    assert [(each.name, each.caption, each.after, each.report_id) for each in chosen] == [
        ("地图.png", "图1　点位", 1, report.report_id), ("照片.jpg", "", None, report.report_id),
    ]  # fmt: skip
    assert chosen[0].width_mm == 152  # 900 dots at 150 an inch

    changed = office.do(
        "place_pictures", EDITOR, issue_id=issue_id, adoption_id=item,
        version=listed(office, issue_id, item).version,
        pictures=[{"picture_id": chosen[1].picture_id, "caption": "现场", "after": 2}],
    )
    assert [(each.name, each.caption, each.after) for each in changed.chosen] == [("照片.jpg", "现场", 2)]
    assert [each.name for each in changed.offered] == ["地图.png"]
    assert seen(office, issue_id).items[0].pictures == changed.chosen


def test_R23_the_paper_shows_the_pictures_and_is_the_same_every_time(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    choose(office, issue_id, item, MAP, caption="图1　点位", after=1)
    unsigned = seen(office, issue_id).content_hash
    choose(office, issue_id, item, PHOTO, caption="图2　现场")
    assert seen(office, issue_id).content_hash != unsigned  # a signature covers the pictures
    office.publish(issue_id)

    first = paper(office, issue_id)
    shown = Measured(first)
    assert shown.whole_text().index("第一段") < shown.whole_text().index("图1点位") < shown.whole_text().index("第二段")
    assert [round(each.right - each.left) for page in range(len(shown)) for each in shown.pictures(page)] == [152, 108]
    assert paper(office, issue_id, by=CHIEF) == first
    assert paper(office, issue_id, format="docx").startswith(b"PK")


def test_R23_what_cannot_be_chosen_is_refused_precisely(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    choose(office, issue_id, item, MAP)
    choosing = partial(choose, office, issue_id, item)

    for refused, asked in (
        (Conflict, partial(choosing, MAP)),
        (StaleVersion, partial(choosing, PHOTO, version=1)),
        (Invalid, partial(choosing, png(80, 80))),
        (Invalid, partial(choosing, PHOTO, copy_base64="AAAA")),
        (NotFound, partial(choose, office, issue_id, uuid4(), PHOTO)),
        (Forbidden, partial(choosing, PHOTO, by=SECRETARY)),
    ):
        with pytest.raises(refused):
            asked()
    office.publish(issue_id)
    with pytest.raises(Conflict):
        choosing(PHOTO)


def test_R23_of_editors_choosing_at_once_one_is_heard(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    version = listed(office, issue_id, item).version
    results = at_once(
        *(partial(choose, office, issue_id, item, MAP, by=by, version=version) for by in (EDITOR, OTHER_EDITOR) * 3)
    )

    assert sum(not isinstance(one, Refusal) for one in results) == 1
    assert len(listed(office, issue_id, item).chosen) == 1


def test_R23_a_lost_picture_is_named_and_stops_publication(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    choose(office, issue_id, item, MAP)
    with office.harness.database.work(EDITOR) as work:
        work.session.execute(text("UPDATE picture_copies SET content = 'x'"))

    (lack,) = [one for one in seen(office, issue_id).missing if one.kind is MissingKind.NO_PICTURE]
    assert (lack.blocks, lack.adoption_id) == (True, item)
    assert "地图.png" in lack.text
    with pytest.raises(Conflict, match=r"地图\.png"):
        office.publish(issue_id)
    assert "图片缺失：地图.png" in Measured(paper(office, issue_id, by=EDITOR)).whole_text()


def test_R23_pictures_follow_their_reports_in_and_out_of_a_combined_item(office: ReviewOffice) -> None:
    issue_id, leading, _ = with_item(office)
    other = adopted(office, issue_id, title="东山县情况")
    second = next(each.adoption_id for each in seen(office, issue_id).items if each.adoption_id != leading)
    choose(office, issue_id, second, PHOTO, after=1)
    office.do("combine_items", EDITOR, issue_id=issue_id, adoption_id=leading, others=[second])
    choose(office, issue_id, leading, MAP)

    (item,) = seen(office, issue_id).items
    assert [(each.name, each.after) for each in item.pictures] == [("照片.jpg", None), ("地图.png", None)]
    office.do("separate_item", EDITOR, issue_id=issue_id, adoption_id=second)
    parted = {each.adoption_id: [one.name for one in each.pictures] for each in seen(office, issue_id).items}
    assert parted == {leading: ["地图.png"], second: ["照片.jpg"]}

    office.do("withdraw_adoption", EDITOR, report_id=other.report_id, reason="内容有误")
    assert [each.adoption_id for each in seen(office, issue_id).items] == [leading]


def test_R07_a_raised_class_takes_the_picture_out(office: ReviewOffice) -> None:
    issue_id, leading, first = with_item(office)
    adopted(office, issue_id, title="东山县情况")
    second = next(each.adoption_id for each in seen(office, issue_id).items if each.adoption_id != leading)
    office.do("combine_items", EDITOR, issue_id=issue_id, adoption_id=leading, others=[second])
    choose(office, issue_id, leading, MAP, caption="凤凰山点位")
    office.harness.deliver(raised(first, Secrecy.SECRET), first.report_id, 2)

    (left,) = seen(office, issue_id).items
    assert (left.adoption_id, left.pictures) == (second, [])
    with pytest.raises(NotFound):
        listed(office, issue_id, leading)
    assert "凤凰山" not in Measured(paper(office, issue_id, by=EDITOR)).whole_text()
