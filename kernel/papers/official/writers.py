"""The writers of an official paper, by format. A further one (OFD) is a row here and a module of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kernel.papers.official.content import OfficialDocument
from kernel.papers.official.docx_writer import write_docx
from kernel.papers.official.pdf_writer import write_pdf


class Writer(Protocol):
    """Writes the whole paper; the same document gives the same bytes. Blocks."""

    def __call__(self, document: OfficialDocument, font_dir: Path | None = None) -> bytes: ...


@dataclass(frozen=True)
class Format:
    """A file format: its media type and what writes it."""

    media_type: str
    write: Writer


FORMATS: dict[str, Format] = {
    "pdf": Format("application/pdf", write_pdf),
    "docx": Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", write_docx),
}
"""By the word in addresses and file names."""
