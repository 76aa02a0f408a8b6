"""Page, styles and small parts of the official paper in DOCX, in the units that Word keeps (twips, half points).

Word has no 15.75 points: characters of 16 points stand 0.25 closer, so that 28 fill a line as in the PDF.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

TYPE_HEIGHT = 12756
"""Twips of 225 mm."""
CHARACTER = 315
"""Twips of a character of size 3 with what stands between."""
TYPE_WIDTH = 8844
"""Twips of 156 mm."""
SMALL_CHARACTER = 280
"""Twips of a character of size 4."""
RED = "D7000F"
FANGSONG, KAI, HEI, SONG, TITLE = "仿宋_GB2312", "楷体_GB2312", "黑体", "宋体", "方正小标宋简体"
_STAND_INS = {FANGSONG: "仿宋", KAI: "楷体", HEI: "SimHei", SONG: "SimSun", TITLE: "FZXiaoBiaoSong-B05S"}
"""What Word takes where a font is not installed: Windows has 仿宋 and 楷体, without the standard's GB2312 editions."""
_FONT_SLOTS = ("ascii", "hAnsi", "eastAsia", "cs")


@dataclass(frozen=True)
class Face:
    """How characters look: family, half points, and whether bold."""

    family: str
    half_points: int = 32
    bold: bool = False
    colour: str = ""


BODY = Face(FANGSONG)
HEADINGS = {1: Face(HEI), 2: Face(KAI), 3: Face(FANGSONG, bold=True), 4: BODY}
_STYLES = {
    "Normal": BODY,
    "Heading 1": Face(TITLE, 44),
    **{f"Heading {level + 1}": face for level, face in HEADINGS.items()},
    "Header": Face(HEI, 28, colour=RED),
    "Footer": Face(SONG, 28),
    "Table Grid": Face(SONG, 24),
}
"""Heading 1 is an article's title, 2 to 5 are the four levels within it."""
_KEPT = {*_STYLES, "Default Paragraph Font", "Normal Table", "No List"}


def element(name: str, /, **attributes: str | int) -> Any:
    """`element("w:sz", val=32)`; attributes are of the same namespace."""
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def pitch_of(lines: int) -> int:
    """Twips from line to line, so that so many fit the type area: 579 for the standard's 22."""
    return TYPE_HEIGHT // lines


def blank_paper(pitch: int) -> DocxDocument:
    """A4 with the standard's margins, a grid of this pitch, the styles, and nothing in it."""
    return Document(io.BytesIO(_blank(pitch)))


@cache
def _blank(pitch: int) -> bytes:
    document = Document()
    _lay_out(document, pitch)
    _set_styles(document, pitch)
    document.settings.odd_and_even_pages_header_footer = True
    _set_compatibility(document.settings.element)
    _name_stand_ins(document)
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


def _set_compatibility(settings: Any) -> None:
    """How Word lays out: as Word 2013 and later (else as Word 2010, which it says in the title bar), in Chinese, and
    without stretching the line before a line break."""
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    settings.find(qn("w:compat")).insert(0, element("w:doNotExpandShiftReturn"))
    settings.find(qn("w:zoom")).set(qn("w:percent"), "100")  # the schema wants it
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")


def _name_stand_ins(document: DocxDocument) -> None:
    """The template's table of fonts knows Western and Japanese ones, and its picture shows another document."""
    package = document.part.package
    assert package is not None
    table = element("w:fonts")
    for name, other in _STAND_INS.items():
        font = element("w:font", name=name)
        font.extend([element("w:altName", val=other), element("w:charset", val="86"), element("w:family", val="auto")])
        table.append(font)
    for part in package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = serialize_part_xml(table)
    for key in [key for key, relation in package.rels.items() if relation.reltype.endswith("/thumbnail")]:
        del package.rels[key]


def _lay_out(document: DocxDocument, pitch: int) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(23)
    properties = section._sectPr  # python-docx has no word for the grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    properties.append(element("w:docGrid", type="lines", linePitch=pitch))


def _set_styles(document: DocxDocument, pitch: int) -> None:
    styles = document.styles
    for style in list(styles):
        if style.name not in _KEPT:
            style.delete()
    defaults = styles.element.find(qn("w:docDefaults"))
    if defaults is not None:
        for fonts in defaults.iter(qn("w:rFonts")):
            _name_fonts(fonts, FANGSONG)
        for language in defaults.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")  # which marks may not begin a line follows from the language
        for properties in defaults.iter(qn("w:pPr")):
            properties.clear()
    for name, face in _STYLES.items():
        style = styles[name]
        properties = style.element.get_or_add_rPr()
        properties.clear()
        dress(properties, face)
        if style.type == WD_STYLE_TYPE.PARAGRAPH:
            _set_paragraph(style.element.get_or_add_pPr(), name, pitch)
        for link in style.element.findall(qn("w:link")):
            style.element.remove(link)


def _set_paragraph(properties: Any, name: str, pitch: int) -> None:
    outline = properties.find(qn("w:outlineLvl"))
    properties.clear()
    if name.startswith("Heading"):
        properties.extend([element("w:keepNext"), element("w:keepLines")])
    properties.extend([
        element("w:widowControl", val=0),
        element("w:kinsoku", val=1),
        element("w:overflowPunct", val=0),
        element("w:topLinePunct", val=0),
        element("w:autoSpaceDE", val=0),
        element("w:autoSpaceDN", val=0),
        element("w:snapToGrid", val=0),  # every line is one pitch; a title's would take two lines of the grid
        element("w:spacing", before=0, after=0, line=pitch, lineRule="exact"),
        element("w:jc", val="both"),
    ])
    if outline is not None:
        properties.append(outline)


def dress(properties: Any, face: Face) -> None:
    """Put a face on run properties, in the order that the schema wants."""
    fonts = element("w:rFonts")
    _name_fonts(fonts, face.family)
    parts = [fonts]
    if face.bold:
        parts += [element("w:b"), element("w:bCs")]
    parts.append(element("w:color", val=face.colour or "000000"))
    if face.half_points == BODY.half_points:
        parts.append(element("w:spacing", val=-5))
    parts += [element("w:sz", val=face.half_points), element("w:szCs", val=face.half_points)]
    for part in parts:
        properties.append(part)


def _name_fonts(fonts: Any, family: str) -> None:
    """The family for every script; a theme's font would win over it (Word takes Cambria then)."""
    fonts.attrib.clear()
    for slot in _FONT_SLOTS:
        fonts.set(qn(f"w:{slot}"), family)
