"""A file that belongs to a signed document: the name it bears there, and the digest its bytes are known by."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from contracts.model import NOT_BLANK, Strict, Text
from contracts.vocabulary import Labelled

MAX_BYTES = 20 * 1024 * 1024
"""Of one file."""
MAX_FILES = 20
"""Of one document: more would not be read by whoever signs it, and the desk opens each one."""
SEPARATORS = frozenset('/\\:*?"<>|')
"""What no file system of an office takes in a name, path separators first."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that are not seen, or turn the direction of those beside them."""


class MediaType(Labelled):
    """Types of files that are taken; which bytes they are is looked at in `gateway/attachments/`."""

    PDF = "application/pdf", "PDF"
    OFD = "application/ofd", "OFD"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格"
    PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint 演示文稿"
    TEXT = "text/plain", "文本"
    CSV = "text/csv", "CSV 表格"
    PNG = "image/png", "PNG 图片"
    JPEG = "image/jpeg", "JPEG 图片"
    MP4 = "video/mp4", "MP4 视频"


EXTENSIONS: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: ("pdf",),
    MediaType.OFD: ("ofd",),
    MediaType.DOCX: ("docx",),
    MediaType.XLSX: ("xlsx",),
    MediaType.PPTX: ("pptx",),
    MediaType.TEXT: ("txt",),
    MediaType.CSV: ("csv",),
    MediaType.PNG: ("png",),
    MediaType.JPEG: ("jpg", "jpeg"),
    MediaType.MP4: ("mp4",),
}
"""Endings a file of each type may bear."""


def extension_of(name: str) -> str:
    """The ending of a file name, in small letters; empty when there is none."""
    stem, dot, ending = name.rpartition(".")
    return ending.lower() if dot and stem else ""


def _writable(name: str) -> str:
    if SEPARATORS & set(name):
        raise ValueError('a file name must not contain / \\ : * ? " < > |')
    if any(unicodedata.category(character) in UNSEEN for character in name):
        raise ValueError("a file name must not contain control or direction characters")
    if name != name.strip(" .\u3000"):
        raise ValueError("a file name must not begin or end with blanks or full stops")
    return name


FileName = Annotated[
    Text, Field(min_length=1, pattern=NOT_BLANK, max_length=200, description="file name, characters"),
    AfterValidator(_writable),
]


class Attachment(Strict):
    """A file as a document names it."""

    digest: str = Field(pattern="^sha256:[0-9a-f]{64}$", description="`sha256:` and the SHA-256 of its bytes")
    size: int = Field(ge=1, le=MAX_BYTES, description="bytes")
    media_type: MediaType
    name: FileName

    @field_validator("name")
    @classmethod
    def _ends_as_it_is(cls, name: str, info: ValidationInfo) -> str:
        media_type = info.data.get("media_type")
        if media_type is not None and extension_of(name) not in EXTENSIONS[media_type]:
            raise ValueError("the ending of the file name does not fit its media type")
        return name


def _few_and_told_apart(files: list[Attachment]) -> list[Attachment]:
    if len(files) > MAX_FILES:
        raise ValueError("a document takes 20 attachments: more would be signed and taken in unread")
    names = [file.name.casefold() for file in files]
    if len(set(names)) < len(names):
        raise ValueError("two attachments of a document must not bear the same name")
    return files


Attachments = Annotated[list[Attachment], AfterValidator(_few_and_told_apart)]
