"""Paragraphs and what is in them, as Word keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docx.oxml.ns import qn

from kernel.papers.glyphs import one_line
from kernel.papers.official.docx_layout import BODY, TYPE_WIDTH, Face, dress, element


def add_runs(line: Any, runs: Iterable[tuple[str, Face | None]]) -> None:
    """Text in a face; without one it is the style's."""
    for text, face in runs:
        run = line.add_run(text if text == "\t" else one_line(text))
        if face is not None and face != BODY:
            dress(run._r.get_or_add_rPr(), face)


def add_lines(line: Any, runs: Sequence[tuple[str, Face | None]]) -> None:
    """One paragraph, each run on a line of its own."""
    for number, run in enumerate(runs):
        if number:
            line.add_run().add_break()
        add_runs(line, [run])


def inset_sides(table: Any, twips: int) -> None:
    """Put so much between a table's rules and the text of its cells, left and right."""
    look = table.tblPr.find(qn("w:tblLook"))
    look.addprevious(side_margins(twips))


def side_margins(twips: int) -> Any:
    """Left and right of the cells of a table."""
    margins = element("w:tblCellMar")
    margins.extend(element(f"w:{side}", w=twips, type="dxa") for side in ("left", "right"))
    return margins


def arrange(
    line: Any,
    *,
    jc: str | None = None,
    ind: dict[str, int] | None = None,
    spacing: dict[str, int | str] | None = None,
    keep: bool = False,
    two_lines: bool = False,
    tab: int | None = None,
    rule: str | None = None,
) -> None:
    """What differs from the style, in the order that the schema wants (twips)."""
    properties = line._p.get_or_add_pPr()
    if keep:
        properties.append(element("w:keepNext"))
    if two_lines:  # never one line of it alone on a page
        properties.append(element("w:widowControl"))
    if rule is not None:
        border = element("w:pBdr")
        border.append(element("w:bottom", val="single", sz=10, space=0, color=rule))
        properties.append(border)
    if tab is not None:
        tabs = element("w:tabs")
        tabs.append(element("w:tab", val="right" if tab > TYPE_WIDTH / 2 else "left", pos=tab))
        properties.append(tabs)
    if spacing is not None:
        properties.append(element("w:spacing", **{"before": 0, "after": 0, "lineRule": "exact", **spacing}))
    if ind is not None:
        properties.append(element("w:ind", **ind))
    if jc is not None:
        properties.append(element("w:jc", val=jc))


def page_field() -> Any:
    """The number of the page, filled in by the program that shows it."""
    field = element("w:fldSimple", instr="PAGE")
    run = element("w:r")
    text = element("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    return field


