"""The day of a declaration, and the form its checkpoint is mailed in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kernel.audit.checkpoints import Checkpoint
from kernel.audit.declarations import checkpoint_text
from kernel.audit.witnesses import read_witnesses
from kernel.clock import china_day

HEADS = tuple((lane, 123_456, "ab" * 32) for lane in range(16))
MADE = Checkpoint(
    77,
    datetime(2026, 11, 23, 15, 59, 59, 5, tzinfo=UTC),
    HEADS,
    "0" * 64,
    "cd" * 32,
    "review.0a1b2c3d4e5f6071",
    "A" * 88,
)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
    ],
)
def test_the_day_begins_at_midnight_in_china(instant: datetime, day: date) -> None:
    assert china_day(instant) == day


def test_the_mailed_text_is_the_exported_document() -> None:
    assert json.loads(checkpoint_text(MADE)) == MADE.document()


def test_no_line_of_it_is_so_long_that_a_mail_program_would_cut_it() -> None:
    assert max(map(len, checkpoint_text(MADE).splitlines())) < 120


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("note.txt", "今天没有邮件。".encode("gb18030")),
        ("cut.txt", checkpoint_text(MADE)[:-9].encode()),
        ("page.eml", b"Content-Type: text/html\r\n\r\n<p>x</p>"),
        ("other.eml", b"Subject: x\r\n\r\nhello"),
        ("unknown.eml", b"Content-Type: text/plain; charset=nonsense\r\n\r\nhello"),
        ("unsigned.txt", checkpoint_text(MADE).encode("utf-16")),
    ],
)
def test_what_is_no_witness_is_named_and_holds_up_nothing(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    ((file, _reason),) = read_witnesses(tmp_path, {})  # type: ignore[misc]
    assert file == name
