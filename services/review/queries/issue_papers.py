"""An issue as an official paper by GB/T 9704: what its reader sees on the page, laid out for print."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from pathlib import Path

from contracts.rpc.issue_papers import IssuePaper
from contracts.rpc.issues import Issue, IssueId, IssueItem
from contracts.rpc.scoring import File
from kernel.clock import SHANGHAI
from kernel.papers.glyphs import unprintable
from kernel.papers.official.content import Article, Head, Imprint, OfficialDocument
from kernel.papers.official.texts import blocks_of
from kernel.papers.official.writers import FORMATS
from kernel.service import Reading
from services.review.queries.issues import get_issue

CONTENTS_TITLE = "本期要目"
MISSING_NAMED = 20
"""So many characters without a glyph are named on a proof."""


def get_issue_file(reading: Reading, request: IssuePaper, font_dir: Path | None) -> File:
    """The issue as a file; a published one is the same bytes to every reader of the same items. Raises `NotFound`.

    Blocks: some 10 ms a page.
    """
    issue = get_issue(reading, IssueId(issue_id=request.issue_id))
    document = document_of(issue, reading.now, font_dir)
    kind = FORMATS[request.format]
    content = kind.write(document, font_dir)
    return File(
        name=f"{document.title}.{request.format}",
        media_type=kind.media_type,
        content_base64=base64.b64encode(content).decode(),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def document_of(issue: Issue, now: datetime, font_dir: Path | None = None) -> OfficialDocument:
    """The issue's elements of an official paper. One without a number is a proof of `now`."""
    dated = issue.published_at or now
    number = f"{issue.year}年第{issue.number}期" if issue.number else ""
    office = f"《{issue.publication_name}》编辑部"
    day = dated.astimezone(SHANGHAI).date()
    return OfficialDocument(
        title=f"{issue.publication_name} {number or f'校样第{issue.version}版'}",
        author=office,
        created_at=dated,
        head=Head(mark=issue.publication_name, number=number, issued_by=office, issued_on=day),
        articles=tuple(map(_article, issue.items)) or (Article("（尚未编入信息）", ()),),
        imprint=Imprint(printed_by=office, printed_on=day) if number else None,
        contents_title=CONTENTS_TITLE if len(issue.items) > 1 else "",
        proof="" if number else _proof(issue, font_dir),
    )


def _article(item: IssueItem) -> Article:
    return Article(title=item.title, blocks=blocks_of(item.body), source=item.unit_name)


def _proof(issue: Issue, font_dir: Path | None) -> str:
    """What stands on a proof's every page; it also names what cannot be printed, while that can be mended."""
    texts = "".join(f"{item.title}\n{item.body}\n{item.unit_name}" for item in issue.items)
    missing = [f"U+{ord(one):04X}" for one in unprintable(texts, font_dir)]
    named = "、".join(missing[:MISSING_NAMED])
    return f"校样（第{issue.version}版）　未编号，不得作为正式刊物" + (f"；字库缺字：{named}" if missing else "")
