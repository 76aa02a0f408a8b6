"""Every key of the editors' desk stands in the table that `?` shows (R11)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gateway

TEMPLATES = Path(gateway.__file__).parent / "templates" / "console"


def found(pattern: str, *templates: str) -> set[str]:
    texts = ((TEMPLATES / name).read_text(encoding="utf-8") for name in templates)
    return {key for text in texts for key in re.findall(pattern, text)}


@pytest.mark.parametrize("page", ["queue.html", "desk_item.html"])
def test_R11_every_key_of_the_desk_is_told(page: str) -> None:
    keys = found(r'data-key="(\w)"', page)
    assert len(keys) > 5
    assert keys - found(r"<kbd>(\w)</kbd>", "queue_keys.html", "keys.html") == set()
