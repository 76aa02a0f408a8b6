"""Log lines: JSON, one a line, with the ids that join the processes; tried in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any
from uuid import UUID

from deploy.layout import ROOT

ONE_BY_ONE = """
for line in LINES:
    log.info("event", **line)
"""
IN_ONE_PIECE = """
info_each(log, "event", LINES)
"""
PROGRAM = """
import structlog
from kernel.logging import act, configure_logging, info_each
from uuid import UUID
configure_logging("toy", {level!r})
log = structlog.get_logger("kernel.inbox")
LINES = [{{"type": "报送", "correlation_id": "a"}}, {{"type": "批示", "correlation_id": "b", "odd": UUID(int=1)}}]
"""


def lines(told: str, level: str = "info") -> list[dict[str, Any]]:
    """What a process writes that tells this."""
    command = [sys.executable, "-c", PROGRAM.format(level=level) + told]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    written = [json.loads(line) for line in done.stdout.decode().splitlines()]
    for line in written:
        assert line.pop("timestamp").endswith("Z")
    return written


def test_a_batch_told_in_one_piece_reads_as_if_told_one_by_one() -> None:
    each = lines(ONE_BY_ONE)
    assert each == lines(IN_ONE_PIECE)
    common = {"event": "event", "level": "info", "logger": "kernel.inbox", "service": "toy"}
    assert each[0] == common | {"type": "报送", "correlation_id": "a"}
    assert len(each) == 2


def test_a_batch_is_not_told_below_the_level() -> None:
    assert lines(IN_ONE_PIECE, "warning") == []


def test_an_act_s_ids_and_an_error_s_trace_stand_in_its_lines() -> None:
    told = """
with act(UUID(int=2), UUID(int=3)):
    try:
        1 / 0
    except ZeroDivisionError:
        log.exception("failed")
"""
    [line] = lines(told)
    assert (line["correlation_id"], line["causation_id"]) == (str(UUID(int=2)), str(UUID(int=3)))
    assert "ZeroDivisionError" in line["exception"]
