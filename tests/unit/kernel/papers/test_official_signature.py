"""Signature and date never stand alone on a page: two lines of the text go with them (GB/T 9704-2012 7.3.5, R17)."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document

from kernel.papers.official.content import Block, OfficialDocument, Paragraph, date_zh
from kernel.papers.official.docx_writer import write_docx
from kernel.papers.official.pdf_writer import write_pdf
from tests.factories.papers import DAY, TEXT, notice
from tests.support.pdf_measures import Line, Measured

FULL = "各单位要坚持问题导向，逐项梳理存在的困难，提出整改措施，明确责任人和完成时限。"
"""Punctuation that may not begin a line stands at many places."""
DATED = date_zh(DAY)


def signed(*blocks: Block) -> OfficialDocument:
    """A notice without attachments, note and imprint, of which the signature is the end."""
    whole = notice()
    article = replace(whole.articles[0], blocks=blocks, attachments=(), note="")
    return replace(whole, articles=(article,), imprint=None)


def shown(line: Line) -> str:
    return "".join(one.text for one in line)


def printed(document: OfficialDocument) -> tuple[str, list[str]]:
    """The words of all type areas, and the lines of the last page's."""
    paper = Measured(write_pdf(document))
    pages = [[shown(line) for line in paper.body_lines(page)] for page in range(len(paper))]
    return "".join(line for page in pages for line in page), pages[-1]


@pytest.mark.parametrize("lines", range(8, 17))
def test_R17_at_any_length_two_lines_of_text_stand_with_the_signature(lines: int) -> None:
    whole = "".join(f"{FULL}{number}" for number in range(40))[: 28 * lines - 9]
    text, last = printed(signed(Paragraph(whole)))
    assert last[-1] == DATED
    assert last[-2] == "某某市人民政府督查室"
    assert len(last) >= 4
    assert whole in text  # cut between two lines, nothing is lost
    assert not any(line[0] in "，。、；：？！）》" for line in last)


@pytest.mark.parametrize("before", range(9, 15))
def test_R17_a_last_text_of_one_line_takes_the_line_before_it_along(before: int) -> None:
    _, last = printed(signed(*[Paragraph("特此通知。")] * before))
    assert last[-2:] == ["某某市人民政府督查室", DATED]
    assert last[-4:-2] == ["特此通知。"] * 2


def test_R17_both_pages_of_a_carried_text_are_set_in_full_lines() -> None:
    """The line before the cut is as wide as any other."""
    whole = (FULL * 20)[: 28 * 13]
    paper = Measured(write_pdf(signed(Paragraph(whole))))
    assert len(paper) == 2
    *_, above, below = paper.body_lines(0)
    assert abs(above[-1].right - below[-1].right) < 7  # a closing mark has its ink at the left


def test_R17_in_word_the_end_of_the_text_is_kept_with_the_signature() -> None:
    def kept(*blocks: Block) -> list[bool]:
        paper = Document(io.BytesIO(write_docx(signed(*blocks))))
        lines = [line for line in paper.paragraphs if line.text]
        start = next(place for place, line in enumerate(lines) if line.text.startswith("河西区")) + 1
        return [bool(line.paragraph_format.keep_with_next) for line in lines[start:]]

    assert kept(Paragraph(TEXT), Paragraph(TEXT)) == [False, True, True, False]
    assert kept(Paragraph(TEXT), Paragraph(TEXT), Paragraph("特此通知。")) == [False, True, True, True, False]
