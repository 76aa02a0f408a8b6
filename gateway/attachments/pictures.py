"""Pictures and films: their structure is walked from the first byte to the last, nothing is decoded."""

from __future__ import annotations

from mmap import mmap

from contracts.rpc.attachments import MediaType
from gateway.attachments.refusals import FileRefused, Reason

MAX_PIXELS, MAX_SIDE = 120_000_000, 30_000
"""More than any camera of an office takes; unpacked in memory a picture has four bytes a pixel."""
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif")
_NO_SIZE_MARKERS = frozenset({0xC4, 0xC8, 0xCC})
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD8)})


def examine_png(data: mmap) -> MediaType:
    """Chunk by chunk up to IEND, which must end the file. Raises `FileRefused`."""
    at, seen = 8, set()
    while at + 12 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if at == 8:
            if kind != b"IHDR" or length != 13:
                raise _broken("缺少 IHDR", "IHDR is missing")
            _check_pixels(int.from_bytes(data[at + 8 : at + 12]), int.from_bytes(data[at + 12 : at + 16]))
        if not kind.isalpha():
            raise _broken("数据块名称异常", "a chunk has no name")
        seen.add(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    if at > len(data) or b"IEND" not in seen:
        raise _cut_off()
    if b"IDAT" not in seen:
        raise _broken("没有图像数据", "it holds no image data")
    if at < len(data):
        raise FileRefused(
            Reason.POLYGLOT, "图片末尾附有不属于图片的内容。", "Something is appended behind the picture's end."
        )
    return MediaType.PNG


def examine_jpeg(data: mmap) -> MediaType:
    """Marker by marker up to the first scan; its end must follow. Raises `FileRefused`.

    What cameras put behind the end, a second picture or a short film, stays.
    """
    at, sized = 2, False
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise _broken("标记段异常", "a marker is missing")
        marker = data[at + 1]
        if marker == 0xFF or marker in _BARE_MARKERS:
            at += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in _NO_SIZE_MARKERS:
            _check_pixels(int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7]))
            sized = True
        at += 2 + length
        if marker == 0xDA:
            break
    if at >= len(data) or not sized or data.find(b"\xff\xd9", at) < 0:
        raise _cut_off()
    return MediaType.JPEG


def examine_mp4(data: mmap) -> MediaType:
    """Box by box; the last must end the file, and the film's own directory must be among them. Raises `FileRefused`."""
    if data[8:12] in _STILL_BRANDS:
        raise FileRefused(
            Reason.UNKNOWN_TYPE, "这是 HEIC/AVIF 图片；请转存为 JPEG 后上传。",
            "This is a HEIC or AVIF picture; save it as JPEG.",
        )
    at, seen = 0, set()
    while at + 8 <= len(data):
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16])
        elif length == 0:
            length = len(data) - at
        if length < 8 or not kind.isalnum():
            raise _broken("数据盒异常", "a box is not well formed")
        seen.add(kind)
        at += length
    if at != len(data) or b"moov" not in seen:
        raise _cut_off()
    return MediaType.MP4


def _check_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise _broken("没有尺寸", "it states no size")
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise FileRefused(
            Reason.PIXELS, f"图片为 {width}×{height} 像素，过大；请缩小后上传。",
            f"The picture has {width} x {height} pixels, too many; make it smaller.",
        )


def _cut_off() -> FileRefused:
    return FileRefused(Reason.TRUNCATED, "文件不完整，末尾缺失。", "The file is cut off: its end is missing.")


def _broken(zh: str, en: str) -> FileRefused:
    return FileRefused(
        Reason.BROKEN, f"文件结构异常：{zh}；请用原来的程序重新另存后上传。", f"The file is not well formed: {en}."
    )
