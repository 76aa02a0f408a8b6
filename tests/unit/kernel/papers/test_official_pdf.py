"""The official paper as PDF, measured against GB/T 9704-2012 (clauses in the tests' texts)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from kernel.papers.official.content import Distribution, Heading, OfficialDocument, Paragraph, Picture
from kernel.papers.official.pdf_writer import write_pdf
from kernel.papers.official.texts import blocks_of
from kernel.papers.pictures import print_copy, printed_width
from tests.factories import pictures
from tests.factories.papers import CREATED, IMPRINT, SCALE, TEXT, notice, periodical, plain, proof
from tests.support.pdf_measures import Measured

NEAR = 0.35
"""Millimetres; what lies between a character's ink and its square at size 3 is more than twice as much."""
SIDE_BEARING = 1.2
CLOSING = "，。、；：？！）》”’】〕…"
RED = (215, 0, 15)
_HAN = st.text(alphabet="国务院市区县政府信息工作会议安全生产", min_size=1, max_size=12)
_CLOSED = st.sampled_from([*CLOSING, "”，", "）。", "”。", ""])
_WORDS = st.tuples(_HAN, _CLOSED, st.sampled_from(["", "“", "（", "2026"]))


def measured(document: OfficialDocument) -> Measured:
    return Measured(write_pdf(document))


@pytest.fixture(scope="module")
def full() -> Measured:
    """Pages full of one character."""
    return measured(plain(Paragraph("国" * 28 * 60)))


@pytest.fixture(scope="module")
def issue() -> Measured:
    return measured(periodical())


@pytest.fixture(scope="module")
def letter() -> Measured:
    return measured(notice())


def test_R23_a_page_has_22_lines_of_28_characters(full: Measured) -> None:
    lines = full.body_lines(1)

    assert [len(line) for line in lines] == [28] * 22


def test_R23_lines_are_as_far_apart_as_one_size_3_character_and_seven_eighths(full: Measured) -> None:
    bases = [line[0].base for line in full.body_lines(1)]

    gaps = {round(after - before, 1) for before, after in pairwise(bases)}
    assert gaps == {round(28.99 / 72 * 25.4, 1)}


def test_R23_paper_is_a4_with_margins_of_37_35_28_and_26_mm(full: Measured) -> None:
    lines = full.body_lines(1)
    half_gap = (28.99 - 15.75) / 2 / 72 * 25.4
    ascent, descent = (share * 15.75 / 72 * 25.4 for share in (0.88, 0.12))

    assert full.size_mm(1) == pytest.approx((210, 297), abs=0.1)
    assert min(line[0].left for line in lines) == pytest.approx(28, abs=SIDE_BEARING)
    assert max(line[-1].right for line in lines) == pytest.approx(210 - 26, abs=SIDE_BEARING)
    assert lines[0][0].base - ascent - half_gap == pytest.approx(37, abs=NEAR)
    assert 297 - (lines[-1][0].base + descent + half_gap) == pytest.approx(35, abs=NEAR)


def test_R23_page_numbers_stand_right_on_odd_and_left_on_even_pages(full: Measured) -> None:
    odd, even = full.lines(0)[-1], full.lines(1)[-1]
    one_character = 14 / 72 * 25.4

    assert ["".join(one.text for one in line) for line in (odd, even)] == ["—1—", "—2—"]
    assert {one.size for one in odd + even} == {14}
    assert odd[-1].right == pytest.approx(210 - 26 - one_character, abs=NEAR)
    assert even[0].left == pytest.approx(28 + one_character, abs=NEAR)


def test_R23_the_dash_of_the_page_number_is_7_mm_below_the_type_area(full: Measured) -> None:
    dash = full.lines(0)[-1][0]

    assert dash.base - 0.38 * 14 / 72 * 25.4 == pytest.approx(37 + 225 + 7, abs=NEAR)


def test_R23_the_mark_is_red_title_face_35_mm_below_the_type_areas_top(letter: Measured) -> None:
    (mark,) = [line for line in letter.lines(0) if line[0].size > 30]

    assert "".join(one.text for one in mark) == "某某市人民政府督查室文件"
    assert mark[0].base - 0.88 * mark[0].size / 72 * 25.4 == pytest.approx(37 + 35, abs=NEAR)
    assert mark[0].left > 28
    assert mark[-1].right < 210 - 26


def test_R23_a_red_rule_as_wide_as_the_type_area_4_mm_below_the_document_number(letter: Measured) -> None:
    (number,) = [line for line in letter.lines(0) if "〔" in "".join(one.text for one in line)]
    (rule,) = [one for one in letter.rules(0) if one.colour == RED]

    assert "".join(one.text for one in number) == "府办督〔2026〕5号"
    assert (rule.left, rule.right) == pytest.approx((28, 184), abs=0.5)
    assert rule.top - number[0].base - 0.12 * 15.75 / 72 * 25.4 == pytest.approx(4, abs=NEAR)


def test_R23_copy_number_secrecy_and_urgency_stand_at_the_top_left(issue: Measured) -> None:
    first = ["".join(one.text for one in line) for line in issue.lines(0)[:3]]

    assert first == ["000012", "机密★1年", "特急"]
    assert all(line[0].left == pytest.approx(28, abs=SIDE_BEARING) for line in issue.lines(0)[:3])


def test_R23_titles_are_size_2_and_headings_size_3(issue: Measured) -> None:
    sizes = {line[0].size for page in range(len(issue)) for line in issue.body_lines(page)}

    assert sizes == {56.0, 22.0, 15.75, 14.0, 12.0}  # the mark, titles, all text, imprint, tables


def test_R23_imprint_rules_are_as_thick_as_written_and_the_last_ends_the_type_area(issue: Measured) -> None:
    rules = [rule for rule in issue.rules(len(issue) - 1) if rule.thickness > 0.2]

    assert [round(rule.thickness, 2) for rule in rules] == [0.35, 0.25, 0.25, 0.25, 0.35]
    assert rules[-1].top == pytest.approx(37 + 225, abs=0.2)


def test_R23_a_full_last_page_sends_the_imprint_to_the_foot_of_a_further_one() -> None:
    fits = measured(plain(Paragraph("国" * 28 * (22 + 9)), imprint=IMPRINT))
    last = [line for line in fits.body_lines(len(fits) - 1) if line[0].size == 14]

    assert len(last) == 4
    assert last[0][0].base > 220


def test_R23_an_imprint_that_no_page_holds_goes_on_from_page_to_page() -> None:
    names = [f"第{number}号收文单位办公室" for number in range(1, 121)]
    imprint = replace(IMPRINT, distribution=(Distribution("送", "，".join(names)),))
    paper = measured(plain(Paragraph(TEXT), imprint=imprint))

    text = re.sub("—[0-9]+—", "", paper.whole_text())
    assert "送：" + "，".join(names) + "。" in text
    assert text.endswith("（共印50份）")
    for page in range(len(paper)):
        bases = [line[0].base for line in paper.lines(page)]
        assert [base for base in bases if base > 37 + 225] == bases[-1:]  # the page's number
        assert min(after - before for before, after in pairwise(bases)) > 5  # no line upon another


@pytest.mark.parametrize("lines", range(7, 12))
def test_R23_who_reported_stands_with_the_text_and_never_at_the_head_of_a_page(lines: int) -> None:
    whole = plain(Paragraph("国" * (28 * lines - 2)), imprint=IMPRINT)
    one = replace(whole.articles[0], source="河西区政府办公室")
    paper = measured(replace(whole, articles=(one, replace(one, title="又一条", source="东山县政府办公室"))))

    first = ["".join(each.text for each in paper.body_lines(page)[0]) for page in range(len(paper))]
    assert not [text for text in first if text.startswith("（")]
    text = paper.whole_text()
    assert text.index("（河西区政府办公室）") < text.index("又一条") < text.index("（东山县政府办公室）")


def test_R23_signature_and_date_stand_two_characters_from_the_right(letter: Measured) -> None:
    lines = letter.body_lines(1)
    texts = ["".join(one.text for one in line) for line in lines]
    body, dated = (lines[texts.index(text)] for text in ("某某市人民政府督查室", "2026年11月5日"))
    character = 15.75 / 72 * 25.4

    assert body[-1].right == pytest.approx(210 - 26 - 2 * character, abs=SIDE_BEARING)
    assert dated[0].left == pytest.approx(body[0].left + 2 * character, abs=SIDE_BEARING)


@settings(max_examples=25)
@given(st.lists(_WORDS, min_size=1, max_size=80))
def test_R23_no_line_begins_with_closing_punctuation(words: list[tuple[str, str, str]]) -> None:
    text = "".join(f"{opening}{han}{closing}" for han, closing, opening in words)
    paper = measured(plain(Paragraph(text)))

    beginnings = {line[0].text for page in range(len(paper)) for line in paper.body_lines(page)}
    assert not beginnings & set(CLOSING)


def test_R23_a_table_over_two_pages_repeats_its_header(issue: Measured) -> None:
    with_table = [page for page in range(len(issue)) if "检查企业（家）" in issue.text(page)]

    assert len(with_table) >= 2


def test_R23_below_tables_and_pictures_lines_stand_on_the_grid() -> None:
    table, picture = replace(SCALE, rows=SCALE.rows[:5]), Picture(pictures.png(40, 20), "图", "图1　情况", width_mm=60)
    paper = measured(plain(Paragraph(TEXT), table, Paragraph(TEXT), picture, Paragraph(TEXT)))
    lines = [line for page in range(len(paper)) for line in paper.body_lines(page)]
    places = [(line[0].base - lines[2][0].base) / 28.99 * 72 / 25.4 for line in lines if line[0].text in "11末训（"]

    assert len(places) > 8
    assert all(abs(place - round(place)) < 0.03 for place in places)


def test_R23_bookmarks_name_titles_and_headings() -> None:
    reader = PdfReader(io.BytesIO(write_pdf(notice())))

    assert [one.title for one in reader.outline if not isinstance(one, list)] == ["关于限期办理市领导批示事项的通知"]
    assert [one.title for one in reader.outline[1]] == ["一、办理要求"]  # type: ignore[union-attr]


def test_R23_metadata_and_the_pdf_a_mark() -> None:
    reader = PdfReader(io.BytesIO(write_pdf(periodical())))
    assert reader.metadata is not None
    assert reader.xmp_metadata is not None

    assert (reader.metadata.title, reader.metadata.author) == ("政务信息 2026年第12期", "市人民政府办公室")
    assert reader.metadata.creation_date == CREATED
    assert (reader.xmp_metadata.pdfaid_part, reader.xmp_metadata.pdfaid_conformance) == ("2", "B")


def test_R23_what_pdf_a_forbids_is_not_there_and_what_it_wants_is() -> None:
    """ISO 19005-2, read back: 6.1 file, 6.2.3 colours, 6.2.11 fonts, 6.4 transparency, 6.5 and 6.6 actions, 6.7 XMP."""
    content = write_pdf(periodical())
    reader = PdfReader(io.BytesIO(content))
    assert content[9:10] == b"%"
    assert min(content[10:14]) > 127  # a comment of bytes that are no text
    assert "/ID" in reader.trailer
    assert "/Encrypt" not in reader.trailer
    root: Any = reader.trailer["/Root"]
    (intent,) = [one.get_object() for one in root["/OutputIntents"]]
    profile = intent["/DestOutputProfile"].get_object()
    assert (intent["/S"], profile["/N"], profile.get_data()[16:20]) == ("/GTS_PDFA1", 3, b"RGB ")
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    objects = [one for one in map(reader.get_object, range(1, int(reader.trailer["/Size"]))) if isinstance(one, dict)]
    fonts = [one for one in objects if one.get("/Type") == "/Font" and "/DescendantFonts" in one]
    assert len(fonts) >= 4
    assert all(one["/Encoding"] == "/Identity-H" and "/ToUnicode" in one for one in fonts)
    forbidden = {"/JS", "/AA", "/XFA", "/TR", "/OPI", "/Alternates", "/SMask", "/PS", "/EmbeddedFiles"}
    assert not [key for one in objects for key in one if key in forbidden]
    assert not [one for one in objects if one.get("/Filter") == "/LZWDecode" or one.get("/Interpolate")]


def test_R23_every_font_is_embedded_and_the_free_official_faces_are_used() -> None:
    fonts = _fonts(write_pdf(periodical()))

    assert all(embedded for _, embedded in fonts)
    names = " ".join(name for name, _ in fonts)
    assert all(family in names for family in ("FandolSong-Bold", "FandolFang", "FandolKai", "NotoSansSC"))


def test_R23_rare_characters_of_names_have_glyphs() -> None:
    paper = write_pdf(plain(Paragraph("张喆、李堃、王䶮、赵𬭎"), Heading(2, "（一）喆堃䶮𬭎")))

    assert "张喆、李堃、王䶮、赵𬭎" in Measured(paper).text(0)
    assert any("NotoSerifSC" in name for name, _ in _fonts(paper))


def test_R23_a_character_no_font_has_is_shown_as_missing_and_stops_no_paper() -> None:
    assert "赵〓报送" in measured(plain(Paragraph("赵😀报送"))).text(0)


@settings(max_examples=15)
@given(st.text(max_size=200), st.text(max_size=40))
def test_R23_any_text_can_be_printed(body: str, title: str) -> None:
    document = plain(Paragraph(body), Heading(3, body, title))
    document = replace(document, title=title, articles=(replace(document.articles[0], title=title, addressee=body),))

    assert write_pdf(document).startswith(b"%PDF-")


def test_R23_markup_in_texts_is_printed_as_it_stands() -> None:
    assert "#panic() *粗* $x$" in measured(plain(Paragraph("#panic() *粗* $x$"))).text(0)


def test_R23_a_proof_says_so_on_every_page() -> None:
    paper = measured(proof())

    assert all("未编号" in paper.text(page) for page in range(len(paper)))


def test_R23_same_document_same_bytes() -> None:
    assert write_pdf(periodical()) == write_pdf(periodical())


def test_R23_an_item_of_100_000_characters_is_printed_whole() -> None:
    text = "".join(f"{number:05d}号" for number in range(100_000 // 6))
    paper = measured(plain(Paragraph(text)))

    assert text in re.sub("—[0-9]+—", "", paper.whole_text())


def test_R23_a_picture_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="PNG or JPEG"):
        Picture(b"GIF89a", "图")
    assert Picture(pictures.png(40, 20), "图").width_mm == 120


def test_R23_pictures_stand_within_the_type_area_with_the_caption_below_on_the_same_page() -> None:
    copies = [print_copy(pictures.png(*size, b"\x10\x60\xa0\x80", colour=6)) for size in ((2_000, 900), (500, 2_000))]
    shown = [
        Picture(copy.content, "图", f"图{number}　情况", printed_width(copy.width, copy.height))
        for number, copy in enumerate(copies, start=1)
    ]
    content = write_pdf(plain(*[Paragraph(TEXT)] * 3, shown[0], Paragraph(TEXT), shown[1], Paragraph(TEXT)))
    paper = Measured(content)

    found = [(page, box) for page in range(len(paper)) for box in paper.pictures(page)]
    assert len(found) == 2
    for number, (page, box) in enumerate(found, start=1):
        assert 28 - NEAR <= box.left <= box.right <= 210 - 26 + NEAR
        assert 37 <= box.top <= box.bottom <= 37 + 225
        (caption,) = [line for line in paper.lines(page) if line[0].text == "图" and line[1].text == str(number)]
        assert box.bottom < caption[0].base < box.bottom + 15
        middle = (caption[0].left + caption[-1].right) / 2
        assert middle == pytest.approx((box.left + box.right) / 2, abs=SIDE_BEARING)
    assert found[0][1].right - found[0][1].left == pytest.approx(156, abs=NEAR)
    assert found[1][0] > found[0][0]  # too tall for what is left of the page
    assert b"/SMask" not in content  # no transparency
    assert b"/OutputIntents" in content


def test_R23_a_table_of_long_words_and_many_columns_stays_within_the_type_area() -> None:
    rows = (tuple(f"第{one}列" for one in range(12)), ("12345678901234567890", "ABC-DEF-GHI") * 6)
    paper = measured(plain(*blocks_of("\n".join("|".join(row) for row in rows)), Paragraph(TEXT)))

    right = max(one.right for line in paper.body_lines(0) for one in line)
    assert right <= 210 - 26 + NEAR
    assert "1234567890" in paper.whole_text()


def test_R23_a_word_longer_than_a_line_goes_on_in_the_next_and_stays_one_word_to_a_search() -> None:
    address = "https://www.example.gov.cn/" + "a1B2-" * 20
    paper = measured(plain(Paragraph(f"详见{address}。"), Heading(1, f"一、{'W9' * 40}"), Paragraph(TEXT)))

    assert max(one.right for line in paper.body_lines(0) for one in line) <= 210 - 26 + NEAR
    assert address in paper.whole_text()


def _fonts(paper: bytes) -> list[tuple[str, bool]]:
    """Name and whether it is embedded, of every font on every page."""
    found = {}
    for page in PdfReader(io.BytesIO(paper)).pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            found[str(font.get_object()["/BaseFont"])] = "/FontFile3" in descriptor or "/FontFile2" in descriptor
    return sorted(found.items())
