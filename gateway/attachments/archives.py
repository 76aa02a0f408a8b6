"""Office documents and OFD are zip archives: their directory is read, nothing is inflated but what stands below.

Inflated are the list of content types of an office document, and office documents embedded in one (a chart's table),
each up to the size its directory states.
"""

from __future__ import annotations

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from contracts.rpc.attachments import MediaType, extension_of
from gateway.attachments.refusals import FileRefused, Reason

MAX_ENTRIES = 5_000
MAX_DIRECTORY = 2 * 1024 * 1024
MAX_INFLATED = 300 * 1024 * 1024
"""Bytes that everything in one archive may have, unpacked."""
MAX_RATIO, RATIO_COUNTS_FROM = 100, 10 * 1024 * 1024
"""Unpacked to packed, once there is enough of it: a table of equal cells packs well and hurts nobody while small."""
MAX_EMBEDDED, MAX_EMBEDDED_BYTES = 50, 20 * 1024 * 1024
MAX_DEPTH = 1
MAX_TYPES_BYTES = 1024 * 1024

END = struct.Struct("<4s4H2LH")
END_MARK = b"PK\x05\x06"
LOCAL_HEADER = 30
ENCRYPTED_FLAG = 0x1

_TYPES = "[Content_Types].xml"
_MAIN_PARTS: tuple[tuple[bytes, MediaType], ...] = (
    (b"officedocument.wordprocessingml.document.main+xml", MediaType.DOCX),
    (b"officedocument.spreadsheetml.sheet.main+xml", MediaType.XLSX),
    (b"officedocument.presentationml.presentation.main+xml", MediaType.PPTX),
)
_MACRO_WORDS = (b"macroenabled", b"vbaproject", b"macrosheet")
_MACRO_FILES = ("vbaproject.bin", "vbadata.xml", "macrosheets/")
_MACRO_ENDINGS = frozenset({"docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppam"})
_EMBEDDED_ENDINGS = frozenset({"docx", "xlsx", "pptx"})
_PROGRAM_ENDINGS = frozenset(
    {"exe", "dll", "com", "scr", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta", "jar", "msi", "lnk",
     "sh"}
)
_ARCHIVE_ENDINGS = frozenset({"zip", "rar", "7z", "gz", "tar", "bz2", "xz", "cab", "iso"})


def examine_archive(file: IO[bytes], size: int, depth: int = 0) -> MediaType:
    """What kind of document this zip archive is. Raises `FileRefused`."""
    directory_at = _find_directory(file, size)
    entries = _directory(file)
    _check_sizes(entries, size)
    _check_places(entries, directory_at)
    _check_names(entries)
    media_type = _kind(file, entries)
    for entry in _embedded(entries, depth):
        _examine_embedded(file, entry, depth)
    return media_type


def _find_directory(file: IO[bytes], size: int) -> int:
    """Where the directory begins; it must end where the file does, with nothing in between or behind."""
    if size < END.size:
        raise _truncated()
    file.seek(size - END.size)
    mark, disk, first_disk, here, total, length, start, comment = END.unpack(file.read(END.size))
    if mark != END_MARK:
        if _ends_earlier(file, size):
            raise FileRefused(
                Reason.POLYGLOT, "文件末尾附有不属于该文档的内容。", "Something is appended behind the document's end."
            )
        raise _truncated()
    if total > MAX_ENTRIES or length > MAX_DIRECTORY:
        raise FileRefused(
            Reason.BOMB, f"文件内含 {total} 个部件，超过上限 {MAX_ENTRIES} 个。",
            f"The file holds {total} parts; at most {MAX_ENTRIES} are taken.",
        )
    if (disk, first_disk, comment) != (0, 0, 0) or here != total or start + length != size - END.size:
        raise _broken("压缩目录与文件不符", "the directory does not fit the file")
    return int(start)


def _ends_earlier(file: IO[bytes], size: int) -> bool:
    """Whether a whole archive ends before the file does."""
    begin = max(0, size - END.size - 65_535)
    file.seek(begin)
    tail = file.read()
    at = tail.rfind(END_MARK, 0, len(tail) - END.size + len(END_MARK))
    if at < 0:
        return False
    length, start = END.unpack_from(tail, at)[5:7]
    return int(start + length) == begin + at


def _directory(file: IO[bytes]) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError) as error:
        raise _broken("压缩目录无法读取", "the directory cannot be read") from error


def _check_sizes(entries: list[zipfile.ZipInfo], size: int) -> None:
    inflated = sum(entry.file_size for entry in entries)
    ratio = inflated / size
    if inflated > MAX_INFLATED or (inflated > RATIO_COUNTS_FROM and ratio > MAX_RATIO):
        raise FileRefused(
            Reason.BOMB, f"解压后达 {inflated} 字节，为文件大小的 {ratio:.0f} 倍，疑似压缩炸弹。",
            f"Unpacked it has {inflated} bytes, {ratio:.0f} times its size: it looks like a zip bomb.",
        )


def _check_places(entries: list[zipfile.ZipInfo], directory_at: int) -> None:
    """Parts follow each other from the first byte on: none shares bytes with another, none hides before them."""
    reached = 0
    for number, entry in enumerate(sorted(entries, key=lambda entry: entry.header_offset)):
        if number == 0 and entry.header_offset != 0:
            raise FileRefused(
                Reason.POLYGLOT, "文档之前还有其他内容。", "Something stands before the document's first part."
            )
        if entry.header_offset < reached:
            raise FileRefused(
                Reason.BOMB, "部件在文件中相互重叠，疑似压缩炸弹。", "Parts overlap: it looks like a zip bomb."
            )
        reached = entry.header_offset + LOCAL_HEADER + entry.compress_size
    if reached > directory_at:
        raise _broken("部件超出文件范围", "a part reaches beyond its place")


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename.lower() for entry in entries]
    if len(set(names)) < len(names):
        raise _broken("部件重名", "two parts bear one name")
    for entry, name in zip(entries, names, strict=True):
        if entry.flag_bits & ENCRYPTED_FLAG:
            raise encrypted()
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise _broken("压缩方式不受支持", "a part is packed in a way no office document uses")
        _check_name(name)


def _check_name(name: str) -> None:
    ending = extension_of(name.rpartition("/")[2])
    if any(word in name for word in _MACRO_FILES) or ending in _MACRO_ENDINGS:
        raise macros(name)
    if "/activex/" in name:
        raise FileRefused(Reason.ACTIVE, f"文档含有 ActiveX 控件（{name}）。", f"It holds an ActiveX control ({name}).")
    if ending in _PROGRAM_ENDINGS:
        raise FileRefused(Reason.EXECUTABLE, f"文档内含程序（{name}）。", f"The document holds a program ({name}).")
    if ending in _ARCHIVE_ENDINGS:
        raise FileRefused(Reason.NESTED, f"文档内含压缩包（{name}）。", f"The document holds an archive ({name}).")


def _kind(file: IO[bytes], entries: list[zipfile.ZipInfo]) -> MediaType:
    by_name = {entry.filename: entry for entry in entries}
    if _TYPES in by_name:
        return _office_kind(_inflated(file, by_name[_TYPES], MAX_TYPES_BYTES))
    if "OFD.xml" in by_name:
        return MediaType.OFD
    raise FileRefused(
        Reason.UNKNOWN_TYPE, "这是压缩包，不收压缩包；请把其中的文件逐个上传。",
        "This is an archive; archives are not taken. Upload the files in it one by one.",
    )


def _office_kind(types: bytes) -> MediaType:
    if b"\x00" in types:
        raise _broken("内容类型清单编码异常", "the list of content types is in an unusual encoding")
    lowered = types.lower()
    if any(word in lowered for word in _MACRO_WORDS):
        raise macros(_TYPES)
    for part, media_type in _MAIN_PARTS:
        if part in lowered:
            return media_type
    raise FileRefused(
        Reason.UNKNOWN_TYPE, "这是其他种类的 Office 文件；只收 docx、xlsx、pptx。",
        "This is another kind of office file; docx, xlsx and pptx are taken.",
    )


def _embedded(entries: list[zipfile.ZipInfo], depth: int) -> Iterator[zipfile.ZipInfo]:
    found = [entry for entry in entries if extension_of(entry.filename.rpartition("/")[2]) in _EMBEDDED_ENDINGS]
    if found and (depth >= MAX_DEPTH or len(found) > MAX_EMBEDDED):
        raise FileRefused(
            Reason.NESTED, f"文档内嵌的文档过多或层层嵌套（{found[0].filename}）。",
            f"Too many documents are embedded, or one within another ({found[0].filename}).",
        )
    yield from found


def _examine_embedded(file: IO[bytes], entry: zipfile.ZipInfo, depth: int) -> None:
    with tempfile.SpooledTemporaryFile(max_size=1024 * 1024) as inner:
        inner.write(_inflated(file, entry, MAX_EMBEDDED_BYTES))
        examine_archive(inner, entry.file_size, depth + 1)


def _inflated(file: IO[bytes], entry: zipfile.ZipInfo, limit: int) -> bytes:
    """One part, unpacked; never more than `limit` bytes, whatever the directory states."""
    if entry.file_size > limit:
        raise FileRefused(
            Reason.BOMB, f"部件 {entry.filename} 解压后达 {entry.file_size} 字节。",
            f"Part {entry.filename} has {entry.file_size} bytes unpacked.",
        )
    try:
        with zipfile.ZipFile(file) as archive, archive.open(entry) as part:
            found = part.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError) as error:
        raise _broken(f"部件 {entry.filename} 无法解压", f"part {entry.filename} cannot be unpacked") from error
    if len(found) != entry.file_size:
        raise _broken(f"部件 {entry.filename} 的大小与目录不符", f"part {entry.filename} is not as long as stated")
    return found


def macros(where: str) -> FileRefused:
    return FileRefused(
        Reason.MACROS, f"文档含有宏（{where}），请另存为不含宏的文档。",
        f"The document holds macros ({where}); save it without them.",
    )


def encrypted() -> FileRefused:
    return FileRefused(
        Reason.ENCRYPTED, "文件已加密，市里无法打开；请去掉密码后上传。",
        "The file is encrypted and nobody at the city could open it; take the password off.",
    )


def _truncated() -> FileRefused:
    return FileRefused(Reason.TRUNCATED, "文件不完整，末尾缺失。", "The file is cut off: its end is missing.")


def _broken(zh: str, en: str) -> FileRefused:
    return FileRefused(
        Reason.BROKEN, f"文件结构异常：{zh}；请用原来的程序重新另存后上传。", f"The file is not well formed: {en}."
    )
