"""R23: pictures of an item, over the API and on the page: the gateway reads the file and makes the copy for print."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from uuid import UUID

import pytest

from contracts.rpc.issues import IssueReaders
from contracts.rpc.item_pictures import ItemPictures, PictureOffered, PictureShown
from contracts.rpc.scoring import File
from contracts.vocabulary import Role
from kernel.errors import NotFound, StaleVersion
from kernel.papers.pictures import print_copy
from tests.factories.gateway_office import Office, Signed
from tests.factories.pictures import animated_png, jpeg, png
from tests.integration.gateway.test_attachments import uploaded
from tests.integration.gateway.test_console import holder, refusing, send
from tests.integration.gateway.test_issue_pages import asked, issue, item, published

ITEM = f"issues/{UUID(int=50)}/items/{UUID(int=1)}/pictures"
CHOSEN = PictureShown(
    picture_id=UUID(int=9), report_id=UUID(int=101), digest="sha256:" + "2" * 64, name="照片.jpg", caption="图1　现场",
    after=1, width_mm=108, height_mm=81,
)  # fmt: skip


def offering(office: Office, content: bytes, name: str = "地图.png", *, kept: bool = True) -> str:
    """An item whose report brought this picture; its digest."""
    if kept:
        assert uploaded(office.api_client(), content, name).status_code == 201
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    offered = PictureOffered(
        report_id=UUID(int=101), digest=digest, name=name, size=len(content), unit_name="河西区政府办公室"
    )
    pictures = ItemPictures(
        issue_id=UUID(int=50), adoption_id=UUID(int=1), version=3, chosen=[CHOSEN, CHOSEN.model_copy(
            update={"picture_id": UUID(int=10), "caption": "", "after": None}
        )], offered=[offered],
    )  # fmt: skip
    office.calls.answers |= {
        f"review.{method}": lambda _: pictures for method in ("list_item_pictures", "add_picture", "place_pictures")
    }
    office.calls.answers["review.get_issue"] = lambda _: issue(items=[item(1, body="第一段。\n表1　情况\n甲|乙\n1|2")])
    return digest


def chosen(editor: Signed, digest: str, **more: Any) -> Any:
    return editor.post(f"/v1/{ITEM}", {"version": 3, "digest": digest, "caption": "图2　点位", "after": 1} | more)


def test_R23_the_gateway_sends_the_copy_that_is_printed(office: Office) -> None:
    content = png(3_000, 1_000)
    answer = chosen(holder(office, Role.EDITOR), offering(office, content))

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    request = asked(office, "add_picture")
    assert base64.b64decode(request.copy_base64) == print_copy(content).content
    assert (request.caption, request.after, request.version) == ("图2　点位", 1, 3)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (animated_png(), "动图.png", "animated"), (jpeg(200, 100, colours=4), "四色.jpg", "colours"),
        (png(9, 9), "小.png", "small"),
    ],
)
def test_R23_what_cannot_be_printed_is_refused_when_it_is_chosen(
    office: Office, content: bytes, name: str, reason: str
) -> None:
    answer = chosen(holder(office, Role.EDITOR), offering(office, content, name))

    assert (answer.status_code, answer.json["pointer"], answer.json["reason"]) == (422, "/digest", reason)
    assert "add_picture" not in {call["method"] for call in office.calls.asked}


def test_R23_a_picture_no_report_brought_and_one_whose_bytes_are_gone(office: Office) -> None:
    editor = holder(office, Role.EDITOR)
    digest = offering(office, png(300, 200), kept=False)

    assert chosen(editor, "sha256:" + "3" * 64).status_code == 422
    assert chosen(editor, digest).status_code == 503
    assert chosen(editor, digest, caption="一\n二").status_code == 422
    assert chosen(holder(office, Role.LEADER), digest).status_code == 403


def test_R23_pictures_are_chosen_moved_and_taken_out_on_the_page_without_script(office: Office) -> None:
    editor = holder(office, Role.EDITOR)
    digest = offering(office, png(300, 200))
    page = editor.get(f"/{ITEM}").text
    for part in ("图1　现场", "印出 108×81 毫米", "地图.png", "第 2 段之后：表1　情况", f"/reports/{UUID(int=101)}/"):
        assert part in page

    assert send(editor, f"/{ITEM}", version=3, digest=digest, caption="", after="").status_code == 303
    fields = {"version": 3, "picture_id": [UUID(int=9), UUID(int=10)], "caption": ["现场", ""], "after": ["", "2"]}
    for act, order in ((f"down:{UUID(int=9)}", [10, 9]), (f"remove:{UUID(int=9)}", [10]), ("", [9, 10])):
        office.calls.asked.clear()
        assert send(editor, f"/{ITEM}/places", act=act, **fields).status_code == 303
        assert [each.picture_id.int for each in asked(office, "place_pictures").pictures] == order

    office.calls.answers["review.place_pictures"] = refusing(lambda: StaleVersion("已改", "changed"))
    assert send(editor, f"/{ITEM}/places", **fields).status_code == 412


@pytest.mark.parametrize(
    ("role", "page"), [(Role.EDITOR, "issues"), (Role.LEADER, "reading"), (Role.INFORMATION_OFFICER, "reading")]
)
def test_R23_pages_show_pictures_and_tables_where_the_paper_sets_them(office: Office, role: Role, page: str) -> None:
    last = CHOSEN.model_copy(update={"picture_id": UUID(int=10), "caption": "", "after": None})
    pictured = item(1, body="第一段。\n表1　情况\n甲|乙\n1|<b>2\n末段。", pictures=[CHOSEN, last])
    for method in ("get_issue", "read_issue"):
        office.calls.answers[f"review.{method}"] = lambda _: published(items=[pictured])
    office.calls.answers["review.list_issue_readers"] = lambda _: IssueReaders(items=[])
    shown = holder(office, role).get(f"/{page}/{UUID(int=50)}").text

    source = f'src="/{ITEM}/{UUID(int=9)}" alt="图1　现场" width="408" height="306" loading="lazy"'
    parts = (
        "第一段。", source, "<figcaption>图1　现场</figcaption>", "<caption>表1　情况</caption>",
        '<th scope="col">甲</th>', "<td>&lt;b&gt;2</td>", "末段。", f'src="/{ITEM}/{UUID(int=10)}" alt="照片.jpg"',
    )  # fmt: skip
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)


def test_R23_a_picture_is_shown_in_the_page_and_kept_nowhere(office: Office) -> None:
    content = png(30, 20)
    office.calls.answers["review.get_item_picture"] = lambda _: File(
        name="照片.png", media_type="image/png", content_base64=base64.b64encode(content).decode(), sha256="0"
    )
    for reader, path in ((holder(office, Role.LEADER), ""), (holder(office, Role.SECRETARY), "/v1")):
        answer = reader.get(f"{path}/{ITEM}/{UUID(int=9)}")
        assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", content)
        assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == (
            "private, no-store", "nosniff",
        )  # fmt: skip
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith("inline")
    request = asked(office, "get_item_picture")
    assert (request.issue_id.int, request.adoption_id.int, request.picture_id.int) == (50, 1, 9)

    office.calls.answers["review.get_item_picture"] = refusing(lambda: NotFound("没有", "none"))
    assert holder(office, Role.LEADER).get(f"/{ITEM}/{UUID(int=9)}").status_code == 404
    assert holder(office, Role.AUDIT_ADMINISTRATOR).get(f"/{ITEM}/{UUID(int=9)}").status_code == 403
