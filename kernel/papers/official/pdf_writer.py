"""An official paper as PDF/A-2b: the elements as data for the template `official.typ`."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from kernel.papers import pdf
from kernel.papers.glyphs import printable
from kernel.papers.official.content import (
    MANY_COLUMNS,
    Article,
    Block,
    Head,
    Heading,
    Imprint,
    OfficialDocument,
    Paragraph,
    Picture,
    Signature,
    Table,
    date_zh,
)
from kernel.papers.official.titles import title_lines

TEMPLATE = Path(__file__).parent / "official.typ"
LINES = 22
OTHER_LINES = (23, 24, 21, 20)
"""Closer lines first, which may save a page; none differs from the standard by more than a tenth."""


def write_pdf(document: OfficialDocument, font_dir: Path | None = None) -> bytes:
    """The paper; the same document gives the same bytes. Blocks, a few milliseconds a page. Raises `PaperDefect`."""
    data = data_of(document, font_dir) | {"lines": lines_of_page(document, font_dir)}
    return pdf.render(TEMPLATE, data, created_at=document.created_at, font_dir=font_dir, files=_files(document))


def lines_of_page(document: OfficialDocument, font_dir: Path | None = None) -> int:
    """Lines of the type area: 22, or up to two more or fewer where signature and date would else stand without
    text on a page (7.3.5.5: line spacing is adjusted). Where that is not enough, the writers carry text over."""
    if all(article.signature is None for article in document.articles):
        return LINES
    data, files = data_of(document, font_dir) | {"probe": True}, _files(document)
    for lines in (LINES, *OTHER_LINES):
        ends = pdf.marks(TEMPLATE, data | {"lines": lines}, "end", font_dir=font_dir, files=files)
        if all(_stand_together(text, dated) for text, dated in zip(ends[::2], ends[1::2], strict=True)):
            return lines
    return LINES


def _stand_together(text: dict[str, Any], dated: dict[str, Any]) -> bool:
    """Whether two lines of the text, or all of it, stand on the page of the signature, were nothing carried over."""
    return bool(text["page"] == dated["page"] and text["lines_above"] >= 1)


def data_of(document: OfficialDocument, font_dir: Path | None) -> dict[str, Any]:
    """What the template is filled with: every text as it can be printed."""
    printed: dict[str, Any] = _legible(_printed(document), font_dir)
    return printed | {"lines": LINES, "probe": False}


def _files(document: OfficialDocument) -> dict[str, bytes]:
    """The pictures, under the names by which the template finds them."""
    blocks = [block for article in document.articles for block in article.blocks]
    return {_file_name(block): block.content for block in blocks if isinstance(block, Picture)}


def _legible(value: Any, font_dir: Path | None) -> Any:
    """All texts in it as they can be printed."""
    match value:
        case str():
            return printable(value, font_dir)
        case dict():
            return {name: _legible(one, font_dir) for name, one in value.items()}
        case tuple() | list():
            return [_legible(one, font_dir) for one in value]
        case _:
            return value


def _printed(document: OfficialDocument) -> dict[str, Any]:
    return {
        "title": document.title,
        "author": document.author,
        "proof": document.proof,
        "contents_title": document.contents_title,
        "head": _head(document.head),
        "articles": [_article(one) for one in document.articles],
        "imprint": _imprint(document.imprint) if document.imprint else None,
    }


def _head(head: Head) -> dict[str, str]:
    return {**vars(head), "issued_on": _day(head.issued_on)}


def _article(article: Article) -> dict[str, Any]:
    return {
        **vars(article),
        "title_lines": title_lines(article.title),
        "blocks": [_block(one) for one in article.blocks],
        "signature": _signature(article.signature) if article.signature else None,
    }


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading():
            return {"kind": "heading", **vars(block)}
        case Paragraph():
            return {"kind": "paragraph", **vars(block)}
        case Table():
            columns = len(block.header)
            return {
                "kind": "table", **vars(block), "widths": block.widths or (1,) * columns,
                "small": columns > MANY_COLUMNS,
            }  # fmt: skip
        case Picture():
            told = {name: value for name, value in vars(block).items() if name != "content"}
            return {"kind": "picture", **told, "file": _file_name(block)}


def _file_name(picture: Picture) -> str:
    """What a picture is called beside the template: the same picture, the same name."""
    return f"{hashlib.sha256(picture.content).hexdigest()}.{picture.ending}"


def _signature(signature: Signature) -> dict[str, str]:
    return {"body": signature.body, "dated": date_zh(signature.dated)}


def _imprint(imprint: Imprint) -> dict[str, Any]:
    return {
        "printed_by": imprint.printed_by,
        "printed_on": date_zh(imprint.printed_on),
        "distribution": [vars(one) for one in imprint.distribution],
        "copies": imprint.copies,
    }


def _day(day: date | None) -> str:
    return date_zh(day) if day else ""
