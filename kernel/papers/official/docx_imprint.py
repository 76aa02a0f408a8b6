"""The imprint (7.4) as Word keeps it: a ruled table at the foot of the last page, its lines one character in."""

from __future__ import annotations

from math import ceil
from typing import Any

from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.shared import Mm

from kernel.papers.glyphs import cells_wide
from kernel.papers.official.content import Distribution, Imprint, date_zh
from kernel.papers.official.docx_layout import FANGSONG, SMALL_CHARACTER, TYPE_WIDTH, Face, element
from kernel.papers.official.docx_parts import add_runs, arrange, side_margins

_FACE = Face(FANGSONG, 28)
_LINE = 440
"""Twips from line to line."""
_ROUND = 40
"""Twips above a row, and below it."""
_RULES = (("top", 8), ("bottom", 8), ("insideH", 6))
"""Eighths of a point: 0.35 and, as near as Word comes, 0.25 mm (7.4.1)."""
_LEFT_MARGIN = 1587
"""Twips of 28 mm."""


def imprint_height(imprint: Imprint) -> int:
    """Twips, about."""
    others = 1 if imprint.copies is None else 2
    lines = sum(map(_lines, imprint.distribution)) + others
    return lines * _LINE + (len(imprint.distribution) + others) * 2 * _ROUND


def _lines(one: Distribution) -> int:
    label = cells_wide(one.label) + 1
    return ceil((cells_wide(one.recipients) + 1) / (TYPE_WIDTH / SMALL_CHARACTER - 2 - label))


def write_imprint(paper: DocxDocument, imprint: Imprint, *, held: bool) -> None:
    """Behind what is written so far; `held` at the foot of the page on which that ends."""
    table = paper.add_table(rows=0, cols=1)
    _arrange(table, held=held)
    for one in imprint.distribution:
        label = int(SMALL_CHARACTER * (cells_wide(one.label) + 1))
        ind = {"left": SMALL_CHARACTER + label, "hanging": label}
        _line(table, f"{one.label}：{one.recipients}。", ind=ind)
    printed = _line(table, imprint.printed_by, tab=TYPE_WIDTH - SMALL_CHARACTER)
    add_runs(printed, [("\t", None), (f"{date_zh(imprint.printed_on)}印发", _FACE)])
    if imprint.copies is not None:
        _line(table, f"（共印{imprint.copies}份）", jc="right")


def _arrange(table: Any, *, held: bool) -> None:
    """Placed from the page's edge: LibreOffice 7 lets no table of the text's whole width float that is placed from the
    margin."""
    properties = table._tbl.tblPr
    properties.clear()
    if held:
        places = element("w:tblpPr", vertAnchor="margin", horzAnchor="page", tblpX=_LEFT_MARGIN, tblpYSpec="bottom")
        places.set(qn("w:topFromText"), "120")
        properties.append(places)
    properties.append(element("w:tblW", w=TYPE_WIDTH, type="dxa"))
    borders = element("w:tblBorders")
    for side, eighths in _RULES:
        borders.append(element(f"w:{side}", val="single", sz=eighths, space=0, color="000000"))
    properties.extend([borders, element("w:tblLayout", type="fixed"), side_margins(0)])


def _line(table: Any, text: str, ind: dict[str, int] | None = None, **places: Any) -> Any:
    cell = table.add_row().cells[0]
    cell.width = Mm(156)
    line = cell.paragraphs[0]
    add_runs(line, [(text, _FACE)])
    sides = {"left": SMALL_CHARACTER, "right": SMALL_CHARACTER, **(ind or {})}
    arrange(line, ind=sides, spacing={"before": _ROUND, "after": _ROUND, "line": _LINE}, **places)
    return line
