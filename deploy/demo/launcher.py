"""`make demo`: a city that has lived through a month, in the foreground until Ctrl-C."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from deploy.city import City
from deploy.demo.filling import begin_clock, end_of, fill
from deploy.demo.unit_system import UnitSystem
from deploy.launcher import check_port, run
from deploy.layout import ROOT
from deploy.seeding import DemoAccount, Seeds
from kernel.clock import SHANGHAI, ShiftedClock, china_day

PORT = 8018
FILLED = "demo.json"
"""In the demo city's folder once it is filled: seed, month and accounts, readable by us alone."""
SHOWN = (
    "hexi.xxy", "hexi.ld", "nankai.zr", "editor", "chief", "secretary", "supervisor", "duty", "scorer", "sysadmin",
    "auditor",
)  # fmt: skip
SETTINGS = {"CHENGBAO_REQUESTS_PER_MINUTE": "60000"}
"""A month in minutes is more than any caller may ask for in earnest."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 after an orderly stop, 1 when the city could not be started or filled."""
    chosen = _arguments(arguments)
    clock = ShiftedClock(chosen.root.absolute() / "clock")
    unit_system = _unit_system(chosen.port + 1)
    settings = SETTINGS | (unit_system.settings if unit_system else {})
    city = City(chosen.root, "embedded", clock.path, port=chosen.port, settings=settings)
    try:
        return run(city, lambda city: _begin(city, clock, chosen.seed))
    finally:
        if unit_system:
            unit_system.close()


def _unit_system(port: int) -> UnitSystem | None:
    """Without the port after the gateway's the demo goes without webhooks."""
    try:
        return UnitSystem(port)
    except OSError:
        return None


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description="A city with a month of work to look around in.")
    parser.add_argument("--root", type=Path, default=ROOT / "var" / "demo", help="folder for all data of the demo")
    parser.add_argument("--port", type=int, default=PORT, help="port the gateway listens on")
    parser.add_argument("--seed", type=int, default=2008, help="another number tells another month")
    return parser.parse_args(arguments)


def _begin(city: City, clock: ShiftedClock, number: int) -> None:
    city.claim()
    check_port(city)
    kept = city.root / FILLED
    if not kept.exists():
        _clear(city.root)
        clock.path.write_text("0")
        first = begin_clock(clock, china_day(clock.now()))
    print("呈报 Chengbao 演示城市正在启动 the demo city is starting …", flush=True)
    city.start()
    city.wait_ready()
    if not kept.exists():
        print("  填充一个月的工作，约需两到四分钟 a month of work takes two to four minutes", flush=True)
        seeds = fill(city, clock, first, end_of(first), number, _Progress().tell)
        _keep(kept, {"seed": number, "month": f"{first:%Y-%m}", **asdict(seeds)})
    print(welcome(city, json.loads(kept.read_text()), clock), flush=True)


def _clear(root: Path) -> None:
    """A demo that was interrupted while it was filled begins anew; the lock that we hold stays."""
    for path in root.iterdir():
        if path.name != "city.lock":
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def _keep(path: Path, document: dict[str, Any]) -> None:
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(document, ensure_ascii=False, indent=1))
    fresh.replace(path)


class _Progress:
    """One line that changes on a terminal, a line a step elsewhere."""

    def __init__(self) -> None:
        self.terminal = sys.stdout.isatty()

    def tell(self, step: str) -> None:
        print(f"\r\x1b[K  {step} …" if self.terminal else f"  {step} …", end="" if self.terminal else "\n", flush=True)


def welcome(city: City, kept: dict[str, Any], clock: ShiftedClock) -> str:
    """Address, accounts, what to look at, and how to push the clock."""
    seeds = Seeds({login: DemoAccount(**one) for login, one in kept["accounts"].items()}, kept["client_tokens"])
    now = clock.now().astimezone(SHANGHAI)
    accounts = [
        f"  {a.login:<13}{a.password:<18}{a.name} {a.role} · {a.unit}" for a in map(seeds.accounts.__getitem__, SHOWN)
    ]
    return "\n".join(
        [
            f"\n呈报 Chengbao · 演示 demo · {city.base_url} · 城市时间 {now:%Y-%m-%d %H:%M}",
            "",
            f"演示账户 Demo accounts（其余 {len(seeds.accounts) - len(SHOWN)} 人见 the others: {city.root / FILLED}）:",
            *accounts,
            f"  接口令牌 API token of 河西区: {seeds.client_token}",
            "",
            "看什么 What to look at:",
            f"  1. 以 chief 登录 {city.base_url}/ ：编辑处、已刊发的各期、{kept['month']} 通报及名次。",
            "     As chief: the desk, the month's issues, the bulletin and its ranks.",
            "  2. 以 supervisor 登录：交办事项中按时、逾期、退回和未反馈的，已准的延期，逐级告知。",
            "     As supervisor: assignments in time, late, returned, overdue; an extension, who was told.",
            "  3. 以 duty 登录：待签收的紧急信息和演练，值班表；按时与迟报，未签发而超时的。",
            "     As duty: an urgent report and a drill to acknowledge, the duty list; in time, late, never signed.",
            "  4. 以 sysadmin 登录，接口 › 河西区 › 推送：送到的、重试后送到的、放弃的。",
            "     As sysadmin: the webhooks of 河西区; delivered, delivered at the second try, given up.",
            f"  5. 拨快时钟看倒计时与催办 push the clock: chengbao clock push 2h --root {city.root}",
            "",
            "按 Ctrl-C 停止；再次 make demo 直接打开。Ctrl-C stops it; make demo again opens the same city.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
