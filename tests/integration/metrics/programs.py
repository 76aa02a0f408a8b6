"""Debian's programs that read our configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.contract.source import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "rules" / "chengbao.yml"


def output_of(*command: str | Path, given: str | None = None) -> tuple[int, str]:
    """Exit status and everything said by a program."""
    done = subprocess.run(
        [str(part) for part in command], input=given, capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stdout + done.stderr
