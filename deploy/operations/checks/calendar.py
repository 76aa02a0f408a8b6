"""Whether the working calendar knows the days to come, and whether its files can be read at the next start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from deploy.layout import ROOT
from deploy.operations.findings import Finding, Level
from deploy.operations.installation import Installation
from kernel.clock import china_day
from kernel.deadlines.calendar import WorkingCalendar, WrongCalendar
from kernel.settings import Settings

ENOUGH_DAYS = 45
"""Next year's arrangement is published in November; by the middle of it somebody should look for it."""


def examine_calendar(installation: Installation) -> Iterator[Finding]:
    named = installation.environment("review").get("CHENGBAO_CALENDAR_DIR")
    folder = ROOT / (named or Settings.model_fields["calendar_dir"].default)
    yield calendar_reach(folder, china_day(installation.clock.now()))


def calendar_reach(folder: Path, today: date) -> Finding:
    """How far review will be able to count working days once it has read `folder`."""
    try:
        calendar = WorkingCalendar.load(folder)
    except WrongCalendar as error:
        remedy = "更正该文件；在此之前不要重启 review，它将无法启动。"
        return Finding("calendar", "review", Level.TROUBLE, f"日历文件无法使用：{error}", remedy, blocks_restart=True)
    year, days = calendar.first_unknown_day(today).year, calendar.days_known(today)
    if days >= ENOUGH_DAYS:
        return Finding("calendar", "review", Level.OK, f"节假日安排已知至{year - 1}年底")
    figure = f"{year}年的节假日安排未知（已知的只剩 {days} 天），跨入该年的工作日期限无法计算"
    remedy = f"把国务院办公厅公布的{year}年放假安排写入 {folder / f'{year}.yaml'}（格式见 README.md），再重启 review。"
    return Finding("calendar", "review", Level.WARNING, figure, remedy)
