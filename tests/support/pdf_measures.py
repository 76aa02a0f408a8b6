"""What a PDF really shows, measured from its bytes: lines, places in millimetres, rules."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

MM = 72 / 25.4
A4_HEIGHT_MM = 297


@dataclass(frozen=True)
class Character:
    """A character: `left` and `right` of its ink and its base line, millimetres from the page's left and top."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(frozen=True)
class Rule:
    """A straight line: where it is, how thick, and its colour."""

    left: float
    right: float
    top: float
    thickness: float
    colour: tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """Where something stands, millimetres from the page's left and top."""

    left: float
    right: float
    top: float
    bottom: float


Line = list[Character]


class Measured:
    """A PDF opened for measuring."""

    def __init__(self, paper: bytes) -> None:
        self.document = pypdfium2.PdfDocument(paper)

    def __len__(self) -> int:
        return len(self.document)

    def size_mm(self, page: int) -> tuple[float, float]:
        width, height = self.document[page].get_size()
        return width / MM, height / MM

    def text(self, page: int) -> str:
        return str(self.document[page].get_textpage().get_text_range())

    def whole_text(self) -> str:
        """The text of all pages without white space."""
        return "".join("".join(self.text(page).split()) for page in range(len(self)))

    def lines(self, page: int) -> list[Line]:
        """The lines from top to bottom, the page number's too."""
        characters = sorted(self._characters(page), key=lambda one: (round(one.base, 1), one.left))
        return [list(line) for _, line in groupby(characters, key=lambda one: round(one.base, 1))]

    def body_lines(self, page: int) -> list[Line]:
        """The lines within the type area."""
        return [line for line in self.lines(page) if 37 < line[0].base < 37 + 225]

    def rules(self, page: int) -> list[Rule]:
        """The straight lines across, from top to bottom."""
        found = [self._rule(one) for one in self.document[page].get_objects(filter=[pdfium.FPDF_PAGEOBJ_PATH])]
        return sorted((rule for rule in found if rule.right - rule.left > 5), key=lambda rule: rule.top)

    def pictures(self, page: int) -> list[Box]:
        """Pictures, as they come."""
        found = [one.get_bounds() for one in self.document[page].get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])]
        return [
            Box(left / MM, right / MM, A4_HEIGHT_MM - top / MM, A4_HEIGHT_MM - bottom / MM)
            for left, bottom, right, top in found
        ]

    def _characters(self, page: int) -> list[Character]:
        text = self.document[page].get_textpage()
        return [
            self._character(text, index, chr(code))
            for index in range(text.count_chars())
            if not chr(code := pdfium.FPDFText_GetUnicode(text, index)).isspace() and code
        ]

    def _character(self, text: Any, index: int, shown: str) -> Character:
        left, _, right, _ = text.get_charbox(index)
        x, y = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDFText_GetCharOrigin(text, index, x, y)
        size = pdfium.FPDFText_GetFontSize(text, index)
        return Character(shown, left / MM, right / MM, A4_HEIGHT_MM - y.value / MM, size)

    def _rule(self, path: Any) -> Rule:
        left, bottom, right, top = path.get_bounds()
        width = ctypes.c_float()
        pdfium.FPDFPageObj_GetStrokeWidth(path, width)
        red, green, blue, opaque = (ctypes.c_uint() for _ in range(4))
        pdfium.FPDFPageObj_GetStrokeColor(path, red, green, blue, opaque)
        middle = A4_HEIGHT_MM - (bottom + top) / 2 / MM
        return Rule(left / MM, right / MM, middle, width.value / MM, (red.value, green.value, blue.value))
