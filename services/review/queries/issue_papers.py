"""An issue as an official paper by GB/T 9704: what its reader sees on the page, laid out for print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc.issue_papers import IssuePaper
from contracts.rpc.issues import Issue, IssueId, IssueItem
from contracts.rpc.item_pictures import PictureShown
from contracts.rpc.publications import RecipientKind
from contracts.rpc.scoring import File
from contracts.vocabulary import Level
from kernel.clock import SHANGHAI
from kernel.papers.glyphs import unprintable
from kernel.papers.official.content import (
    Article,
    Block,
    Distribution,
    Head,
    Imprint,
    OfficialDocument,
    Paragraph,
    Picture,
)
from kernel.papers.official.texts import blocks_of, with_placed
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.queries.issues import get_issue
from services.review.queries.item_pictures import copies_of
from services.review.queries.notices import file_of

CONTENTS_TITLE = "本期要目"
UPWARD = frozenset({Level.UPPER, Level.PROVINCE, Level.STATE})
MISSING_NAMED = 20
"""So many characters without a glyph are named on a proof."""


def get_issue_file(reading: Reading, request: IssuePaper, font_dir: Path | None) -> File:
    """The issue as a file; a published one is the same bytes to every reader of the same items. Raises `NotFound`."""
    issue = get_issue(reading, IssueId(issue_id=request.issue_id))
    document = document_of(issue, reading.now, font_dir, _copies(reading.session, issue))
    return file_of(document, request.format, font_dir)


def _copies(session: Session, issue: Issue) -> dict[UUID, bytes]:
    """What is printed of the pictures shown in the issue, by their ids; a lost one is not among them."""
    shown = {picture.picture_id for item in issue.items for picture in item.pictures}
    items = select(Adoption.pictures).where(Adoption.adoption_id.in_(item.adoption_id for item in issue.items))
    named = [each for pictures in session.scalars(items) for each in pictures or []] if shown else []
    wanted = {UUID(each["picture_id"]): each["copy"] for each in named}
    copies = copies_of(session, wanted.values())
    return {each: copies[copy] for each, copy in wanted.items() if each in shown and copy in copies}


def document_of(
    issue: Issue, now: datetime, font_dir: Path | None = None, copies: Mapping[UUID, bytes] | None = None
) -> OfficialDocument:
    """The issue's elements of an official paper. One without a number is a proof of `now`."""
    dated = issue.published_at or now
    number = issue.number_line or ""
    office = issue.issuing_body or f"《{issue.publication_name}》编辑部"
    day = dated.astimezone(SHANGHAI).date()
    items = tuple(_article(item, copies or {}) for item in issue.items)
    articles = (*_correction(issue), *items)
    return OfficialDocument(
        title=f"{issue.publication_name} {number or f'校样第{issue.version}版'}",
        author=office,
        created_at=dated,
        head=Head(
            mark=issue.head_text or issue.publication_name, number=number, signer=_signer(issue), issued_by=office,
            issued_on=day,
        ),
        articles=articles or (Article("（尚未编入信息）", ()),),
        imprint=_imprint(issue, office, day) if number else None,
        contents_title=CONTENTS_TITLE if len(articles) > 1 else "",
        proof=_marked(issue, font_dir),
    )


def _signer(issue: Issue) -> str:
    """Who answers for a paper to superiors (GB/T 9704, 7.2.6): the last of its chain, or whoever published it."""
    if issue.level not in UPWARD:
        return ""
    return issue.signed_by[-1].signed_by if issue.signed_by else issue.published_by or ""


def _correction(issue: Issue) -> tuple[Article, ...]:
    """What a correcting issue begins with: what was wrong where, in the words of whoever opened it."""
    corrects = issue.corrects
    if corrects is None:
        return ()
    item = f"《{corrects.item_title}》一文" if corrects.item_title else ""
    where = f"{corrects.publication_name}{corrects.number_line or ''}{item}更正如下："
    return (Article("更　正", (Paragraph(where), *blocks_of(corrects.reason))),)


def _article(item: IssueItem, copies: Mapping[UUID, bytes]) -> Article:
    units = dict.fromkeys(credit.unit_name for credit in item.credits) or [item.unit_name]
    return Article(title=item.title, blocks=_blocks(item, copies), column=item.column or "", source="、".join(units))


def _blocks(item: IssueItem, copies: Mapping[UUID, bytes]) -> tuple[Block, ...]:
    return tuple(
        with_placed(blocks_of(item.body), [(each.after, _picture(each, copies)) for each in item.pictures])
    )


def _picture(picture: PictureShown, copies: Mapping[UUID, bytes]) -> Block:
    content = copies.get(picture.picture_id)
    if content is None:
        return Paragraph(f"（图片缺失：{picture.name}）")
    return Picture(content, picture.caption or picture.name, picture.caption, picture.width_mm)


def _imprint(issue: Issue, office: str, day: date) -> Imprint:
    """To leaders it is reported (报), to all others sent (送), in the order of the distribution list."""
    leaders = [one.name for one in issue.distribution if one.kind is RecipientKind.LEADER]
    others = [one.name for one in issue.distribution if one.kind is not RecipientKind.LEADER]
    lines = [Distribution(label, "，".join(names)) for label, names in (("报", leaders), ("送", others)) if names]
    copies = sum(one.copies for one in issue.distribution)
    return Imprint(printed_by=office, printed_on=day, distribution=tuple(lines), copies=copies or None)


def _marked(issue: Issue, font_dir: Path | None) -> str:
    """What is printed across a paper that must not be used, or not yet."""
    if issue.withdrawn_at is not None:
        return "本期已撤销，请勿使用"
    return "" if issue.number_line else _proof(issue, font_dir)


def _proof(issue: Issue, font_dir: Path | None) -> str:
    """What stands on a proof's every page; it also names what cannot be printed, while that can be mended."""
    texts = "".join(f"{item.title}\n{item.body}\n{item.unit_name}" for item in issue.items)
    texts += issue.corrects.reason if issue.corrects else ""
    missing = [f"U+{ord(one):04X}" for one in unprintable(texts, font_dir)]
    named = "、".join(missing[:MISSING_NAMED])
    return f"校样（第{issue.version}版）　未编号，不得作为正式刊物" + (f"；字库缺字：{named}" if missing else "")
