"""`make run`: starts quickly, says what it is, stops at once, leaves nothing behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.city import City
from deploy.layout import PROCESSES, ROOT
from deploy.processes import answers, free_port, wait_until

PATIENCE_SECONDS = 60.0


@contextmanager
def launcher(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "deploy.launcher", "--root", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def is_up(port: int) -> bool:
    return answers(f"http://127.0.0.1:{port}/readyz")


def belonging_to(folder: Path) -> list[str]:
    """Command lines of living processes that have to do with this city."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if bytes(folder) in words and state != "Z" and b"deploy.launcher" not in words:
            found.append(words[:200].decode(errors="replace"))
    return found


def test_a_second_start_answers_and_stops_in_order_with_nothing_left(city_folder: Path) -> None:
    """How long both take is not judged here: a busy machine must not fail a test."""
    port = free_port()
    with launcher(city_folder, port) as process:
        assert wait_until(lambda: is_up(port), PATIENCE_SECONDS), "no answer"
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0
    assert belonging_to(city_folder) == []


def test_a_later_start_shows_no_passwords_but_says_where_to_reset_them(city_folder: Path) -> None:
    port = free_port()
    with launcher(city_folder, port) as process:
        assert process.stdout is not None
        shown = ""
        while "Ctrl-C" not in shown:
            line = process.stdout.readline()
            assert line, shown
            shown += line
    assert f"http://127.0.0.1:{port}" in shown
    assert "重置" in shown
    assert "hexi.wang    " not in shown


def test_a_second_launcher_beside_the_first_says_where_it_runs(city: City) -> None:
    with launcher(city.root, free_port()) as second:
        said, _ = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode == 1
    assert f"already running at {city.base_url}" in said


def test_a_taken_port_is_named(city_folder: Path, city: City) -> None:
    with launcher(city_folder, city.port) as second:
        said, _ = second.communicate(timeout=PATIENCE_SECONDS)
    assert second.returncode == 1
    assert f"Port {city.port} is taken" in said


def test_nothing_outlives_a_killed_launcher_and_the_next_start_is_clean(city_folder: Path) -> None:
    port = free_port()
    with launcher(city_folder, port) as process:
        assert wait_until(lambda: is_up(port), PATIENCE_SECONDS)
        process.kill()
        assert wait_until(lambda: not belonging_to(city_folder), PATIENCE_SECONDS), belonging_to(city_folder)
    with launcher(city_folder, port) as process:
        assert wait_until(lambda: is_up(port), PATIENCE_SECONDS)


@pytest.mark.parametrize("name", [process.name for process in PROCESSES] + ["postgres"])
def test_what_dies_is_started_again(city: City, name: str) -> None:
    before = city.restarts(name)
    city.kill(name)
    assert wait_until(lambda: city.restarts(name) > before, PATIENCE_SECONDS)
    city.wait_ready(PATIENCE_SECONDS)
