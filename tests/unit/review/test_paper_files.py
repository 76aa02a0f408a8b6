"""Papers of the desk are set where they hold up no other call (R17, R23)."""

from __future__ import annotations

import base64
from collections.abc import Callable

import pytest

from kernel.papers.official.content import Paragraph
from kernel.papers.official.writers import Format
from services.review.queries import notices
from tests.factories.papers import plain


def test_R17_a_ledger_of_a_thousand_rows_holds_up_no_other_call_while_it_is_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standing: list[str] = []

    def aside(compute: Callable[[], bytes]) -> bytes:
        standing.append("aside")
        content = compute()
        standing.pop()
        return content

    monkeypatch.setattr(notices, "aside", aside)
    monkeypatch.setitem(notices.FORMATS, "pdf", Format("text/plain", lambda *_: "".join(standing).encode()))
    file = notices.file_of(plain(Paragraph("督办台账")), "pdf", None)
    assert base64.b64decode(file.content_base64) == b"aside"
