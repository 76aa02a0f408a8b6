"""Signature and date never stand alone on a page: two lines of the text go with them (GB/T 9704-2012 7.3.5, R17)."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.papers.official.content import Block, OfficialDocument, Paragraph, date_zh
from kernel.papers.official.docx_writer import write_docx
from kernel.papers.official.pdf_writer import lines_of_page, write_pdf
from tests.factories.papers import DAY, TEXT, notice, periodical
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


def long(lines: int) -> OfficialDocument:
    """A signed text of so many lines in two paragraphs."""
    whole = "".join(f"{FULL}{number}" for number in range(60))[: 28 * lines - 9]
    return signed(Paragraph(whole[:90]), Paragraph(whole[90:]))


def pitch_mm(paper: Measured) -> float:
    """From line to line of a text, on the first page."""
    *_, above, below = paper.body_lines(0)[:-3]
    return below[0].base - above[0].base


@pytest.mark.parametrize(("lines", "of_page", "pages"), [(6, 24, 1), (28, 23, 2), (30, 24, 2)])
def test_R17_lines_stand_a_little_closer_where_that_spares_the_signature_a_page(
    lines: int, of_page: int, pages: int
) -> None:
    """At the standard's 22 lines the signature would be alone on a further page (7.3.5.5)."""
    paper = Measured(write_pdf(long(lines)))
    assert len(paper) == pages
    assert pitch_mm(paper) == pytest.approx(225 / of_page, abs=0.1)
    assert shown(paper.body_lines(pages - 1)[-1]) == DATED


@pytest.mark.parametrize(("lines", "of_page"), [(8, 20), (9, 21), (31, 21)])
def test_R17_or_a_little_wider_so_that_text_comes_to_the_signature_and_no_page_ends_early(
    lines: int, of_page: int
) -> None:
    paper = Measured(write_pdf(long(lines)))
    *earlier, last = ([*paper.body_lines(page)] for page in range(len(paper)))
    pitch = 225 / of_page
    assert len(last) >= 4
    assert all(37 + 225 - page[-1][0].base < pitch for page in earlier)
    assert pitch_mm(paper) == pytest.approx(pitch, abs=0.1)


def test_R17_where_spacing_is_not_enough_it_stays_the_standards_and_lines_are_carried_over() -> None:
    paper = Measured(write_pdf(long(7)))
    assert pitch_mm(paper) == pytest.approx(225 / 22, abs=0.1)
    assert [len(paper.body_lines(page)) for page in range(len(paper))] == [11, 4]


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40))
def test_R17_spacing_differs_by_a_tenth_at_the_most_and_word_is_told_the_same(lines: int, more: int) -> None:
    whole = signed(Paragraph(FULL * lines), Paragraph("特此通知。" * more))
    of_page = lines_of_page(whole)
    assert 20 <= of_page <= 24
    grid = next(Document(io.BytesIO(write_docx(whole))).element.body.iter(qn("w:docGrid")))
    assert int(grid.get(qn("w:linePitch"))) == 12756 // of_page


def test_R23_a_paper_without_a_signature_has_the_standards_lines() -> None:
    assert lines_of_page(periodical()) == 22


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
