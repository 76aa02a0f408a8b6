"""R14: the address that takes a file of the directory: what it lets in, and which step it is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from contracts.rpc.directory_files import CheckImport, DirectoryImport, ImportDirectory
from contracts.vocabulary import Role
from gateway.api import directory_files
from kernel.errors import Invalid, StaleVersion
from tests.factories.gateway_office import Office, Signed
from tests.integration.gateway.test_console import refusing, send

CSV = "单位名称,类别,有效期起\r\n宁河区,区县,2016-01-01\r\n".encode("gb18030")
ADDRESS = "/v1/directory/imports"


def answer(request: CheckImport | ImportDirectory) -> DirectoryImport:
    return DirectoryImport(
        source=request.source, dry_run=not isinstance(request, ImportDirectory), token="seen", created=1, changed=0,
        ended=0, unchanged=0, changes=[], fault_count=0, faults=[],
    )


@pytest.fixture
def administrator(office: Office) -> Signed:
    office.calls.answers |= {"intake.check_import": answer, "intake.import_directory": answer}
    return office.administrator(Role.SYSTEM_ADMINISTRATOR)


def upload(who: Signed, content: bytes, query: str, media_type: str = "text/csv") -> TestResponse:
    headers = {**who.headers, "Content-Type": media_type}
    return who.client.post(f"{ADDRESS}?{query}", data=content, headers=headers)


def test_R14_a_dry_run_asks_for_a_check_only_and_says_how_the_file_was_read(
    office: Office, administrator: Signed
) -> None:
    found = upload(administrator, CSV, "dry_run=true").json
    assert (found["dry_run"], found["source"]) == (True, "CSV（GB18030）")
    assert [asked["method"] for asked in office.calls.asked] == ["check_import"]


@pytest.mark.parametrize(
    ("content", "query", "media_type", "status"),
    [
        (CSV, "follows=seen", "text/csv", 200),
        (CSV, "", "text/csv", 422),
        (CSV, "dry_run=perhaps", "text/csv", 422),
        (b"", "dry_run=true", "text/csv", 422),
        (CSV, "dry_run=true", "text/plain", 415),
        (b"PK\x03\x04 no zip", "dry_run=true", "application/octet-stream", 415),
        (b"\xff" * 100, "dry_run=true", "text/csv", 415),
        (b"a," * 30 + b"\n", "dry_run=true", "text/csv", 200),
        (b"a," * 41 + b"b\n", "dry_run=true", "text/csv", 413),
        (b"a" * (directory_files.MAX_FILE + 1), "dry_run=true", "text/csv", 413),
    ],
)
def test_R14_what_is_no_file_of_the_directory_is_refused_precisely(
    administrator: Signed, content: bytes, query: str, media_type: str, status: int
) -> None:
    assert upload(administrator, content, query, media_type).status_code == status


def test_R14_the_console_sends_the_file_it_showed_and_shows_anew_when_the_directory_changed(
    office: Office, administrator: Signed
) -> None:
    fields: dict[str, Any] = {"content": "5Y2V5L2N5ZCN56ewCg==", "filename": "u.csv", "token": "seen"}
    assert "导入完成" in send(administrator, "/directory/imports/taking", **fields).text
    office.calls.answers["intake.import_directory"] = refusing(lambda: StaleVersion("名录已有变更。", "Changed."))
    again = send(administrator, "/directory/imports/taking", **fields)
    assert (again.status_code, "名录已有变更" in again.text, "试导入结果" in again.text) == (412, True, True)


def _evidence(office: Office, who: Signed) -> list[dict[str, Any]]:
    query = text("SELECT detail FROM evidence_entries WHERE act = 'directory.import_refused' AND subject = :who")
    with office.parts.database.reading() as session:
        found = list(session.scalars(query, {"who": str(who.id)}))
    return [each if isinstance(each, dict) else json.loads(each) for each in found]


def test_R14_a_refused_import_is_in_the_evidence_by_digest_name_and_number_of_errors_without_its_content(
    office: Office, administrator: Signed
) -> None:
    faulty = answer(CheckImport.model_construct(source="CSV")).model_copy(update={"fault_count": 7})
    office.calls.answers["intake.check_import"] = lambda _: faulty
    many = Invalid("共 3 处错误。", "3 faults.", pointer="/tables", extra={"fault_count": 3})
    office.calls.answers["intake.import_directory"] = refusing(lambda: many)
    upload(administrator, CSV, "dry_run=true&name=x.csv")
    upload(administrator, CSV, "follows=seen&name=x.csv")
    upload(administrator, b"\xff" * 100, "dry_run=true")
    kept = sorted(_evidence(office, administrator), key=lambda each: each["errors"])
    assert [(each["name"], each["problem"], each["errors"], each["dry_run"]) for each in kept] == [
        (None, "unsupported-media-type", 0, True), ("x.csv", "invalid", 3, False), ("x.csv", "invalid", 7, True),
    ]
    assert kept[1]["digest"] == hashlib.sha256(CSV).hexdigest()
    assert "宁河区" not in json.dumps(kept, ensure_ascii=False)


def test_R14_an_import_shown_anew_on_the_page_is_one_entry(office: Office, administrator: Signed) -> None:
    office.calls.answers["intake.import_directory"] = refusing(lambda: StaleVersion("名录已有变更。", "Changed."))
    fields = {"content": "5Y2V5L2N5ZCN56ewCg==", "filename": "u.csv", "token": "seen"}
    send(administrator, "/directory/imports/taking", **fields)
    assert [each["problem"] for each in _evidence(office, administrator)] == ["stale-version"]
