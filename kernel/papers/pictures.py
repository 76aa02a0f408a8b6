"""A picture made ready for print: what the typesetter can set without fail, no larger than paper shows.

The print copy is made when a picture is chosen, so that nothing about it can go wrong when the paper is set. It stands
upright, has three colours of 8 bits, no transparency, no animation, and nothing that a camera notes (place, serial
number). Pillow reads and writes it; what Pillow cannot read is refused here.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import Invalid

PNG_MARK, JPEG_MARK = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TYPE_WIDTH_MM, HEIGHT_MM = 156, 195
"""The type area's width, and what is left of its 225 mm for a picture above a caption of two lines."""
LEAST_WIDTH_MM = 10
NATURAL_DPI, BEST_DPI = 150, 200
"""Dots an inch: a picture is shown no larger than at the first, keeps no more dots than the second, and no more than
the first where it takes too many bytes."""
ENOUGH_BYTES = 1_000_000
MOST_PIXELS, LONGEST_SIDE = 30_000_000, 15_000
"""Of what is taken for print; four bytes a pixel in memory, one picture at a time."""
QUALITY = 90
"""Of JPEG: no loss that print would show."""
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
        """Bytes that it adds to a paper at the most: a PNG's dots are packed less well there."""
        return len(self.content) if self.content.startswith(JPEG_MARK) else 3 * self.width * self.height


def printed_width(width: int, height: int) -> int:
    """Whole millimetres that a picture of so many pixels takes on paper: its natural size, or what fits; may be 0."""
    wide = min(TYPE_WIDTH_MM, width / NATURAL_DPI * _INCH)
    return int(min(wide, HEIGHT_MM * width / height))


def print_copy(content: bytes) -> PrintCopy:
    """The picture ready for print; the same bytes give the same copy. Blocks, up to some seconds for 30 million pixels.

    What came as JPEG stays one; what came as PNG does unless that takes too many bytes. Raises `Invalid` saying what is
    wrong with it.
    """
    # Of notes that are broken Pillow only warns; nothing but how the camera was held is read of them.
    with _one_at_a_time, warnings.catch_warnings(action="ignore"), _opened(content) as image:
        _check(image)
        drawn = _on_white(ImageOps.exif_transpose(image))
        encodings = ("PNG", "JPEG") if image.format == "PNG" else ("JPEG",)
    for encoding in encodings:
        copy = _encoded(drawn, encoding, BEST_DPI)
        if len(copy.content) <= ENOUGH_BYTES:
            return copy
    return _encoded(drawn, "JPEG", NATURAL_DPI)


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


def _encoded(drawn: Image.Image, encoding: str, dpi: int) -> PrintCopy:
    """No wider than the printed width asks for at this density."""
    width = min(drawn.width, round(printed_width(*drawn.size) / _INCH * dpi))
    size = width, max(1, round(width * drawn.height / drawn.width))
    shown = drawn if size == drawn.size else drawn.resize(size, Image.Resampling.LANCZOS)
    shown.info.clear()
    written = io.BytesIO()
    shown.save(written, encoding, optimize=True, quality=QUALITY, dpi=(NATURAL_DPI, NATURAL_DPI))
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
