"""What the README and the page of examples say one should type is typed here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.city import City
from deploy.demo_people import DEMO
from deploy.layout import ROOT
from tests.support.city import Visitors

EXAMPLES = ROOT / "docs" / "api" / "examples.md"
EXAMPLE_BLOCK = re.compile(r"```(sh|python)\n(.*?)```", re.DOTALL)
SHELL_BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)
COMMAND = ".venv/bin/chengbao"


@pytest.fixture(params=["README.md", "README.zh-CN.md"])
def blocks(request: pytest.FixtureRequest) -> list[str]:
    """The shell blocks of a README: the report by curl, then by command line."""
    return SHELL_BLOCK.findall((ROOT / request.param).read_text())


def typed(block: str, city: City, visitors: Visitors, folder: Path, *, python: bool = False) -> str:
    """Run a block as a person would who has the token from `make run`; returns what it prints."""
    lines = [line for line in block.splitlines() if not line.startswith("export ")]
    tool = folder / "chengbao"
    tool.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m clients.cli \"$@\"\n")
    tool.chmod(0o755)
    environment = {
        **os.environ,
        "CHENGBAO_URL": city.base_url,
        "CHENGBAO_TOKEN": visitors.seeds.client_token,
        "PYTHONPATH": str(ROOT),
        "SIGNER": str(DEMO.person("hexi.li").person_id),
    }
    script = "set -e\n" + "\n".join(lines).replace(COMMAND, str(tool))
    command = [sys.executable, "-c", block] if python else ["sh", "-c", script]
    result = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_first_report_by_curl_gets_a_receipt(
    blocks: list[str], city: City, visitors: Visitors, tmp_path: Path
) -> None:
    receipt = json.loads(typed(blocks[0], city, visitors, tmp_path))
    assert receipt["signature"]
    again = json.loads(typed(blocks[0], city, visitors, tmp_path))
    assert again == receipt


def test_the_first_report_by_command_line_gets_a_receipt_that_verifies(
    blocks: list[str], city: City, visitors: Visitors, tmp_path: Path
) -> None:
    said = typed(blocks[1], city, visitors, tmp_path)
    assert "真实有效" in said


def test_the_signer_named_in_the_readme_is_the_leader_of_the_demo_district(blocks: list[str]) -> None:
    assert str(DEMO.person("hexi.li").person_id) in blocks[0]


def test_R24_the_examples_of_the_api_run_from_top_to_bottom(city: City, visitors: Visitors, tmp_path: Path) -> None:
    said = [
        typed(block, city, visitors, tmp_path, python=language == "python")
        for language, block in EXAMPLE_BLOCK.findall(EXAMPLES.read_text())
    ]
    assert [item["status"] for item in json.loads(said[3])["items"]] == [202, 422]
    assert len(list((tmp_path / "receipts").iterdir())) == 1


def test_R24_the_signer_of_the_examples_is_the_leader_of_the_demo_district() -> None:
    assert str(DEMO.person("hexi.li").person_id) in EXAMPLES.read_text()
