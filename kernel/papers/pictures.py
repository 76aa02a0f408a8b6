"""A picture made ready for print: what the typesetter can set without fail, no larger than paper shows.

The print copy is made when a picture is chosen, so that nothing about it can go wrong when the paper is set. It stands
upright, has three colours of 8 bits, no transparency, no animation, and nothing that a camera notes (place, serial
number). The typesetter itself is the decoder: what it cannot read is refused here.
"""

from __future__ import annotations

import struct
import tempfile
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typst

from kernel.errors import Invalid

PNG_MARK, JPEG_MARK = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
TYPE_WIDTH_MM, HEIGHT_MM = 156, 195
"""The type area's width, and what is left of its 225 mm for a picture above a caption of two lines."""
LEAST_WIDTH_MM = 10
NATURAL_DPI, BEST_DPI, MOST_DPI = 150, 200, 400
"""Dots an inch: a picture is shown no larger than at the first, is made again at the second, and at the first where
that takes too many bytes; a JPEG that has more than the last is made again too."""
ENOUGH_BYTES = 1_000_000
MOST_PIXELS, LONGEST_SIDE = 30_000_000, 15_000
"""Of what is taken for print; four bytes a pixel in memory, one picture at a time."""
_INCH = 25.4
_NO_SIZE_MARKERS = frozenset({0xC4, 0xC8, 0xCC})
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})
_DROPPED = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Segments that no printer needs: EXIF, profiles, previews, comments."""
_JFIF = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x01\x00\x96\x00\x96\x00\x00"
"""The head by which office programs know a JPEG; 150 dots an inch."""
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


@dataclass(frozen=True)
class _Seen:
    """What a picture's head says: format, pixels as they will be shown, and whether it must be `redrawn`: the camera
    was held otherwise, or its colours are not those that JPEG mostly has."""

    ending: str
    width: int
    height: int
    redrawn: bool = False


def printed_width(width: int, height: int) -> int:
    """Whole millimetres that a picture of so many pixels takes on paper: its natural size, or what fits; may be 0."""
    wide = min(TYPE_WIDTH_MM, width / NATURAL_DPI * _INCH)
    return int(min(wide, HEIGHT_MM * width / height))


def print_copy(content: bytes) -> PrintCopy:
    """The picture ready for print; the same bytes give the same copy. Blocks, up to some seconds for 30 million pixels.

    Raises `Invalid` saying what is wrong with it.
    """
    seen = _look(content)
    _check(seen)
    with _one_at_a_time, tempfile.TemporaryDirectory() as folder:
        if seen.ending == "jpg" and not seen.redrawn:
            bare = _bare_jpeg(content)
            if len(bare) <= ENOUGH_BYTES and seen.width <= _pixels(seen, MOST_DPI):
                _set(bare, seen, Path(folder), "pdf")
                return PrintCopy(bare, seen.width, seen.height)
        copy = _made_again(content, seen, Path(folder), BEST_DPI)
        if len(copy.content) > ENOUGH_BYTES:
            copy = _made_again(content, seen, Path(folder), NATURAL_DPI)
    return copy


def size_of(content: bytes) -> tuple[int, int]:
    """Pixels of a print copy, by its head. Raises `Invalid`."""
    seen = _look(content)
    return seen.width, seen.height


def _check(seen: _Seen) -> None:
    size = f"{seen.width}×{seen.height}"
    if seen.width * seen.height > MOST_PIXELS or max(seen.width, seen.height) > LONGEST_SIDE:
        raise _unfit(
            "pixels", f"图片为 {size} 像素，过大，不能排入期刊；请报送单位缩小后重新报送。",
            f"The picture has {size} pixels, too many for print: at most {MOST_PIXELS}, {LONGEST_SIDE} a side.",
        )
    if printed_width(seen.width, seen.height) < LEAST_WIDTH_MM:
        raise _unfit(
            "small", f"图片为 {size} 像素，过小或过于狭长，印出不足 {LEAST_WIDTH_MM} 毫米宽。",
            f"The picture has {size} pixels and would be less than {LEAST_WIDTH_MM} mm wide in print.",
        )


def _look(content: bytes) -> _Seen:
    if content.startswith(PNG_MARK):
        return _look_at_png(content)
    if content.startswith(JPEG_MARK):
        return _look_at_jpeg(content)
    raise _unfit("type", "只有 PNG、JPEG 图片可以排入期刊。", "Only PNG and JPEG pictures can be set.")


def _look_at_png(content: bytes) -> _Seen:
    width = height = 0
    for kind, data in _chunks(content):
        if kind == b"IHDR" and len(data) == 13:
            width, height = struct.unpack(">II", data[:8])
        elif kind == b"acTL":
            raise _unfit("animated", "这是动态图片，不能排入期刊。", "The picture is animated and cannot be printed.")
        elif kind == b"IDAT":
            break
    if not width or not height:
        raise _broken()
    return _Seen("png", width, height)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_MARK)
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4])
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _look_at_jpeg(content: bytes) -> _Seen:
    turn, plain_rgb = 1, False
    for marker, start, end in _segments(content):
        data = content[start + 4 : end]
        if marker == 0xE1 and turn == 1:
            turn = _orientation(data)
        elif marker == 0xEE and data.startswith(b"Adobe"):
            plain_rgb = data[11:12] == b"\0"
        elif 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE_MARKERS:
            return _sized(data, turn, plain_rgb)
        elif marker == 0xDA:
            break
    raise _broken()


def _sized(frame: bytes, turn: int, plain_rgb: bool) -> _Seen:
    if len(frame) < 6:
        raise _broken()
    precision, height, width, colours = struct.unpack(">BHHB", frame[:6])
    if colours not in (1, 3):
        raise _unfit(
            "colours", "图片为印刷四色（CMYK）格式；请转存为 RGB 的 JPEG 或 PNG。",
            "The picture is CMYK; save it as JPEG or PNG in RGB.",
        )
    if precision != 8 or not width or not height:
        raise _broken()
    if turn >= 5:
        width, height = height, width
    return _Seen("jpg", width, height, plain_rgb or turn != 1)


def _segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment; of a scan its data too. The last is the end of the picture. Raises."""
    at = 2
    while at + 2 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF:
            raise _broken()
        if marker == 0xD9:
            yield marker, at, at + 2
            return
        if marker == 0xFF or marker in _BARE_MARKERS:
            at += 1 if marker == 0xFF else 2
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4])
        if end < at + 4 or end > len(content):
            raise _broken()
        if marker == 0xDA:
            end = _end_of_scan(content, end)
        yield marker, at, end
        at = end
    raise _broken()


def _end_of_scan(content: bytes, at: int) -> int:
    """Where the next marker stands; stuffed bytes and restarts belong to the scan."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        following = content[at + 1]
        if following not in {0, 0xFF} and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2
    raise _broken()


def _orientation(exif: bytes) -> int:
    """How the camera was held, 1 to 8; 1 where it does not say."""
    tiff = exif[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if not exif.startswith(b"Exif\0\0") or order is None or len(tiff) < 10:
        return 1
    (start,) = struct.unpack(f"{order}I", tiff[4:8])
    entries = tiff[start + 2 :] if start + 2 <= len(tiff) else b""
    for at in range(0, min(len(entries), 12 * 200) - 11, 12):
        tag, _, _, value = struct.unpack(f"{order}HHIH", entries[at : at + 10])
        if tag == 0x0112:
            return value if 1 <= value <= 8 else 1
    return 1


def _bare_jpeg(content: bytes) -> bytes:
    """Without what the camera noted, and without what stands behind the picture's end."""
    kept = (content[start:end] for marker, start, end in _segments(content) if marker not in _DROPPED)
    return b"\xff\xd8" + _JFIF + b"".join(kept)


def _pixels(seen: _Seen, dpi: int) -> int:
    """Pixels of the printed width at this density."""
    return round(printed_width(seen.width, seen.height) / _INCH * dpi)


def _made_again(content: bytes, seen: _Seen, folder: Path, dpi: int) -> PrintCopy:
    """As PNG on white, no wider than `dpi` asks for."""
    width = min(seen.width, _pixels(seen, dpi))
    height = max(1, round(width * seen.height / seen.width))
    made = _without_alpha(_set(content, _Seen(seen.ending, width, height), folder, "png"))
    return PrintCopy(made, width, height)


def _set(content: bytes, size: _Seen, folder: Path, made_as: typst.OutputFormat) -> bytes:
    """A page of exactly this picture, by the typesetter. Raises `Invalid` when it cannot read it."""
    name = f"picture.{size.ending}"
    (folder / name).write_bytes(content)
    page = (
        f"#set page(width: {size.width}pt, height: {size.height}pt, margin: 0pt, fill: white)\n"
        f'#image("{name}", width: 100%, height: 100%, fit: "stretch", alt: "picture")'
    )
    compiler = typst.Compiler(page.encode(), root=str(folder), ignore_system_fonts=True)
    try:
        made = compiler.compile(
            format=made_as, ppi=72, pdf_standards=["a-2b"] if made_as == "pdf" else [], timestamp=0
        )
    except typst.TypstError as error:
        raise _broken() from error
    if not isinstance(made, bytes):
        raise _broken()
    return made


def _without_alpha(png: bytes) -> bytes:
    """The typesetter's PNG, red, green, blue and an alpha that is opaque all over, without the alpha.

    Filters of PNG look at one channel only, so the fourth byte of each pixel can be left out as it stands.
    """
    chunks = list(_chunks(png))
    width, height = struct.unpack(">II", chunks[0][1][:8])
    rows = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    line = 1 + 4 * width
    kept = bytearray()
    for at in range(0, height * line, line):
        pixels = bytearray(rows[at + 1 : at + line])
        del pixels[3::4]
        kept += rows[at : at + 1] + pixels
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(kept), 9)), (b"IEND", b""))
    return PNG_MARK + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _broken() -> Invalid:
    return _unfit("broken", "图片文件已损坏或不完整，无法显示。", "The picture is broken or cut off.")


def _unfit(reason: str, zh: str, en: str) -> Invalid:
    return Invalid(zh, en, pointer="/digest", extra={"reason": reason})
