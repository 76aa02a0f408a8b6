"""The main job on real input: the product comes to the published totals, by the command a user types."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from deploy.layout import ROOT

EXAMPLE = ROOT / "examples" / "zhalantun-2023-q1"
PUBLISHED = {
    "扎兰屯市现代农业产业园服务中心": 205,
    "水利局": 180,
    "市场监督管理局": 145,
    "公安局": 135,
    "民政局": 130,
}


def replay(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "clients.cli", "replay", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def test_R19_the_published_quarter_of_zhalantun_is_reproduced() -> None:
    done = replay(str(EXAMPLE / "table.csv"), "--rules", str(EXAMPLE / "rules.yaml"), "--json")
    assert done.returncode == 0, done.stderr
    units = json.loads(done.stdout)["units"]
    assert {unit["unit"]: float(unit["points"]) for unit in units} == PUBLISHED
    assert {float(unit["difference"]) for unit in units} == {0.0}
    assert [unit["rank"] for unit in units] == [1, 2, 3, 4, 5]


def test_a_table_that_cannot_be_used_is_refused_before_anything_is_started() -> None:
    done = replay(str(EXAMPLE / "rules.yaml"), "--rules", str(EXAMPLE / "rules.yaml"))
    assert done.returncode == 1
    assert "the table has no column" in done.stderr
    assert "docs/users/replay.md" in done.stderr
