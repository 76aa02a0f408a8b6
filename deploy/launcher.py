"""`make run` and `make full`: one city in the foreground, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from deploy.city import AlreadyRunning, City
from deploy.layout import GATEWAY_PORT, MODES, ROOT
from deploy.processes import StartFailed
from deploy.seeding import SeedingFailed, Seeds, is_seeded, seed


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 after an orderly stop, 1 when the city could not be started."""
    chosen = _arguments(arguments)
    return run(City(chosen.root, chosen.mode, chosen.clock_file, port=chosen.port, host=chosen.host), _begin)


def run(city: City, begin: Callable[[City], None]) -> int:
    """Run `city` in the foreground until Ctrl-C or SIGTERM; `begin` starts it. Returns the exit status."""
    # SIGHUP: the window was closed; SIGINT too, which a shell ignores for the jobs it starts in the background.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        begin(city)
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except (AlreadyRunning, StartFailed, SeedingFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        city.stop()
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make run", description="Run a whole city on this machine.")
    parser.add_argument("--mode", choices=MODES, default="embedded", help="where the bus is: PostgreSQL or RabbitMQ")
    parser.add_argument("--root", type=Path, default=ROOT / "var", help="folder for all data")
    parser.add_argument("--host", default="127.0.0.1", help="address the gateway listens on")
    parser.add_argument("--port", type=int, default=GATEWAY_PORT, help="port the gateway listens on")
    parser.add_argument("--clock-file", type=Path, default=None, help="file with the seconds all clocks are moved by")
    return parser.parse_args(arguments)


def _begin(city: City) -> None:
    print("呈报 Chengbao 正在启动 starting …", flush=True)
    city.claim()
    check_port(city)
    city.start()
    city.wait_ready()
    seeds = None if is_seeded(city) else seed(city, tell=lambda step: print(f"  {step} …", flush=True))
    print(welcome(city, seeds), flush=True)


def welcome(city: City, seeds: Seeds | None) -> str:
    """Address, accounts and three things to try; passwords only at the start that made them."""
    lines = [f"呈报 Chengbao · {city.mode} · {city.base_url}", ""]
    if seeds is None:
        lines += [
            "账户密码只在首次启动时显示一次；忘记时由系统管理员 sysadmin 在“账户”页重置。",
            "Passwords were shown once, at the first start; the system administrator resets them (page 账户 accounts).",
        ]
    else:
        lines.append("演示账户（密码只显示这一次，请记下） Demo accounts, shown this once:")
        lines += [f"  {a.login:<13}{a.password:<18}{a.name} {a.role} · {a.unit}" for a in seeds.accounts.values()]
        lines.append(f"  接口令牌 API token of 河西区: {seeds.client_token}")
    lines += [
        "",
        "试一试 Three things to try:",
        f"  1. 以 hexi.wang 登录 {city.base_url}/ ，写一条紧急信息并提交签发；再以 hexi.li 签发，看回执与倒计时。",
        "     Write an urgent report as hexi.wang, sign it off as hexi.li, watch receipt and countdown.",
        "  2. 以 editor 认领并采用，以 chief 刊发一期《每日要情》。 Adopt as editor, publish an issue as chief.",
        f"  3. 接口文档 API documents: {city.base_url}/docs",
        "",
        "按 Ctrl-C 停止 stops everything, the database included.",
    ]
    return "\n".join(lines)


def check_port(city: City) -> None:
    """Raise `StartFailed` when somebody else listens on the gateway's port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((city.host, city.port))
        except OSError as error:
            raise StartFailed(
                f"端口 {city.port} 已被其他程序占用；请另选一个：make run PORT=…\n"
                f"Port {city.port} is taken by another program; choose one: make run PORT=…"
            ) from error


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
