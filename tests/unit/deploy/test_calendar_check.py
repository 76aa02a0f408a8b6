"""R17: the doctor says in time that next year's holidays are missing, and that a wrong file would stop review."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from deploy.operations.checks.calendar import calendar_reach
from deploy.operations.findings import Level


@pytest.mark.parametrize(
    ("today", "level", "left"),
    [
        (date(2035, 11, 17), Level.OK, ""),
        (date(2035, 11, 18), Level.WARNING, "只剩 44 天"),
        (date(2035, 12, 31), Level.WARNING, "只剩 1 天"),
        (date(2036, 1, 1), Level.WARNING, "只剩 0 天"),
    ],
)
def test_R17_the_doctor_asks_for_next_year_before_it_begins(
    tmp_path: Path, today: date, level: Level, left: str
) -> None:
    (tmp_path / "2035.yaml").write_text("year: 2035\n")
    found = calendar_reach(tmp_path, today)
    assert (found.level, left in found.figure) == (level, True)
    assert (str(tmp_path / "2036.yaml") in found.remedy) == (level is not Level.OK)


def test_R17_a_wrong_file_is_trouble_before_the_restart_that_would_read_it(tmp_path: Path) -> None:
    (tmp_path / "2035.yaml").write_text("year: 2035\nholidays: [2034-01-01]\n")
    found = calendar_reach(tmp_path, date(2035, 1, 1))
    assert (found.level, found.blocks_restart) == (Level.TROUBLE, True)
    assert "2035.yaml" in found.figure
