"""The import arrows of the architecture hold (`[tool.importlinter]` in pyproject.toml)."""

from __future__ import annotations

import subprocess
import sys

from tests.contract.source import ROOT


def test_imports_follow_the_arrows_of_the_architecture() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    result = subprocess.run([*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
