"""R09: files are taken in, named by drafts and signed documents, and given out to whoever may read these."""

from __future__ import annotations

import errno
import hashlib
import json
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from contracts.rpc.attachments import MAX_BYTES
from contracts.rpc.content import Content
from contracts.rpc.intake import ReportPage
from contracts.vocabulary import DraftState, Role
from gateway.attachments.storage import Received, Storage
from kernel.errors import NotFound
from tests.factories import files
from tests.factories.gateway_office import Office, Signed, report
from tests.integration.gateway.test_console import drafted, field, offered, refusing, unavailable

OCTETS = "application/octet-stream"

TEXT = "现场情况说明：已疏散群众三十人。\n".encode()


def uploaded(who: Signed, data: bytes = TEXT, name: str = "说明.txt") -> TestResponse:
    return who.client.post(
        "/v1/attachments", query_string={"name": name}, data=data, headers=who.headers,
        content_type=OCTETS,
    )


def named(answer: TestResponse) -> dict[str, Any]:
    """The file as a document names it."""
    assert answer.status_code == 201, answer.text
    return {name: value for name, value in answer.json.items() if name != "verdict"}


def test_R09_a_file_is_known_by_its_digest_and_the_same_again_answers_the_same(office: Office) -> None:
    client = office.api_client()
    first, again = uploaded(client), uploaded(client)
    assert first.json == again.json == {
        "digest": f"sha256:{hashlib.sha256(TEXT).hexdigest()}", "size": len(TEXT), "media_type": "text/plain",
        "name": "说明.txt", "verdict": "not_scanned",
    }


def saved(answer: TestResponse) -> bytes:
    """What a download brought."""
    assert answer.status_code == 200, answer.text
    data = answer.data
    answer.close()
    return data


def submitted(office: Office, client: Signed, *files: dict[str, Any]) -> TestResponse:
    signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
    act = {"content": report(attachments=list(files)), "author_name": "王敏", "signer_id": str(signer)}
    return client.post("/v1/reports", act, Idempotency_Key=str(uuid4()))


class Full(BytesIO):
    """Fails as writing the next block would."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(errno.ENOSPC, "No space left on device")


class FullDisk(Storage):
    """A storage without room for the next block."""

    def received(self, stream: IO[bytes]) -> AbstractContextManager[Received]:
        return super().received(Full())


class FullMachine(Storage):
    """No room where nobody looks for it, as for a form's files."""

    def received(self, stream: IO[bytes]) -> AbstractContextManager[Received]:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")


def lying(office: Office) -> list[Path]:
    """Every file in the storage's folder, finished or not."""
    return [path for path in office.parts.storage.folder.rglob("*") if path.is_file()]


def test_R09_a_document_with_a_file_of_its_unit_is_accepted_and_the_receipt_gives_it_out(office: Office) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    accepted = submitted(office, client, file)
    assert accepted.status_code == 202, accepted.text
    answer = client.get(f"/v1/receipts/{accepted.json['number']}/attachments/{file['digest']}")
    assert saved(answer) == TEXT


def test_R09_a_download_is_saved_and_never_shown_whatever_its_name(office: Office) -> None:
    client = office.api_client()
    file = named(uploaded(client, files.png(), "现场 图;filename=a.html.png"))
    answer = client.get(f"/v1/attachments/{file['digest']}")
    assert saved(answer) == files.png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert "filename*=UTF-8''%E7%8E%B0%E5%9C%BA%20%E5%9B%BE" in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_R09_a_document_names_only_what_its_own_unit_uploaded_as_it_was_found(office: Office) -> None:
    client, neighbour = office.api_client(), office.api_client(unit_id=office.add_unit("河西区"))
    own, foreign = named(uploaded(client)), named(uploaded(neighbour, files.pdf(), "图.pdf"))
    unknown = own | {"digest": f"sha256:{0:064}"}
    for wrong in (foreign, unknown, own | {"size": 5}, own | {"media_type": "text/csv", "name": "说明.csv"}):
        answer = submitted(office, client, own | {"name": "另一份.txt"}, wrong)
        assert (answer.status_code, answer.json["pointer"]) == (422, "/content/attachments/1"), answer.text


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([{"name": "a.txt"}, {"name": "A.TXT"}], "不得重名"),
        ([{"name": f"{n}.txt"} for n in range(21)], "至多 20 个"),
        ([{"name": "../a.txt"}], "不得含有"),
        ([{"name": "a\u202etxt.txt"}], "方向控制"),
        ([{"name": "a\r\nb.txt"}], "控制字符"),
        ([{"name": "a.exe"}], "扩展名"),
        ([{"name": "长" * 200 + ".txt"}], "不得超过 200 个字符"),
    ],
)
def test_R09_names_and_numbers_of_files_are_refused_with_what_is_wrong(
    office: Office, files: list[dict[str, str]], said: str
) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    answer = submitted(office, client, *({**file, **changed} for changed in files))
    assert answer.status_code == 422
    assert answer.json["pointer"].startswith("/content/attachments")
    assert said in answer.json["detail"]


def test_R09_a_file_above_20_mb_is_refused_by_what_it_states_and_by_what_it_brings(office: Office) -> None:
    client = office.api_client()
    stated = client.client.post(
        "/v1/attachments?name=a.txt", headers=client.headers, content_type=OCTETS,
        input_stream=BytesIO(b"never read"), environ_overrides={"CONTENT_LENGTH": str(MAX_BYTES + 1)},
    )
    brought = client.client.post(
        "/v1/attachments?name=a.txt", headers=client.headers, content_type=OCTETS,
        input_stream=BytesIO(b"a" * (MAX_BYTES + 5)), environ_overrides={"wsgi.input_terminated": True},
    )
    for answer in (stated, brought):
        assert (answer.status_code, answer.json["reason"]) == (413, "too_large"), answer.text
    assert lying(office) == []


@pytest.mark.parametrize("full", [FullDisk, FullMachine])
def test_R09_a_full_disk_refuses_the_upload_and_gives_out_what_is_there(office: Office, full: type[Storage]) -> None:
    client = office.api_client()
    file = named(uploaded(client))
    before = lying(office)

    own, office.parts.storage = office.parts.storage, full(office.settings.files_dir)
    answer = uploaded(client, TEXT + b"2")
    office.parts.storage = own
    assert (answer.status_code, answer.json["type"]) == (507, "/problems/disk-full")
    assert lying(office) == before
    assert saved(client.get(f"/v1/attachments/{file['digest']}")) == TEXT


def test_R09_a_refused_file_leaves_nothing_but_an_entry_in_the_evidence(office: Office) -> None:
    officer = office.officer()
    answer = uploaded(officer, b"MZ\x90\0", "通知.pdf")
    assert (answer.status_code, answer.json["type"]) == (415, "/problems/attachment-type")
    assert lying(office) == []
    with office.parts.database.reading() as session:
        entry = session.execute(
            text("SELECT detail FROM evidence_entries WHERE act = 'attachment.refuse' AND subject = :who"),
            {"who": str(officer.id)},
        ).scalar_one()
    assert "executable" in str(entry)


def test_R09_equal_bytes_are_kept_once_for_all_units(office: Office) -> None:
    uploaded(office.api_client(), name="甲.txt")
    uploaded(office.api_client(unit_id=office.add_unit("河西区")), name="乙.txt")
    assert [path.name for path in lying(office)] == [hashlib.sha256(TEXT).hexdigest()]


def test_R09_only_who_writes_for_a_unit_uploads_and_only_his_unit_has_it(office: Office) -> None:
    file = named(uploaded(office.officer()))
    leader, editor = office.leader(), office.sign_in(office.add_person("陈静", Role.EDITOR))
    neighbour = office.api_client(unit_id=office.add_unit("河西区"))
    assert [uploaded(who).status_code for who in (leader, editor)] == [403, 403]
    assert saved(leader.get(f"/v1/attachments/{file['digest']}")) == TEXT
    assert neighbour.get(f"/v1/attachments/{file['digest']}").status_code == 404
    assert editor.get(f"/v1/attachments/{file['digest']}").status_code == 403


def test_R09_a_draft_names_its_files_before_intake_keeps_it(office: Office) -> None:
    officer = office.officer()
    office.calls.answers["intake.save_draft"] = drafted(office, officer)
    file = named(uploaded(officer))
    assert officer.post("/v1/drafts", {"content": report(attachments=[file])}).status_code == 201
    unknown = report(attachments=[file | {"digest": f"sha256:{0:064}"}])
    answer = officer.post("/v1/drafts", {"content": unknown})
    assert (answer.status_code, answer.json["pointer"]) == (422, "/content/attachments/0")
    assert [call["method"] for call in office.calls.asked] == ["save_draft"]


def test_R09_a_draft_gives_out_the_files_it_names_and_no_others(office: Office) -> None:
    officer = office.officer()
    one, other = named(uploaded(officer)), named(uploaded(officer, files.pdf(), "图.pdf"))
    content = Content.model_validate(report(attachments=[one]))
    office.calls.answers["intake.get_draft"] = lambda request: offered(
        office, request.draft_id, officer.id, content, DraftState.EDITING
    )
    draft = f"/v1/drafts/{uuid4()}/attachments"
    assert saved(officer.get(f"{draft}/{one['digest']}")) == TEXT
    assert officer.get(f"{draft}/{other['digest']}").status_code == 404
    assert officer.get(f"{draft}/nonsense").status_code == 404


def test_R09_what_intake_does_not_show_has_no_files(office: Office) -> None:
    file = named(uploaded(office.officer()))
    editor = office.sign_in(office.add_person("陈静", Role.EDITOR))

    def absent(_request: Any) -> Any:
        raise NotFound("没有找到报送。", "There is no such report.")

    office.calls.answers["intake.get_report"] = absent
    assert editor.get(f"/v1/reports/{uuid4()}/attachments/{file['digest']}").status_code == 404


def test_R09_a_draft_page_takes_files_keeps_them_and_lets_them_go(office: Office) -> None:
    officer = office.officer()
    kept: list[Content] = []

    def keep(request: Any) -> Any:
        kept.append(request.content)
        return offered(office, request.draft_id, officer.id, request.content, DraftState.EDITING)

    office.calls.answers |= {"intake.save_draft": keep, "intake.list_reports": lambda _: ReportPage(items=[])}
    form = {"csrf_token": officer.headers["X-CSRFToken"], "kind": "development", "title": "标题", "body": "正文"}
    two = [(BytesIO(TEXT), "说明.txt"), (BytesIO(files.pdf()), "图.pdf")]
    officer.client.post("/drafts", data=form | {"attachments": two})
    assert [file.name for file in kept[-1].attachments] == ["说明.txt", "图.pdf"]

    has = [file.model_dump(mode="json") for file in kept[-1].attachments]
    carried = json.dumps({"kind": "development", "attachments": has})
    bad = {"attachments": (BytesIO(b"MZ"), "程序.pdf"), "carried": carried, "drop_attachment": "图.pdf"}
    page = officer.client.post("/drafts", data=form | bad)
    assert page.status_code == 415
    assert "“程序.pdf”未收：这是 Windows 程序" in page.text
    assert "说明.txt" in page.text
    assert field(page, "title") == "标题"
    officer.client.post("/drafts", data=form | {"carried": field(page, "carried")})
    assert [file.name for file in kept[-1].attachments] == ["说明.txt"]


def test_R17_a_photographed_instruction_may_be_as_large_as_any_attachment(office: Office) -> None:
    secretary = office.sign_in(office.add_person("何芳", Role.SECRETARY))
    office.calls.answers["intake.list_units"] = refusing(unavailable)
    token = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{secretary.headers["X-CSRFToken"]}\r\n'
    head = '--x\r\nContent-Disposition: form-data; name="scan"; filename="批示.jpg"\r\n\r\n'
    sent = f"{token}{head}".encode() + b"MZ" + b"a" * 5_000_000 + b"\r\n--x--\r\n"
    for act in ("/instructions", f"/instructions/{uuid4()}/confirmation"):
        answer = secretary.client.post(act, data=sent, content_type="multipart/form-data; boundary=x")
        assert "这是 Windows 程序" in answer.text  # it was looked at, and not refused for its size


def test_R09_a_form_with_more_than_it_may_bring_is_told_so(office: Office) -> None:
    officer = office.officer()
    part = b'--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n' + b"a" * 3_000_000 + b"\r\n--x--\r\n"
    sent = [
        {"data": part, "content_type": "multipart/form-data; boundary=x"},
        {"data": b"body=" + b"a" * 3_000_000, "content_type": "application/x-www-form-urlencoded"},
    ]
    for form in sent:
        answer = officer.client.post("/drafts", **form)
        assert (answer.status_code, answer.mimetype) == (413, "text/html")
        assert "文件一次合计不超过 100 MB" in answer.text
        assert office.app.test_client().post("/drafts", **form).status_code == 401
