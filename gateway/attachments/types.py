"""What a file is, by its content: the table of types that are taken, and those refused by name.

The ending of the name is believed only where it says the same as the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path

import puremagic

from contracts.rpc.attachments import EXTENSIONS, MediaType, extension_of
from gateway.attachments.archives import END_MARK, examine_archive
from gateway.attachments.archives import encrypted as is_encrypted
from gateway.attachments.pictures import examine_jpeg, examine_mp4, examine_png
from gateway.attachments.refusals import FileRefused, Reason
from gateway.attachments.writing import check_cells, examine_pdf, examine_text

HEAD, TAIL = 1_024, 65_557
"""Bytes at either end in which a reader of another format looks for its own marks."""
DIRECTORY_MARK = b"PK\x01\x02"
_HTML = re.compile(rb"<(?:!doctype html|html|script|svg|body|iframe)[\s>]", re.IGNORECASE)
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class Taken:
    """A format that is taken: where its mark stands, who looks at the rest, and why it is taken."""

    mark: bytes
    examine: Callable[[mmap], MediaType]
    why: str
    at: int = 0


@dataclass(frozen=True)
class NotTaken:
    """A format known by its mark that is not taken, and what it is called."""

    mark: bytes
    reason: Reason
    zh: str
    en: str
    at: int = 0
    instead: str = ""
    """What to do with it, where one can do something."""


_AS_PICTURE = "请另存为 jpg 或 png 后上传。"
TAKEN: tuple[Taken, ...] = (
    Taken(b"%PDF-", examine_pdf, "what a unit prints, scans or stamps"),
    Taken(b"\x89PNG\r\n\x1a\n", examine_png, "maps, screenshots"),
    Taken(b"\xff\xd8\xff", examine_jpeg, "photographs from the place"),
    Taken(b"ftyp", examine_mp4, "a short film from a telephone is often the first evidence of an incident", at=4),
)
"""Zip archives (docx, xlsx, pptx, OFD) and plain text (txt, csv) are looked at apart: they have no mark of their own.

Not taken: GIF, BMP, TIFF, HEIC (every program saves PNG or JPEG), sound (MP3 has no end by which to tell what is
appended; a recording is taken as MP4), and the office formats of before 2007, doc, xls, ppt, wps, et, dps: macros and
passwords stand in places of them that only their own programs know well, and each of these saves docx, xlsx, pptx.
"""

NOT_TAKEN: tuple[NotTaken, ...] = (
    NotTaken(b"MZ", Reason.EXECUTABLE, "Windows 程序", "a Windows program"),
    NotTaken(b"\x7fELF", Reason.EXECUTABLE, "Linux 程序", "a Linux program"),
    NotTaken(b"\xca\xfe\xba\xbe", Reason.EXECUTABLE, "Java 或 macOS 程序", "a Java or macOS program"),
    NotTaken(b"\xcf\xfa\xed\xfe", Reason.EXECUTABLE, "macOS 程序", "a macOS program"),
    NotTaken(b"L\x00\x00\x00\x01\x14\x02\x00", Reason.EXECUTABLE, "Windows 快捷方式", "a Windows shortcut"),
    NotTaken(b"Rar!", Reason.UNKNOWN_TYPE, "RAR 压缩包", "a RAR archive"),
    NotTaken(b"7z\xbc\xaf'\x1c", Reason.UNKNOWN_TYPE, "7z 压缩包", "a 7z archive"),
    NotTaken(b"\x1f\x8b", Reason.UNKNOWN_TYPE, "gzip 压缩包", "a gzip archive"),
    NotTaken(b"GIF8", Reason.UNKNOWN_TYPE, "GIF 图片", "a GIF picture", instead=_AS_PICTURE),
    NotTaken(b"II*\0", Reason.UNKNOWN_TYPE, "TIFF 图片", "a TIFF picture", instead=_AS_PICTURE),
    NotTaken(b"MM\0*", Reason.UNKNOWN_TYPE, "TIFF 图片", "a TIFF picture", instead=_AS_PICTURE),
    NotTaken(b"WEBP", Reason.UNKNOWN_TYPE, "WebP 图片", "a WebP picture", at=8, instead=_AS_PICTURE),
    *(
        NotTaken(
            b"ftyp" + brand, Reason.UNKNOWN_TYPE, "手机的 HEIC 照片", "a HEIC photograph", at=4,
            instead="请在手机“相机”的格式设置中选“兼容性最佳”，或" + _AS_PICTURE.removeprefix("请"),
        )
        for brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")
    ),
)
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP_MARKS = (b"PK\x03\x04", END_MARK)
TAKEN_ENDINGS = "、".join(ending for endings in EXTENSIONS.values() for ending in endings)


def media_type_of(path: Path, name: str) -> MediaType:
    """What the file at `path`, called `name`, is. Raises `FileRefused`."""
    with path.open("rb") as file:
        size = path.stat().st_size
        if size == 0:
            raise FileRefused(Reason.EMPTY, "文件是空的。", "The file is empty.")
        with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
            _refuse_by_mark(data)
            found = examine_archive(file, size) if data[:4] in _ZIP_MARKS else _by_content(data)
            return _as_named(found, name, data)


def _refuse_by_mark(data: mmap) -> None:
    head = data[:16]
    for known in NOT_TAKEN:
        if head.startswith(known.mark, known.at):
            raise FileRefused(
                known.reason,
                f"这是 {known.zh}，不收此类文件；{known.instead or f'可收：{TAKEN_ENDINGS}。'}",
                f"This is {known.en}, which is not taken; taken are {TAKEN_ENDINGS}.",
            )
    if head.startswith(_OLD_OFFICE):
        if data.find(_ENCRYPTED_PACKAGE) >= 0:
            raise is_encrypted()
        raise FileRefused(
            Reason.OLD_OFFICE, "这是 2007 年以前的 Office 或 WPS 格式；请另存为 docx、xlsx、pptx 后上传。",
            "This is an office format of before 2007; save it as docx, xlsx or pptx.",
        )


def _by_content(data: mmap) -> MediaType:
    for taken in TAKEN:
        if data[taken.at : taken.at + len(taken.mark)] == taken.mark:
            _refuse_second_nature(data, taken.mark)
            return taken.examine(data)
    try:
        return examine_text(data)
    except FileRefused as refusal:
        if refusal.reason is not Reason.UNKNOWN_TYPE:
            raise
        raise FileRefused(
            refusal.reason, f"{refusal.detail_zh}可收：{TAKEN_ENDINGS}。",
            f"{refusal.detail_en} It looks like: {_guess(data)}. Taken are {TAKEN_ENDINGS}.",
        ) from refusal


def _refuse_second_nature(data: mmap, mark: bytes) -> None:
    """A file that is also something else to another program."""
    head = data[:HEAD]
    other = None
    if mark != b"%PDF-" and b"%PDF-" in head:
        other = "PDF"
    elif _HTML.search(head):
        other = "HTML"
    elif _ends_as_zip(data):
        other = "ZIP"
    if other:
        raise FileRefused(
            Reason.POLYGLOT, f"该文件同时也是 {other}，可被当作两种文件打开。",
            f"The file is {other} as well: two programs would open two different things.",
        )


def _ends_as_zip(data: mmap) -> bool:
    """Whether a zip reader would find a directory, which it looks for from the end."""
    at = data.rfind(END_MARK, max(0, len(data) - TAIL))
    if at < 0:
        return False
    length = int.from_bytes(data[at + 12 : at + 16], "little")
    return 0 < length <= at and data[at - length : at - length + 4] == DIRECTORY_MARK


def _as_named(found: MediaType, name: str, data: mmap) -> MediaType:
    """The type, if the name's ending says the same. Plain text may be a table: there the name decides."""
    ending = extension_of(name)
    if found is MediaType.TEXT and ending in EXTENSIONS[MediaType.CSV]:
        check_cells(data)
        return MediaType.CSV
    if ending not in EXTENSIONS[found]:
        endings = "、".join(EXTENSIONS[found])
        raise FileRefused(
            Reason.ENDING, f"内容是{found.label}，文件名却以“{ending or '无扩展名'}”结尾；应为 {endings}。",
            f"The content is {found}, but the name ends in {ending or 'nothing'}; it should be {endings}.",
        )
    return found


def _guess(data: mmap) -> str:
    """What the marks known to puremagic say; for the refusal's text alone."""
    try:
        return str(puremagic.magic_string(data[:HEAD])[0].name)
    except (puremagic.PureError, ValueError, IndexError):
        return "nothing known"
