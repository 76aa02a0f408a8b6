"""A replay under fire: a table played in a city while its processes die, and what stood at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.city import City, running
from deploy.layout import ROOT
from deploy.replay.compare import Comparison, compare
from deploy.replay.player import Player, begin_clock, stories
from deploy.replay.table import ReplayRules, UnitRow, read_rules, read_table
from tests.faults.kills import Killer
from tests.faults.oracle import PAUSES, Scene, breaches, business_state, settle
from tests.faults.traffic import BESIDE, PATIENCE, Traffic
from tests.support.peers import MailServer

LONG = os.environ.get("CHENGBAO_FAULTS") == "long"
SEED = int(os.environ.get("CHENGBAO_FAULTS_SEED", "2026"))
KILLS = 60 if LONG else 10
EXAMPLE = ROOT / "examples" / "zhalantun-2023-q1"
SMALL = "rank,unit,city_adopted,hulunbuir_adopted,published_score\n1,水利局,6,2,50\n2,公安局,5,1,35\n3,民政局,4,0,20\n"
"""The quarter's rules on a table of our own: 18 steps a kill can meet in the short run, 149 reports in the long one."""


@dataclass
class Outcome:
    """What stood at the end."""

    comparisons: list[Comparison]
    state: dict[str, Any]
    breaches: list[str]
    log: list[str]
    """What was killed when."""
    traffic: Traffic | None = None


def table(folder: Path) -> tuple[ReplayRules, list[UnitRow]]:
    """The example's table in the long run, a small one else."""
    rules = read_rules(EXAMPLE / "rules.yaml")
    path = EXAMPLE / "table.csv"
    if not LONG:
        path = folder / "table.csv"
        path.write_text(SMALL, encoding="utf-8")
    return rules, read_table(path, rules.table)


def steps(rows: list[UnitRow], rules: ReplayRules) -> int:
    """How many steps forward a replay tells of."""
    told = [story for row in rows for story in stories(row, rules)]
    return len(told) + sum(1 for story in told if story.adoption) + sum(len(story.outcomes) for story in told)


def settings(mail: MailServer) -> Mapping[str, str]:
    return {
        "CHENGBAO_SMTP_URL": mail.url,
        "CHENGBAO_RETRY_PAUSES": PAUSES,
        "CHENGBAO_REQUESTS_PER_MINUTE": "100000",
    }


def play(root: Path, mode: str, make_killer: Callable[[City, int], Killer] | None = None) -> Outcome:
    """Play the table in a city of its own; with a killer also under traffic. The city is gone afterwards."""
    root.mkdir(mode=0o711)
    rules, rows = table(root)
    begin_clock(root / "clock", rules)
    mail = MailServer()
    mail.start()
    try:
        with running(City(root, mode, clock_file=root / "clock", settings=settings(mail))) as city:
            killer = make_killer(city, steps(rows, rules)) if make_killer else None
            return _play(city, rules, rows, mail, killer)
    finally:
        mail.stop()


def _play(city: City, rules: ReplayRules, rows: list[UnitRow], mail: MailServer, killer: Killer | None) -> Outcome:
    traffic: list[Traffic] = []

    def tell(step: str, done: int, total: int) -> None:
        if killer is None:
            return
        if step == "reports received" and not traffic:
            traffic.append(Traffic(city, player))
            traffic[0].start()
        if step == "outcomes recorded" and done == total:
            killer.tell(step, done, total)
            traffic[0].stop()  # before the replay ends the quarter: urgent reports belong to it
            return
        killer.tell(step, done, total)

    player = Player(city, rules, rows, tell, patience=PATIENCE)
    bulletin = player.play()
    if killer is not None:
        killer.finish()
    beside = traffic[0] if traffic else None
    scene = Scene(city, [*player.receipts, *(beside.receipts if beside else [])], beside.commands if beside else {})
    settle(scene)
    scene.mails = lambda: [str(one["Message-ID"]) for one in mail.mails]
    found = breaches(scene) + (killer.failed if killer else []) + (beside.troubles if beside else [])
    state = business_state(scene, lambda title: not title.startswith(BESIDE))
    return Outcome(compare(rows, bulletin["lines"]), state, found, killer.log if killer else [], beside)
