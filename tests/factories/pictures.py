"""Pictures for tests: PNG of every colour type and flat grey JPEG, made byte by byte; a photograph, a screenshot."""

from __future__ import annotations

import io
import struct
import zlib
from random import Random

from PIL import Image, ImageDraw, ImageFont

PNG_MARK = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
"""By the colour type: grey, colour, grey and colour with alpha."""


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(
    width: int, height: int, pixel: bytes = b"\x20\x60\xa0", *, colour: int = 2, depth: int = 8, before: bytes = b""
) -> bytes:
    """One colour all over; `before` are chunks that stand before the data."""
    assert len(pixel) == CHANNELS[colour] * depth // 8
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    rows = (b"\0" + pixel * width) * height
    return PNG_MARK + head + before + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def animated_png() -> bytes:
    return png(100, 100, before=chunk(b"acTL", struct.pack(">II", 2, 0)))


def jpeg(width: int, height: int, *, colours: int = 3, turn: int | None = None, behind: bytes = b"") -> bytes:
    """Middle grey: every coefficient is nought. `turn` is how the camera was held, in EXIF that also names a place."""
    table = b"\xff\xdb" + struct.pack(">HB", 67, 0) + b"\x01" * 64
    parts = b"".join(bytes((one + 1, 0x11, 0)) for one in range(colours))
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8 + 3 * colours, 8, height, width, colours) + parts
    one_code = b"\x01" + bytes(15) + b"\x00"
    codes = b"".join(b"\xff\xc4" + struct.pack(">HB", 20, kind) + one_code for kind in (0x00, 0x10))
    scanned = b"".join(bytes((one + 1, 0)) for one in range(colours))
    scan = b"\xff\xda" + struct.pack(">HB", 6 + 2 * colours, colours) + scanned + b"\x00\x3f\x00"
    blocks = -(-width // 8) * -(-height // 8) * colours
    bits = "00" * blocks
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8)
    return b"\xff\xd8" + (exif(turn) if turn else b"") + table + frame + codes + scan + data + b"\xff\xd9" + behind


def exif(turn: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, turn, 0)
    tiff = b"MM\0*" + struct.pack(">I", 8) + struct.pack(">H", 1) + entry + bytes(4) + b"GPS 39.1N 117.2E"
    return b"\xff\xe1" + struct.pack(">H", len(tiff) + 8) + b"Exif\0\0" + tiff


def photograph(width: int, height: int, encoding: str = "JPEG") -> bytes:
    """Soft and uneven all over, as what a camera sees."""
    grains = Image.frombytes("RGB", (width // 8, height // 8), Random(1).randbytes(width // 8 * (height // 8) * 3))
    return written(grains.resize((width, height), Image.Resampling.BICUBIC), encoding, quality=95)


def screenshot(width: int, height: int, encoding: str = "PNG") -> bytes:
    """Lines of small coloured letters on white."""
    page = Image.new("RGB", (width, height), "white")
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(12)
    for line in range(4, height - 16, 18):
        pen.text((6, line), f"{line} information reported, verified and printed " * 4, fill=(170, 20, 30), font=font)
    return written(page, encoding, quality=95)


def written(image: Image.Image, encoding: str, **how: int) -> bytes:
    target = io.BytesIO()
    image.save(target, encoding, **how)
    return target.getvalue()
