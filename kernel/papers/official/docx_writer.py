"""An official paper as DOCX: the elements in the order and at the places of the PDF, for Word and WPS."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from docx.document import Document as DocxDocument
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.shared import Mm
from docx.table import _Cell

from kernel.papers.glyphs import cells_wide, one_line
from kernel.papers.official.content import (
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
from kernel.papers.official.docx_imprint import imprint_height, write_imprint
from kernel.papers.official.docx_layout import (
    BODY,
    CHARACTER,
    FANGSONG,
    HEADINGS,
    HEI,
    KAI,
    RED,
    SMALL_CHARACTER,
    SONG,
    TITLE,
    TYPE_HEIGHT,
    TYPE_WIDTH,
    Face,
    blank_paper,
    dress,
    element,
    pitch_of,
)
from kernel.papers.official.docx_parts import add_lines, add_runs, arrange, inset_sides, page_field
from kernel.papers.official.pdf_writer import lines_of_page
from kernel.papers.official.tables import INSET, Cell, laid_out
from kernel.papers.official.titles import title_lines

_INDENT = {"firstLineChars": 200, "firstLine": 2 * CHARACTER}
_ABOVE_MARK = 1984
"""Twips of 35 mm, from the type area's top to the mark (7.2.4)."""
_ABOVE_RULE = 95
"""Twips of 4 mm (7.2.7) but for the half gap that the line above has below its characters."""
_RULE = 60
"""Twips that the red rule takes, with what programs add to it."""
_LINE = 28
"""Characters."""
_ABOVE_PICTURE = 120
_ROUND_PICTURE = 20
"""Twips that programs add to a picture's line."""
_LARGEST_MARK = 56
"""Points."""

Run = tuple[str, Face]


def write_docx(document: OfficialDocument, font_dir: Path | None = None) -> bytes:
    """The paper; the same document gives the same bytes. Fonts are named, not embedded; line spacing is the PDF's."""
    pitch = pitch_of(lines_of_page(document, font_dir))
    paper = blank_paper(pitch)
    _Pen(paper, pitch).write(document)
    properties = paper.core_properties
    properties.title, properties.author = one_line(document.title), one_line(document.author)
    properties.last_modified_by, properties.comments = properties.author, ""
    properties.created = properties.modified = document.created_at.replace(tzinfo=None)
    target = io.BytesIO()
    paper.save(target)
    return _without_times(target.getvalue())


def _without_times(packed: bytes) -> bytes:
    """The archive with the same time in every entry."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return target.getvalue()


class _Pen:
    """Writes paragraph after paragraph of one document; `pitch` in twips from line to line."""

    def __init__(self, paper: DocxDocument, pitch: int) -> None:
        self.paper, self.pitch = paper, pitch

    def write(self, document: OfficialDocument) -> None:
        self._margins(document.proof)
        self._head(document.head)
        if document.contents_title:
            self._contents(document)
        for index, article in enumerate(document.articles):
            self._blank(1 if index == 0 and document.contents_title else 2, keep=True)
            self._article(article)
        if document.imprint:
            self._imprint(document.imprint)

    def _margins(self, proof: str) -> None:
        """Page numbers at the foot, odd pages right, even left (7.5); on a proof what it is at the top."""
        section = self.paper.sections[0]
        for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
            footer.is_linked_to_previous = False
            line = footer.paragraphs[0]
            line.style = "Footer"
            arrange(line, jc=side, ind={"right" if side == "right" else "left": SMALL_CHARACTER})
            line.add_run("— ")
            line._p.append(page_field())  # python-docx has no word for fields
            line.add_run(" —")
        for header in (section.header, section.even_page_header) if proof else ():
            header.is_linked_to_previous = False
            header.paragraphs[0].style = "Header"
            header.paragraphs[0].add_run(one_line(proof))
            arrange(header.paragraphs[0], jc="center")

    def _head(self, head: Head) -> None:
        corner = [(head.copy_number, BODY), (head.secrecy, Face(HEI)), (head.urgency, Face(HEI))]
        used = 0
        for text, face in corner:
            if text:
                self._line((text, face))
                used += self.pitch
        size = _mark_size(head.mark)
        self._line(
            (head.mark, Face(TITLE, size * 2, colour=RED)),
            jc="center", spacing={"before": _ABOVE_MARK - used, "line": size * 20},
        )  # fmt: skip
        self._blank(2)
        lines = 2 + self._number(head) + self._issued(head)
        high = _ABOVE_MARK + size * 20 + lines * self.pitch + _ABOVE_RULE
        self._line(spacing={"line": _ABOVE_RULE, "after": -(high + _RULE) % self.pitch}, rule=RED)

    def _number(self, head: Head) -> int:
        """Document number, centred, or left of the signer. How many lines that are."""
        if head.signer:
            self._apart([(head.number, BODY)], [("签发人：", BODY), (head.signer, Face(KAI))])
        elif head.number:
            self._line((head.number, BODY), jc="center")
        return 1 if head.signer or head.number else 0

    def _issued(self, head: Head) -> int:
        if not (head.issued_by or head.issued_on):
            return 0
        self._apart([(head.issued_by, BODY)], [(date_zh(head.issued_on) if head.issued_on else "", BODY)])
        return 1

    def _apart(self, left: list[Run], right: list[Run]) -> None:
        """Something left and something right, one character in on both sides."""
        line = self._line(*left, jc="left", ind={"left": CHARACTER}, tab=TYPE_WIDTH - CHARACTER)
        line.add_run("\t")
        add_runs(line, right)

    def _contents(self, document: OfficialDocument) -> None:
        self._blank(1)
        self._line((document.contents_title, Face(HEI)), jc="center")
        for article in document.articles:
            self._line(
                ("·", BODY), (article.title, Face(KAI)),
                ind={"left": 3 * CHARACTER, "hanging": CHARACTER}, tab=3 * CHARACTER,
            )  # fmt: skip

    def _article(self, article: Article) -> None:
        if article.column:
            self._line((f"【{article.column}】", Face(KAI)), jc="center", keep=True)
        self._title(article.title)
        self._blank(1, keep=True)
        if article.addressee:
            self._line((f"{article.addressee}：", BODY))
        with_signature = _held_by_signature(article)
        end = _source_at_end(article)
        for place, block in enumerate(article.blocks, start=1):
            self._block(block, keep=place > with_signature, end=end if place == len(article.blocks) else ())
        if article.source and not end:
            self._line((f"（{article.source}）", Face(KAI)), jc="right", ind={"right": CHARACTER})
        self._attachments(article.attachments, keep=article.signature is not None)
        if article.signature:
            self._signature(article.signature)
        if article.note:
            self._line((f"（{article.note}）", BODY), ind=_INDENT)

    def _title(self, title: str) -> None:
        line = self._line(style="Heading 1", jc="center")
        add_lines(line, [(words, None) for words in title_lines(title)])

    def _block(self, block: Block, *, keep: bool, end: tuple[Run, ...]) -> None:
        """`keep`: its end stands on the page of what follows. `end`: on a line of its own, right, within the text."""
        match block:
            case Paragraph():
                line = self._line((block.text, BODY), keep=keep, **_flowing(two_lines=keep, end=end))
                _end_with(line, end)
            case Heading():
                self._heading(block, end)
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)

    def _heading(self, heading: Heading, end: tuple[Run, ...]) -> None:
        if heading.followed_by:
            runs = (heading.text, HEADINGS[heading.level]), (heading.followed_by, BODY)
            _end_with(self._line(*runs, **_flowing(end=end)), end)
        else:
            self._line((heading.text, None), style=f"Heading {heading.level + 1}", ind=_INDENT)

    def _table(self, table: Table) -> None:
        if table.caption:
            self._line((table.caption, Face(HEI)), jc="center", keep=True)
        laid = laid_out(table)
        made = self.paper.add_table(rows=0, cols=len(laid.shares), style="Table Grid")
        made.autofit = False
        inset_sides(made._tbl, INSET * 20)
        for column, share in zip(made.columns, laid.shares, strict=True):
            column.width = Mm(156 * share / sum(laid.shares))
        for number, row in enumerate((laid.header, *laid.rows)):
            added = made.add_row()
            properties = added._tr.get_or_add_trPr()
            if row.whole:
                properties.append(element("w:cantSplit"))
            if number == 0:
                properties.append(element("w:tblHeader"))
            for place, cell in zip(added.cells, row.cells, strict=True):
                self._cell(place, cell, Face(HEI if number == 0 else SONG, laid.size * 2), laid.line * 20)

    def _cell(self, place: _Cell, cell: Cell, face: Face, high: int) -> None:
        """Half a point less below than in the PDF: programs add the rule to a row."""
        place.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        line = place.paragraphs[0]
        add_lines(line, [(one, face) for one in cell.lines])
        arrange(line, jc="center" if cell.centred else "left", spacing={"before": 40, "after": 30, "line": high})

    def _picture(self, picture: Picture) -> None:
        """With its caption as high as a whole number of lines; the run is small, for a line holds its font's depth."""
        line = self._line(keep=bool(picture.caption))
        run = line.add_run()
        dress(run._r.get_or_add_rPr(), Face(FANGSONG, 2))
        shape = run.add_picture(io.BytesIO(picture.content), width=Mm(picture.width_mm))
        shape._inline.docPr.set("descr", one_line(picture.alternative))
        rest = -(_ABOVE_PICTURE + shape.height.twips + _ROUND_PICTURE) % self.pitch
        own = 0 if picture.caption else rest
        arrange(line, jc="center", spacing={"before": _ABOVE_PICTURE, "after": own, "line": 240, "lineRule": "auto"})
        if picture.caption:
            self._line((picture.caption, Face(HEI)), jc="center", spacing={"after": rest, "line": self.pitch})

    def _attachments(self, names: tuple[str, ...], *, keep: bool) -> None:
        """Two characters in; further lines of a name below its first character (7.3.4)."""
        many = len(names) > 1
        for index, name in enumerate(names):
            if index == 0:
                self._blank(1, keep=keep)
            number = f"{index + 1}." if many else ""
            begun = f"附件：{number}" if index == 0 else number
            label, text = (5, 6.5 if many else 5)
            hanging = (text - 2 if index == 0 else text - label) * CHARACTER
            line = self._line(
                (begun, BODY), jc="both", ind={"left": int(text * CHARACTER), "hanging": int(hanging)},
                tab=int(text * CHARACTER) if many else None, keep=keep,
            )  # fmt: skip
            if many:
                line.add_run("\t")
            add_runs(line, [(name, BODY)])

    def _signature(self, signature: Signature) -> None:
        """The body two characters from the right, the date's beginning two right of the body's (7.3.5.2)."""
        body, dated = one_line(signature.body), date_zh(signature.dated)
        date_right = max(2, cells_wide(body) - cells_wide(dated))
        body_right = date_right + cells_wide(dated) + 2 - cells_wide(body)
        self._blank(1, keep=True)
        self._line((body, BODY), jc="right", ind={"right": int(body_right * CHARACTER)}, keep=True)
        self._line((dated, BODY), jc="right", ind={"right": int(date_right * CHARACTER)})

    def _imprint(self, imprint: Imprint) -> None:
        """At the foot of the page on which the text ends (7.4), or behind the text if no page holds it."""
        held = imprint_height(imprint) <= TYPE_HEIGHT
        if not held:
            self._blank(1)
        write_imprint(self.paper, imprint, held=held)
        self._line(spacing={"line": 20})  # what the table is held by

    def _blank(self, lines: int, *, keep: bool = False) -> None:
        for _ in range(lines):
            self._line(keep=keep)

    def _line(self, *runs: tuple[str, Face | None], style: str = "Normal", **places: Any) -> Any:
        line = self.paper.add_paragraph(style=style)
        add_runs(line, runs)
        arrange(line, **places)
        return line


def _held_by_signature(article: Article) -> int:
    """From which block on the text stays with the signature, which never stands alone on a page (7.3.5): the last one,
    and the one before it where the last has but one line."""
    if not article.signature or not article.blocks:
        return len(article.blocks)
    last = article.blocks[-1]
    short = isinstance(last, Paragraph) and cells_wide(one_line(last.text)) + 2 <= _LINE
    return max(0, len(article.blocks) - (2 if short else 1))


def _source_at_end(article: Article) -> tuple[Run, ...]:
    """Who reported, where it goes into the text's last paragraph, so that it is never alone at the head of a page."""
    last = article.blocks[-1] if article.blocks else None
    flows = isinstance(last, Paragraph) or (isinstance(last, Heading) and bool(last.followed_by))
    source = one_line(f"（{article.source}）")
    return ((source, Face(KAI)),) if article.source and flows and cells_wide(source) <= _LINE - 2 else ()


def _flowing(*, end: tuple[Run, ...], two_lines: bool = False) -> dict[str, Any]:
    """How a paragraph of text stands, with the place of what ends it."""
    tab = {"tab": TYPE_WIDTH - CHARACTER} if end else {}
    return {"ind": _INDENT, "two_lines": two_lines or bool(end), **tab}


def _end_with(line: Any, end: tuple[Run, ...]) -> None:
    if end:
        line.add_run().add_break()
        add_runs(line, [("\t", BODY), *end])


def _mark_size(mark: str) -> int:
    """Points, so that the mark is never wider than the type area."""
    return min(_LARGEST_MARK, int(TYPE_WIDTH / 20 * 0.96 / max(1, cells_wide(mark))))
