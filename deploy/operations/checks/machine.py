"""Processes, disk space, and how old the last backup is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from deploy.operations.backup import note_file
from deploy.operations.findings import Finding, Level, duration, graded
from deploy.operations.installation import Installation
from deploy.processes import answers
from kernel.clock import SystemClock

FREE_SHARE = (0.10, 0.03)
"""Share of a disk that is free: below the first worth attention, below the second trouble."""
FREE_BYTES = (2_000_000_000, 300_000_000)
BACKUP_SECONDS = (26 * 3600.0, 7 * 86_400.0)
"""A daily backup may run a little late; after a week without one nobody looks after it."""


def examine_machine(installation: Installation) -> Iterator[Finding]:
    yield from _processes(installation)
    yield from _disks(installation)
    yield _backup(installation)


def _processes(installation: Installation) -> Iterator[Finding]:
    for name, url in installation.health.items():
        if answers(url):
            yield Finding("process", name, Level.OK, "运行正常")
        else:
            yield Finding(
                "process", name, Level.TROUBLE, f"没有应答 {url}", f"查看 {name} 的日志；启动器会自动重启它。"
            )


def _disks(installation: Installation) -> Iterator[Finding]:
    folders = [installation.files(owner) for owner in installation.owners]
    if installation.root is not None:
        folders += [installation.root, installation.root / "postgres"]
    by_disk = {folder.stat().st_dev: folder.resolve() for folder in folders if folder.exists()}
    for folder in by_disk.values():
        yield disk_space(folder, *shutil.disk_usage(folder))


def disk_space(folder: Path, total: int, used: int, free: int) -> Finding:
    """Whether a disk has room: the better of share and size, unless next to nothing is left."""
    share = free / total if total else 0.0
    levels = [
        graded(-share, -FREE_SHARE[0], -FREE_SHARE[1]),
        graded(-free, -FREE_BYTES[0], -FREE_BYTES[1]),
    ]
    level = min(levels) if free > FREE_BYTES[1] else max(levels)
    return Finding(
        "disk",
        str(folder),
        level,
        f"剩余 {free / 1e9:.1f} GB（{share:.0%}）",
        "清理或扩容；磁盘写满时网关拒收但不丢失已收的信息。" if level else "",
    )


def _backup(installation: Installation) -> Finding:
    note = note_file(installation)
    if note is None:
        return Finding(
            "backup",
            "city",
            Level.WARNING,
            "无法得知：此安装没有城市目录",
            "自行核对每日备份；chengbao backup 可用于任何安装。",
        )
    try:
        noted = json.loads(note.read_text())
        age = (SystemClock().now() - datetime.fromisoformat(noted["made_at"])).total_seconds()
    except (OSError, ValueError, KeyError):
        return Finding("backup", "city", Level.WARNING, "从未备份", "执行 chengbao backup 文件，并每天定时执行。")
    level = graded(age, *BACKUP_SECONDS)
    remedy = "执行 chengbao backup 文件，并检查定时任务。" if level else ""
    return Finding("backup", "city", level, f"最近一次备份在 {duration(age)}前：{noted.get('file')}", remedy)
