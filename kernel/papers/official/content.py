"""What stands on an official paper, by the elements of GB/T 9704-2012; it knows no reports and no layout.

One `OfficialDocument` is written by every writer (`kernel/papers/official/writers.py`), so PDF and DOCX say the same.
Two kinds of paper are made of it:

* a periodical: the head's `mark` is its name, `number` its issue ("第12期"), `issued_by` and `issued_on` stand on the
  line above the red rule; every item is an `Article` with a title of its own, `contents_title` lists them;
* a letter or notice: `mark` is the issuing body, `number` its document number ("府办督〔2026〕5号", see
  `document_number`); one `Article` with addressee, text, attachments and signature.

All texts are data: what looks like markup is printed as it stands. A line break in a text is a space.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from kernel.papers.pictures import JPEG_MARK, LEAST_WIDTH_MM, PNG_MARK, TYPE_WIDTH_MM

HEADING_LEVELS = (1, 2, 3, 4)
"""一、 Hei; （一） Kai; 1. FangSong bold; （1） FangSong (7.3.3)."""


@dataclass(frozen=True)
class Heading:
    """A heading with its number as written. `followed_by` is text of the same paragraph, in the body's face."""

    level: int
    text: str
    followed_by: str = ""

    def __post_init__(self) -> None:
        if self.level not in HEADING_LEVELS:
            raise ValueError(f"heading level {self.level} is none of {HEADING_LEVELS}")


@dataclass(frozen=True)
class Paragraph:
    """Body text, size 3 FangSong, two characters' indent."""

    text: str


@dataclass(frozen=True)
class Table:
    """Cells of text; every row as long as `header`. `widths` are shares of the type area, equal when empty."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    widths: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        columns = len(self.header)
        if not columns or any(len(row) != columns for row in self.rows):
            raise ValueError("every row of a table has as many cells as its header, which has at least one")
        if self.widths and (len(self.widths) != columns or min(self.widths) < 1):
            raise ValueError("a table has one positive width for each column, or none at all")


@dataclass(frozen=True)
class Picture:
    """A PNG or JPEG; `alternative` is read aloud and must not be blank. `width_mm` at most 156, the type area."""

    content: bytes
    alternative: str
    caption: str = ""
    width_mm: int = 120

    def __post_init__(self) -> None:
        if not self.content.startswith((PNG_MARK, JPEG_MARK)):
            raise ValueError("a picture is PNG or JPEG")
        if not self.alternative.strip():
            raise ValueError("a picture needs an alternative text (PDF/A, accessibility)")
        if not LEAST_WIDTH_MM <= self.width_mm <= TYPE_WIDTH_MM:
            raise ValueError(f"a picture is {LEAST_WIDTH_MM} to {TYPE_WIDTH_MM} mm wide, not {self.width_mm}")

    @property
    def ending(self) -> str:
        """Of a file's name, by the content."""
        return "png" if self.content.startswith(PNG_MARK) else "jpg"


Block = Heading | Paragraph | Table | Picture


@dataclass(frozen=True)
class Signature:
    """Who signs and when: body and date of issue below the text (7.3.5)."""

    body: str
    dated: date


@dataclass(frozen=True)
class Article:
    """A titled text: an item of a periodical, or the one text of a letter.

    `column` is printed above the title where it differs from the article before it; `source` names who reported, in
    parentheses below the text. `attachments` are names without numbers: those are given when there are two or more.
    `note` is the note at the end ("联系人：……"), printed in parentheses.
    """

    title: str
    blocks: tuple[Block, ...]
    column: str = ""
    addressee: str = ""
    attachments: tuple[str, ...] = ()
    signature: Signature | None = None
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Head:
    """Everything above and on the red rule (7.2).

    `mark` in red; `copy_number` as six digits at most; `secrecy` as printed ("机密★1年"); `urgency` ("特急");
    `number` the document number or the issue. With a `signer` (papers to superiors) the number stands left and
    the signer right. `issued_by` and `issued_on` stand on the line above the rule (periodicals).
    """

    mark: str
    number: str = ""
    copy_number: str = ""
    secrecy: str = ""
    urgency: str = ""
    signer: str = ""
    issued_by: str = ""
    issued_on: date | None = None


@dataclass(frozen=True)
class Distribution:
    """A line of the imprint: "抄送" (or "报", "送", "主送") and to whom, as printed."""

    label: str
    recipients: str


@dataclass(frozen=True)
class Imprint:
    """The foot of the last page (7.4): to whom copies go, who printed it and when, in how many copies."""

    printed_by: str
    printed_on: date
    distribution: tuple[Distribution, ...] = ()
    copies: int | None = None


@dataclass(frozen=True)
class OfficialDocument:
    """One paper. `title` and `author` are the file's metadata, `created_at` its only time.

    `proof` is printed across every page ("校样"), so that what is not issued is not taken for it.
    """

    title: str
    author: str
    created_at: datetime
    head: Head
    articles: tuple[Article, ...]
    imprint: Imprint | None = None
    contents_title: str = ""
    proof: str = ""

    def __post_init__(self) -> None:
        if not self.articles:
            raise ValueError("an official paper has at least one article")


def document_number(body_code: str, year: int, serial: int) -> str:
    """`府办督〔2026〕5号`: six-cornered brackets, the full year, the serial without zeros (7.2.5)."""
    return f"{body_code}〔{year}〕{serial}号"


def date_zh(day: date) -> str:
    """`2026年3月5日`: Arabic figures without zeros (7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
