"""The official paper as DOCX: what Word is told, and what LibreOffice makes of it beside the PDF."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kernel.papers.glyphs import one_line
from kernel.papers.official.content import Article, Distribution, Heading, OfficialDocument, Paragraph, Picture
from kernel.papers.official.docx_writer import write_docx
from kernel.papers.official.pdf_writer import write_pdf
from kernel.papers.official.texts import blocks_of
from kernel.papers.official.writers import FORMATS
from kernel.papers.pictures import print_copy, printed_width
from tests.factories.papers import CREATED, IMPRINT, SCALE, TEXT, notice, periodical, plain, proof
from tests.factories.pictures import png
from tests.support.office import printed
from tests.support.pdf_measures import Measured

SCHEMA_ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
    "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
    "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
    "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
    "lang eastAsianLayout specVanish oMath",
    "tblPr": "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing "
    "tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "tcPr": "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark",
    "trPr": "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader tblCellSpacing jc hidden",
    "sectPr": "footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType "
    "pgNumType cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings",
    "compat": "useSingleBorderforContiguousCells wpJustification noTabHangInd noLeading spaceForUL noColumnBalance "
    "balanceSingleByteDoubleByteWidth noExtraLineSpacing doNotLeaveBackslashAlone ulTrailSpace "
    "doNotExpandShiftReturn spacingInWholePoints useFELayout compatSetting",
}

ANY_ORDER = ("}headerReference", "}footerReference")
"""Of a section, before the others."""


def read(document: OfficialDocument) -> DocxDocument:
    return Document(io.BytesIO(write_docx(document)))


def texts(paper: DocxDocument) -> str:
    cells = (cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    return "\n".join(chain((line.text for line in paper.paragraphs), cells))


@pytest.fixture(scope="module")
def issue() -> DocxDocument:
    return read(periodical())


def test_R23_docx_page_is_a4_with_the_standards_margins(issue: DocxDocument) -> None:
    (section,) = issue.sections

    assert [round(one.mm) for one in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(one.mm) for one in margins] == [37, 35, 28, 26]


def test_R23_docx_grid_and_lines_are_579_twips(issue: DocxDocument) -> None:
    (grid,) = issue.element.body.iter(qn("w:docGrid"))
    normal = issue.styles["Normal"].element.pPr.find(qn("w:spacing"))

    assert (grid.get(qn("w:linePitch")), normal.get(qn("w:line"))) == ("579", "579")


def test_R23_docx_every_style_names_its_chinese_font_and_none_a_themes(issue: DocxDocument) -> None:
    fonts = [(style.name, style.element.rPr.rFonts) for style in issue.styles if style.element.rPr is not None]

    assert len(fonts) > 8
    assert all(font.get(qn("w:eastAsia")) for _, font in fonts)
    assert not [key for font in issue.styles.element.iter(qn("w:rFonts")) for key in font.attrib if "Theme" in key]


def test_R23_docx_faces_and_sizes_of_title_headings_and_body(issue: DocxDocument) -> None:
    faces = {
        name: (style.element.rPr.rFonts.get(qn("w:eastAsia")), style.font.size.pt)
        for name in ("Heading 1", "Heading 2", "Heading 3", "Heading 4", "Normal")
        if (style := issue.styles[name])
    }

    assert faces == {
        "Heading 1": ("方正小标宋简体", 22),
        "Heading 2": ("黑体", 16),
        "Heading 3": ("楷体_GB2312", 16),
        "Heading 4": ("仿宋_GB2312", 16),
        "Normal": ("仿宋_GB2312", 16),
    }


def test_R23_docx_body_is_two_characters_in() -> None:
    (line,) = [one for one in read(plain(Paragraph("各街道开展排查。"))).paragraphs if "各街道" in one.text]

    assert line._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"


def test_R23_docx_page_numbers_are_fields_right_on_odd_and_left_on_even_pages(issue: DocxDocument) -> None:
    (section,) = issue.sections
    sides = [
        (footer.paragraphs[0]._p.find(qn("w:fldSimple")).get(qn("w:instr")), str(footer.paragraphs[0].alignment))
        for footer in (section.footer, section.even_page_footer)
    ]

    assert issue.settings.odd_and_even_pages_header_footer
    assert sides == [("PAGE", "RIGHT (2)"), ("PAGE", "LEFT (0)")]


def test_R23_docx_imprint_is_ruled_and_held_at_the_foot(issue: DocxDocument) -> None:
    properties: Any = issue.tables[-1]._tbl.tblPr
    sizes = {side.tag.split("}")[1]: side.get(qn("w:sz")) for side in properties.find(qn("w:tblBorders"))}

    assert properties.find(qn("w:tblpPr")).get(qn("w:tblpYSpec")) == "bottom"
    assert sizes == {"top": "8", "bottom": "8", "insideH": "6"}  # eighths of a point: 0.35 and 0.26 mm


def test_R23_docx_metadata(issue: DocxDocument) -> None:
    properties = issue.core_properties

    assert (properties.title, properties.author) == ("政务信息 2026年第12期", "市人民政府办公室")
    assert properties.created == CREATED


def test_R23_docx_picture_has_its_alternative_text(issue: DocxDocument) -> None:
    (shape,) = issue.inline_shapes

    assert shape._inline.docPr.get("descr") == "各街道报送情况柱状图"


def test_R23_docx_and_pdf_hold_the_same_words() -> None:
    for document in (periodical(), notice()):
        words = "".join(texts(read(document)).split())
        article = document.articles[0]
        said = [document.head.mark, document.head.number, article.title, *article.attachments, article.note]
        said += [one.text for one in article.blocks if isinstance(one, Heading | Paragraph)]

        pdf = Measured(write_pdf(document)).whole_text()
        assert [one for one in said if one not in words] == []
        assert [one for one in said if one not in pdf and len(one) < 20] == []


def test_R23_docx_keeps_marks_and_drops_what_xml_cannot_hold() -> None:
    assert "甲<b>&乙" in texts(read(plain(Paragraph("甲<b>&\x00\uffff乙"))))


@settings(max_examples=20)
@given(st.text(max_size=100))
def test_R23_docx_holds_any_text(text: str) -> None:
    assert one_line(text) in texts(read(plain(Paragraph(text), Heading(1, text, text), SCALE)))


def test_R23_docx_properties_stand_in_the_order_of_the_schema() -> None:
    """Word refuses a file whose properties come in another order (ECMA-376, part 1, annex A)."""
    parts = list(chain.from_iterable(map(_parts, (periodical(), notice(), proof(), _recipients(), _items()))))
    for parent, order in SCHEMA_ORDER.items():
        places = {qn(f"w:{name}"): place for place, name in enumerate(order.split())}
        found = list(chain.from_iterable(part.iter(qn(f"w:{parent}")) for part in parts))
        assert found, parent
        for properties in found:
            names = [one.tag for one in properties if not one.tag.endswith(ANY_ORDER)]
            assert [name for name in names if name not in places] == [], parent
            assert names == sorted(names, key=places.__getitem__), parent


def _parts(document: OfficialDocument) -> Iterator[Any]:
    with zipfile.ZipFile(io.BytesIO(write_docx(document))) as packed:
        for name in packed.namelist():
            if re.fullmatch(r"word/[a-z]+\d?\.xml", name):
                yield etree.fromstring(packed.read(name))


def test_R23_docx_says_what_decides_line_breaks_in_word() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(notice()))) as packed:
        told = etree.fromstring(packed.read("word/settings.xml"))

    def value(name: str, key: str = "val") -> str | None:
        found = told.find(qn(f"w:{name}"))
        assert found is not None, name
        return str(found.get(qn(f"w:{key}")))

    assert value("characterSpacingControl") == "doNotCompress"
    assert value("themeFontLang", "eastAsia") == "zh-CN"  # no Japanese rules of what may begin a line
    assert value("zoom", "percent") == "100"
    (compatible,) = told.iter(qn("w:compat"))
    assert compatible.find(qn("w:doNotExpandShiftReturn")) is not None
    modes = {one.get(qn("w:name")): one.get(qn("w:val")) for one in compatible.iter(qn("w:compatSetting"))}
    assert modes["compatibilityMode"] == "15"


def test_R23_docx_names_what_stands_in_for_a_font_that_is_not_installed() -> None:
    with zipfile.ZipFile(io.BytesIO(write_docx(periodical()))) as packed:
        table = etree.fromstring(packed.read("word/fontTable.xml"))
        texts = [packed.read(f"word/{part}.xml").decode() for part in ("document", "styles")]
        assert not [name for name in packed.namelist() if "thumbnail" in name]
    told = {font.get(qn("w:name")): font.find(qn("w:altName")).get(qn("w:val")) for font in table}
    assert (told["仿宋_GB2312"], told["楷体_GB2312"]) == ("仿宋", "楷体")
    assert set(re.findall('w:eastAsia="([^"-]+)"', "".join(texts))) - set(told) == set()


def test_R23_docx_same_document_same_bytes() -> None:
    assert write_docx(periodical()) == write_docx(periodical())


def test_R23_a_format_is_a_row_of_the_table_of_writers() -> None:
    assert [(name, one.write(notice())[:4]) for name, one in FORMATS.items()] == [
        ("pdf", b"%PDF"),
        ("docx", b"PK\x03\x04"),
    ]


def test_R23_the_content_that_a_third_writer_is_given_knows_neither_the_typesetter_nor_word() -> None:
    program = "import sys, kernel.papers.official.content; sys.exit(bool({'docx', 'typst'} & {*sys.modules}))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 0, said.stderr


def test_R23_libreoffice_shows_as_many_pages_as_the_pdf_and_the_imprint_at_the_foot(tmp_path: Path) -> None:
    documents = {"issue": periodical(), "notice": notice(), "proof": proof(), "pictured": _pictured()}
    documents |= {"items": _items(), "recipients": _recipients()}
    documents |= {f"words in {columns}": _long_words(columns) for columns in (3, 6, 12)}

    shown = {
        name: Measured(pdf)
        for name, pdf in printed({name: write_docx(one) for name, one in documents.items()}, tmp_path).items()
    }

    set_by_us = {name: Measured(write_pdf(document)) for name, document in documents.items()}
    pages = {name: len(one) for name, one in set_by_us.items()}
    assert {name: len(one) for name, one in shown.items()} == pages
    for name in filter(lambda each: each.startswith(("words", "items", "recipients")), documents):
        assert _page_by_page(shown[name]) == _page_by_page(set_by_us[name])
    last = shown["issue"].lines(pages["issue"] - 1)
    assert "".join(one.text for one in last[-2]) == "（共印50份）"
    assert last[-2][0].base > 255
    assert "未编号" in shown["proof"].text(0)
    boxes = [box for page in range(pages["pictured"]) for box in shown["pictured"].pictures(page)]
    assert [round(box.right - box.left) for box in boxes] == [156, 84]


def _page_by_page(paper: Measured) -> list[Counter[str]]:
    """What stands on each page, in any order."""
    return [Counter("".join(paper.text(page).split())) for page in range(len(paper))]


def _long_words(columns: int) -> OfficialDocument:
    """A table of long words, figures and addresses, alone and among Chinese, with rows over a page's end."""
    cells = (
        "https://www.example.gov.cn/zwxx/2026-11/24/content_1234567.html?from=bulletin", "1234567890" * 3,
        "统一社会信用代码91120103MA05X7R2K4L8，已核实", "Donaudampfschifffahrtselektrizitaeten", "3.5%",
        "河西区已完成整改", "（详见ABCDEFGHIJKLMNOPQRSTUVWXYZ）", "电话022-23456789转8012",
    )  # fmt: skip
    rows = [
        "|".join(cells[(row + place * 3) % len(cells)] for place in range(columns)) for row in range(1 + 36 // columns)
    ]
    head = "|".join(f"{'甲乙丙丁戊己庚辛壬癸子丑'[place]}项" for place in range(columns))
    return plain(Paragraph(TEXT), *blocks_of("\n".join(["表1　情况", head, *rows])), Paragraph(TEXT))


def _items() -> OfficialDocument:
    """Texts that end near the foot of a page, with those who reported them."""
    texts = ("国" * (28 * lines - 2) for lines in (8, 12, 11, 14, 20))
    articles = tuple(
        Article(f"第{number}条", (Paragraph(text),), source=f"第{number}区政府办公室")
        for number, text in enumerate(texts)
    )
    return replace(plain(), articles=articles, imprint=IMPRINT)


def _recipients() -> OfficialDocument:
    """An imprint that no page holds."""
    names = "，".join(["河西区人民政府办公室"] * 100)
    return plain(Paragraph(TEXT), imprint=replace(IMPRINT, distribution=(Distribution("送", names),)))


def _pictured() -> OfficialDocument:
    """Pages with pictures and a table in small type."""
    wide, tall = print_copy(png(1_200, 700)), print_copy(png(500, 800))
    table = blocks_of("表1　情况\n" + "\n".join("|".join(f"第{n}项{row}" for n in range(8)) for row in range(4)))
    return plain(
        Paragraph(TEXT), Picture(wide.content, "图", "图1　情况", printed_width(wide.width, wide.height)),
        Paragraph(TEXT), Picture(tall.content, "图", "", printed_width(tall.width, tall.height)), *table,
        Paragraph(TEXT),
    )  # fmt: skip
