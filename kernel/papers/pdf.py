"""PDF by typst: the caller's template, the user's text as data only."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from kernel.papers.fonts import faces, library


class PaperDefect(Exception):
    """The template does not compile without warnings (an unknown font is one): correct the template or the fonts."""


def render(
    template: Path,
    data: Mapping[str, Any],
    *,
    created_at: datetime,
    font_dir: Path | None = None,
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF/A-2b of `template` filled with `data`; the same data and `created_at` give the same bytes.

    The template finds the data in `json(bytes(sys.inputs.data))` and the families of each face in
    `json(bytes(sys.inputs.faces))`. Text in `data` is never source, so markup in it is printed as it stands.
    `files` lie beside it under their names, for `image`. `font_dir` is the operator's folder of own fonts
    (CHENGBAO_FONT_DIR). Takes some 50 ms a page; blocks. Raises `PaperDefect` for any error or warning of the
    typesetter.
    """
    with _compiler(template, data, font_dir, files) as compiler:
        return _compile(compiler, template, created_at)


def marks(
    template: Path,
    data: Mapping[str, Any],
    label: str,
    *,
    font_dir: Path | None = None,
    files: Mapping[str, bytes] | None = None,
) -> list[Any]:
    """Values of the template's `metadata` with this label, in the order of the paper; nothing is printed.

    Takes as long as `render`. Raises `PaperDefect`.
    """
    with _compiler(template, data, font_dir, files) as compiler:
        try:
            found = compiler.query(f"<{label}>", field="value")
        except typst.TypstError as error:
            raise PaperDefect(f"{template.name}: {error}") from error
    values: list[Any] = json.loads(found)
    return values


@contextmanager
def _compiler(
    template: Path, data: Mapping[str, Any], font_dir: Path | None, files: Mapping[str, bytes] | None
) -> Iterator[typst.Compiler]:
    inputs = {
        "data": json.dumps(data, ensure_ascii=False), "faces": json.dumps(faces(font_dir), ensure_ascii=False),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() if files else nullcontext() as folder:
        source = template
        if folder is not None:
            for name, content in (files or {}).items():
                (Path(folder) / name).write_bytes(content)
            source = Path(shutil.copy(template, folder))
        yield typst.Compiler(
            str(source), root=str(source.parent), font_paths=library(font_dir), ignore_system_fonts=True,
            sys_inputs=inputs,
        )  # fmt: skip


def _compile(compiler: typst.Compiler, template: Path, created_at: datetime) -> bytes:
    try:
        paper, warnings = compiler.compile_with_warnings(
            format="pdf", pdf_standards="a-2b", timestamp=int(created_at.timestamp())
        )
    except typst.TypstError as error:
        raise PaperDefect(f"{template.name}: {error}") from error
    if warnings:
        raise PaperDefect(f"{template.name}: " + "; ".join(str(warning) for warning in warnings))
    if not isinstance(paper, bytes):
        raise PaperDefect(f"{template.name}: the typesetter gave no PDF")
    return paper
