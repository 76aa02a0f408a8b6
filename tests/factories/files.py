"""Files as people send them, good and bad, made here byte by byte."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO

TYPES = "[Content_Types].xml"
MAIN = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}


def archive(parts: Mapping[str, bytes | str], *, packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of these parts."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", packed) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def office(kind: str = "docx", more: Mapping[str, bytes | str] | None = None, types: str = "") -> bytes:
    """An office document with these further parts."""
    listed = f'<Types><Override PartName="/main.xml" ContentType="{MAIN[kind]}"/>{types}</Types>'
    return archive({TYPES: listed, "main.xml": "<document/>", **(more or {})})


def ofd() -> bytes:
    return archive({"OFD.xml": "<OFD/>", "Doc_0/Document.xml": "<Document/>"})


def pdf(trailer: bytes = b"", body: bytes = b"") -> bytes:
    """The least that is a PDF."""
    text = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\n" + body
    return text + b"trailer\n<</Root 1 0 R" + trailer + b">>\nstartxref\n0\n%%EOF\n"


def png(width: int = 2, height: int = 2, *, text: bytes = b"") -> bytes:
    """A black picture of this size, as its head states it."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))]
    parts += [(b"tEXt", b"Comment\0" + text)] if text else []
    parts += [(b"IDAT", zlib.compress(b"\0" * 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


def jpeg(width: int = 2, height: int = 2, *, comment: bytes = b"") -> bytes:
    """The structure of a photograph of this size."""
    head = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    head += b"\xff\xfe" + struct.pack(">H", 2 + len(comment)) + comment
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\0"
    scan = b"\xff\xda" + struct.pack(">HB", 8, 1) + b"\x01\0\0\x3f\0" + b"\x12\x34\xff\0\x56"
    return b"\xff\xd8" + head + frame + scan + b"\xff\xd9"


def mp4(brand: bytes = b"isom") -> bytes:
    boxes = ((b"ftyp", brand + b"\0\0\2\0" + brand), (b"moov", b"\0" * 16), (b"mdat", b"film"))
    return b"".join(struct.pack(">I", 8 + len(data)) + kind + data for kind, data in boxes)


def old_office(*, encrypted: bool = False) -> bytes:
    """The head of a compound file, in which an encrypted docx lies too."""
    name = "EncryptedPackage" if encrypted else "WordDocument"
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + name.encode("utf-16-le") + b"\0" * 64


def overlapping(times: int = 50) -> bytes:
    """A zip bomb that needs no nesting: many entries of the directory share the bytes of one part."""
    kernel = office(more={"word/part.xml": b"\0" * 4_000_000})
    at = kernel.index(b"PK\x01\x02")
    end = kernel.rindex(b"PK\x05\x06")
    entries, last = kernel[at:end], kernel.rindex(b"PK\x01\x02")
    shared = b"".join(
        kernel[last:end].replace(b"word/part.xml", b"word/p%03d.xml" % number) for number in range(times)
    )
    total = entries.count(b"PK\x01\x02") + times
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, total, total, len(entries) + len(shared), at, 0)
    return kernel[:at] + entries + shared + tail


def locked(document: bytes) -> bytes:
    """The same archive with the flag that says a part is encrypted."""
    changed = bytearray(document)
    at = changed.rindex(b"PK\x01\x02")
    changed[at + 8] |= 1
    return bytes(changed)
