"""R09: the doctor misses an attachment whose bytes are not where they should be."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from deploy.operations.checks.attachments import attachments_there
from deploy.operations.findings import Level
from gateway.attachments.storage import Storage


def test_R09_a_lost_or_shortened_attachment_is_trouble_and_named(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    with storage.received(BytesIO(b"whole")) as file:
        storage.keep(file)
    assert attachments_there(storage, [(file.digest, 5)]).level is Level.OK
    assert attachments_there(storage, [(file.digest, 6)]).level is Level.TROUBLE
    storage.remove(file.digest)
    finding = attachments_there(storage, [(file.digest, 5)])
    assert (finding.level, file.digest in finding.figure) == (Level.TROUBLE, True)


def test_R09_no_folder_is_trouble_once_there_should_be_files(tmp_path: Path) -> None:
    storage = Storage(tmp_path / "not mounted")
    assert attachments_there(storage, []).level is Level.OK
    assert attachments_there(storage, [("sha256:" + "0" * 64, 1)]).level is Level.TROUBLE
