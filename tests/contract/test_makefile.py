"""What `make test` runs."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_folder_of_tests_is_run_by_make_test() -> None:
    lists = re.findall(r"^(?:SIDE_BY_SIDE|ONE_BY_ONE) := .*$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = [folder for line in lists for folder in re.findall(r"tests/(\w+)", line)]
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(named) == sorted(folders)
