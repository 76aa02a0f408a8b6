"""A picture made ready for print: what the typesetter can set without fail, no larger than paper shows.

The print copy is made when a picture is chosen, so that nothing about it can go wrong when the paper is set. It stands
upright, has three colours of 8 bits, no transparency, no animation, and nothing that a camera notes (place, serial
number). Pillow reads and writes it; what Pillow cannot read is refused here.
"""

from __future__ import annotations

import io
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial, reduce
from typing import Any

from PIL import Image, ImageChops, ImageOps, UnidentifiedImageError

from kernel.errors import Invalid

PNG_MARK, JPEG_MARK = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TYPE_WIDTH_MM, HEIGHT_MM = 156, 195
"""The type area's width, and what is left of its 225 mm for a picture above a caption of two lines."""
LEAST_WIDTH_MM = 10
NATURAL_DPI = 150
"""Dots an inch: no picture is shown larger."""
PHOTO_DPI = 200
"""Dots an inch that a photograph keeps; `NATURAL_DPI` where it takes too many bytes."""
DRAWN_DPI, LEAST_DRAWN_DPI = 400, 300
"""Dots an inch that a drawing keeps, and where it takes too many bytes: a screenshot as wide as the page keeps each of
its dots, for letters are blurred by fewer."""
ENOUGH_BYTES = 1_000_000
MOST_PIXELS, LONGEST_SIDE = 30_000_000, 15_000
"""Of what is taken for print; four bytes a pixel in memory, one picture at a time."""
PHOTO_JPEG: dict[str, Any] = {"quality": 85}
DRAWN_JPEG: dict[str, Any] = {"quality": 92, "subsampling": "4:4:4"}
"""No loss that print would show; colours at half the density would fray the edges of coloured letters."""
FLAT, GROUND, GROUND_WIDE = 0.35, 0.4, 9
"""Of a picture's dots those like their right neighbour, and those of one brightness (within so many of 256): of
photographs at most 0.15 and 0.2, of charts and screenshots 0.7 and 0.55; JPEG frays the first where letters are dense.
What is taken for drawn and is not only takes more bytes."""
_INCH = 25.4
_ORIENTATION = 0x0112
_READ = ("PNG", "JPEG")
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class PrintCopy:
    """A PNG or JPEG with its size in pixels, upright."""

    content: bytes
    width: int
    height: int

    @property
    def weight(self) -> int:
        """Bytes that it adds to a paper, about: a PNG's dots are packed anew there. Takes some 0.1 s for a PNG."""
        if self.content.startswith(JPEG_MARK):
            return len(self.content)
        with _opened(self.content) as image:
            packed = len(zlib.compress(image.convert("RGB").tobytes(), level=6))
        return max(len(self.content), packed * 5 // 4)


def printed_width(width: int, height: int) -> int:
    """Whole millimetres that a picture of so many pixels takes on paper: its natural size, or what fits; may be 0."""
    wide = min(TYPE_WIDTH_MM, width / NATURAL_DPI * _INCH)
    return int(min(wide, HEIGHT_MM * width / height))


def print_copy(content: bytes) -> PrintCopy:
    """The picture ready for print; the same bytes give the same copy. Blocks, up to some seconds for 30 million pixels.

    A photograph becomes a JPEG. A drawing (chart, map, screenshot) stays what it came as, with all the dots that print
    can show, unless that takes too many bytes. Raises `Invalid` saying what is wrong with it.
    """
    # Of notes that are broken Pillow only warns; nothing but how the camera was held is read of them.
    with _one_at_a_time, warnings.catch_warnings(action="ignore"), _opened(content) as image:
        _check(image)
        drawn = _on_white(ImageOps.exif_transpose(image))
        wanted = _ways(drawn, image.format)
        *better, least = (partial(_encoded, drawn, *way) for way in wanted)
        return next((copy for make in better if len((copy := make()).content) <= ENOUGH_BYTES), None) or least()


def size_of(content: bytes) -> tuple[int, int]:
    """Pixels of a print copy, by its head. Raises `Invalid`."""
    with _opened(content) as image:
        return image.size


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    """Its head read; what the block finds broken is refused too. Raises `Invalid`."""
    try:
        with Image.open(io.BytesIO(content), formats=_READ) as image:
            yield image
    except Image.DecompressionBombError as error:
        raise _too_many() from error
    except UnidentifiedImageError as error:
        if content.startswith((PNG_MARK, JPEG_MARK)):
            raise _broken() from error
        raise _unfit("type", "只有 PNG、JPEG 图片可以排入期刊。", "Only PNG and JPEG pictures can be set.") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _broken() from error


def _check(image: Image.Image) -> None:
    """By its head, before any of its dots is read."""
    if image.format == "PNG" and getattr(image, "is_animated", False):
        raise _unfit("animated", "这是动态图片，不能排入期刊。", "The picture is animated and cannot be printed.")
    if image.mode == "CMYK":
        raise _unfit(
            "colours", "图片为印刷四色（CMYK）格式；请转存为 RGB 的 JPEG 或 PNG。",
            "The picture is CMYK; save it as JPEG or PNG in RGB.",
        )
    if image.width * image.height > MOST_PIXELS or max(image.size) > LONGEST_SIDE:
        raise _too_many()
    turned = image.getexif().get(_ORIENTATION, 1) in range(5, 9)
    if printed_width(*(reversed(image.size) if turned else image.size)) < LEAST_WIDTH_MM:
        raise _unfit(
            "small",
            f"图片为 {image.width}×{image.height} 像素，过小或过于狭长，印出不足 {LEAST_WIDTH_MM} 毫米宽。",
            f"The picture has {image.width}×{image.height} pixels and would be less than {LEAST_WIDTH_MM} mm wide.",
        )


def _on_white(image: Image.Image) -> Image.Image:
    """Three colours of 8 bits."""
    if image.mode.startswith("I"):
        image = image.point(lambda grey: grey * (1 / 256)).convert("L")  # 16 bits, which Pillow would cut off at 255
    if not image.has_transparency_data:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")


def _ways(image: Image.Image, came_as: str | None) -> tuple[tuple[str, int, dict[str, Any]], ...]:
    """How it may be written, best first; the last whatever it takes."""
    if not _is_drawn(image):
        return (("JPEG", PHOTO_DPI, PHOTO_JPEG), ("JPEG", NATURAL_DPI, PHOTO_JPEG))
    ways = tuple(("JPEG", dpi, DRAWN_JPEG) for dpi in (DRAWN_DPI, LEAST_DRAWN_DPI))
    return ways if came_as == "JPEG" else (("PNG", DRAWN_DPI, {}), ("PNG", LEAST_DRAWN_DPI, {}), ways[-1])


def _is_drawn(image: Image.Image) -> bool:
    """Whether it has the even areas, or the ground, of what was drawn and not seen by a camera."""
    left, right = (image.crop((at, 0, image.width - 1 + at, image.height)) for at in (0, 1))
    apart = reduce(ImageChops.lighter, ImageChops.difference(left, right).split()).histogram()
    if apart[0] >= FLAT * sum(apart):
        return True
    bright = image.convert("L").histogram()
    return max(sum(bright[at : at + GROUND_WIDE]) for at in range(256)) >= GROUND * sum(bright)


def _encoded(drawn: Image.Image, encoding: str, dpi: int, how: dict[str, Any]) -> PrintCopy:
    """No wider than the printed width asks for at this density."""
    width = min(drawn.width, round(printed_width(*drawn.size) / _INCH * dpi))
    size = width, max(1, round(width * drawn.height / drawn.width))
    shown = drawn if size == drawn.size else drawn.resize(size, Image.Resampling.LANCZOS)
    shown.info.clear()
    written = io.BytesIO()
    shown.save(written, encoding, optimize=True, **how, dpi=(NATURAL_DPI, NATURAL_DPI))
    return PrintCopy(written.getvalue(), *size)


def _too_many() -> Invalid:
    return _unfit(
        "pixels", "图片像素过多，不能排入期刊；请报送单位缩小后重新报送。",
        f"The picture has too many pixels for print: at most {MOST_PIXELS}, {LONGEST_SIDE} a side.",
    )


def _broken() -> Invalid:
    return _unfit("broken", "图片文件已损坏或不完整，无法显示。", "The picture is broken or cut off.")


def _unfit(reason: str, zh: str, en: str) -> Invalid:
    return Invalid(zh, en, pointer="/digest", extra={"reason": reason})
