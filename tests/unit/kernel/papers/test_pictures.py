"""R23: what is made of a picture before it is set: upright, opaque, small enough, without what a camera notes."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from kernel.errors import Invalid
from kernel.papers import pictures
from kernel.papers.official.content import Paragraph, Picture
from kernel.papers.official.pdf_writer import write_pdf
from kernel.papers.pictures import LEAST_WIDTH_MM, print_copy, printed_width, size_of
from tests.factories.papers import TEXT, plain
from tests.factories.pictures import PNG_MARK, animated_png, chunk, jpeg, photograph, png, screenshot


def bomb(side: int) -> bytes:
    """A head that promises so many pixels, and next to no data."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return PNG_MARK + head + chunk(b"IDAT", zlib.compress(bytes(1_000))) + chunk(b"IEND", b"")


def drawn(copy: bytes) -> Image.Image:
    return Image.open(io.BytesIO(copy))


@pytest.mark.parametrize(
    ("picture", "first"),
    [
        (png(200, 100), b"\x20\x60\xa0"),
        (png(200, 100, b"\x00\x00\x00\x00", colour=6), b"\xff\xff\xff"),
        (png(200, 100, b"\x00\x80", colour=4), b"\x7f\x7f\x7f"),
        (png(200, 100, b"\x20\x00\x60\x00\xa0\x00", depth=16), b"\x20\x60\xa0"),
        (png(200, 100, b"\x60\x00", colour=0, depth=16), b"\x60\x60\x60"),
    ],
    ids=["colour", "transparent", "half transparent grey", "16 bits", "grey of 16 bits"],
)
def test_R23_a_png_is_set_with_three_colours_of_8_bits_on_white(picture: bytes, first: bytes) -> None:
    copy = print_copy(picture)

    assert (copy.width, copy.height) == (200, 100) == size_of(copy.content)
    assert (drawn(copy.content).format, drawn(copy.content).mode) == ("PNG", "RGB")
    assert all(abs(one - other) <= 1 for one, other in zip(drawn(copy.content).getpixel((0, 0)), first, strict=True))


def test_R23_a_jpeg_stays_one_without_what_the_camera_noted() -> None:
    taken = jpeg(400, 300, turn=1, behind=b"a short film")
    copy = print_copy(taken)

    assert (drawn(copy.content).format, copy.width, copy.height) == ("JPEG", 400, 300)
    assert all(abs(one - 128) <= 2 for one in drawn(copy.content).getpixel((200, 150)))
    assert b"GPS" in taken
    assert not any(noted in copy.content for noted in (b"Exif", b"GPS", b"film"))


@pytest.mark.parametrize(("turn", "size"), [(1, (400, 300)), (3, (400, 300)), (6, (300, 400)), (8, (300, 400))])
def test_R23_a_picture_stands_upright_however_the_camera_was_held(turn: int, size: tuple[int, int]) -> None:
    copy = print_copy(jpeg(400, 300, turn=turn))

    assert (copy.width, copy.height) == size == size_of(copy.content)


def test_R23_a_large_picture_is_made_as_small_as_print_needs() -> None:
    chart = print_copy(png(4_000, 1_000))
    photos = [print_copy(photograph(2_000, 500, encoding)) for encoding in ("JPEG", "PNG")]

    assert (chart.width, chart.height) == (2_457, 614)  # 156 mm at 400 dots an inch
    assert {(photo.width, photo.height) for photo in photos} == {(1_228, 307)}  # at 200
    assert {drawn(photo.content).format for photo in photos} == {"JPEG"}


def test_R23_a_screenshot_keeps_every_dot() -> None:
    shot = screenshot(1_920, 1_080)
    assert drawn(print_copy(shot).content).tobytes() == drawn(shot).tobytes()

    sent_as_jpeg = screenshot(900, 800, "JPEG")
    copy = drawn(print_copy(sent_as_jpeg).content)
    assert copy.size == (900, 800)
    apart = ImageChops.difference(copy, drawn(sent_as_jpeg)).convert("L").histogram()
    assert sum(apart[32:]) < sum(apart) / 1_000  # letters and their colours are as sharp as they came


def test_R23_what_a_picture_adds_to_a_paper_is_known_before() -> None:
    bare = len(write_pdf(plain(Paragraph(TEXT))))
    for content in (screenshot(1_280, 900), photograph(1_600, 1_200), screenshot(1_280, 900, "JPEG")):
        copy = print_copy(content)
        added = len(write_pdf(plain(Paragraph(TEXT), Picture(copy.content, "图", width_mm=120)))) - bare
        assert 0.7 * copy.weight < added < 1.1 * copy.weight + 3_000
        assert copy.weight < 800_000


def test_R23_the_same_picture_gives_the_same_copy() -> None:
    assert print_copy(png(300, 200)) == print_copy(png(300, 200))


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (b"%PDF-1.7", "type"),
        (animated_png(), "animated"),
        (jpeg(200, 100, colours=4), "colours"),
        (png(40, 40), "small"),
        (png(60, 3_000), "small"),
        (bomb(30_000), "pixels"),
        (bomb(10_000), "pixels"),
        (PNG_MARK + chunk(b"IHDR", struct.pack(">IIBBBBB", 200, 100, 8, 2, 0, 0, 0)), "broken"),
        (PNG_MARK, "broken"),
        (png(200, 100)[:-40], "broken"),
        (jpeg(200, 100)[:-30], "broken"),
        (jpeg(200, 100)[:60], "broken"),
        (b"\xff\xd8\xff", "broken"),
    ],
)
def test_R23_what_cannot_be_printed_is_refused_with_its_reason(picture: bytes, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        print_copy(picture)

    assert (refusal.value.pointer, refusal.value.extra["reason"]) == ("/digest", reason)


def test_R23_a_copy_that_takes_too_much_is_made_with_fewer_dots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "ENOUGH_BYTES", 100)

    assert print_copy(png(2_000, 1_000)).width == 1_843  # 156 mm at 300 dots an inch
    assert print_copy(jpeg(2_000, 1_000)).width == 1_843
    assert print_copy(photograph(2_000, 1_000)).width == 921  # at 150


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([png(70, 70), jpeg(70, 70, turn=6)]), st.integers(2, 200), st.binary(max_size=8))
def test_R23_whatever_the_bytes_they_are_set_or_refused(picture: bytes, at: int, other: bytes) -> None:
    try:
        copy = print_copy(picture[:at] + other + picture[at + len(other) :])
    except Invalid:
        return
    assert copy.width >= 1


@given(st.integers(1, 15_000), st.integers(1, 15_000))
def test_R23_no_picture_leaves_the_type_area_nor_grows_beyond_its_natural_size(width: int, height: int) -> None:
    wide = printed_width(width, height)

    assert 0 <= wide <= 156
    assert wide * height / width <= 195
    assert wide <= width / 150 * 25.4
    assert wide >= LEAST_WIDTH_MM or min(width, width * 195 * 150 / 25.4 / height) < 71
