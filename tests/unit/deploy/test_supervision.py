"""Processes are kept running with growing pauses, and stopped in a bounded time."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.layout import ROOT
from deploy.processes import kill, spawn, wait_until
from deploy.supervision import Child, Supervised, Supervisor

SLEEPER = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); {SLEEPER}"


def child(folder: Path, code: str, name: str = "child") -> Child:
    return Child([sys.executable, "-c", code], dict(os.environ), folder, folder / f"{name}.log")




def supervisor(children: dict[str, Supervised]) -> Supervisor:
    return Supervisor({}, lambda: None, lambda: children)


def test_a_killed_process_is_started_again(tmp_path: Path) -> None:
    sleeper = child(tmp_path, SLEEPER)
    watch = supervisor({"sleeper": sleeper})
    watch.start()
    first = sleeper.pid
    watch.subject("sleeper").kill()
    assert wait_until(lambda: sleeper.pid != first and sleeper.running, 30)
    watch.stop()


def test_the_pauses_between_restarts_grow(tmp_path: Path) -> None:
    watch = supervisor({"failing": child(tmp_path, "raise SystemExit(1)")})
    watch.start()
    begun = time.monotonic()
    assert wait_until(lambda: watch.restarts("failing") == 3, 30)
    watch.stop()
    assert time.monotonic() - begun > 0.25 + 0.5 + 1.0


def test_a_process_that_ignores_sigterm_is_down_within_three_seconds(tmp_path: Path) -> None:
    deaf = child(tmp_path, STUBBORN)
    watch = supervisor({"deaf": deaf})
    watch.start()
    assert wait_until(lambda: "deaf" in deaf.log.read_text(), 30)
    begun = time.monotonic()
    watch.stop()
    assert not deaf.running
    assert time.monotonic() - begun < 6  # three seconds and what a busy machine adds


def test_what_goes_wrong_at_the_start_is_told_and_leaves_nothing_running(tmp_path: Path) -> None:
    sleeper = child(tmp_path, SLEEPER)

    def refuse() -> None:
        raise RuntimeError("no database")

    watch = Supervisor({"sleeper": sleeper}, refuse, dict)
    with pytest.raises(RuntimeError, match="no database"):
        watch.start()
    assert not sleeper.running


def test_children_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from deploy.processes import spawn; "
        f"print(spawn([sys.executable, '-c', {SLEEPER!r}], log=Path({str(tmp_path / 'log')!r})).pid, flush=True); "
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert wait_until(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid), 30)


def test_kill_ends_the_whole_session_of_a_process(tmp_path: Path) -> None:
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', %r]); print('up', flush=True); %s"
    process = spawn([sys.executable, "-c", code % (SLEEPER, SLEEPER)], log=tmp_path / "log")
    assert wait_until(lambda: "up" in (tmp_path / "log").read_text(), 30)
    kill(process)
    assert process.returncode == -signal.SIGKILL
    assert wait_until(lambda: not _session_members(process.pid), 30)


def _is_zombie(pid: int) -> bool:
    return " Z " in Path(f"/proc/{pid}/stat").read_text()


def _session_members(session: int) -> list[str]:
    members = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z":
            members.append(str(stat))
    return members
