"""Writes docs/operators/settings.md from `kernel.settings`: `python -m deploy.settings_page`; a test compares them."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from kernel.settings import Settings

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operators" / "settings.md"
VALUES: dict[Any, str] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "`true`, `false`",
    Path: "path",
    SecretStr: "secret text",
}
HEAD = """# Settings

Every process reads these environment variables at its start and names all wrong ones at once.
`make run` and `make full` set what a process needs; what you set yourself is passed on to every process.
Written by `python -m deploy.settings_page` from `kernel/settings.py`.

| Variable | Values | Default | Meaning |
|---|---|---|---|
"""


def settings_page() -> str:
    """The page as Markdown."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    default = "required" if field.is_required() else _value(field.default)
    meaning = (field.description or "").replace("|", "\\|")
    return f"| `CHENGBAO_{name.upper()}` | {_values(field.annotation)} | {default} | {meaning} |\n"


def _value(value: Any) -> str:
    return "none" if value in (None, "") else f"`{value}`"


def _values(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) in (Union, types.UnionType):
        return _values(next(part for part in get_args(annotation) if part is not type(None)))
    return VALUES[annotation]


if __name__ == "__main__":
    PAGE.write_text(settings_page())
