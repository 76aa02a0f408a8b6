"""Child processes that never outlive us: own session, ended by the kernel when their parent dies."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
POLL_SECONDS = 0.02
PORTS = range(15_000, 32_000)
"""Below what systems give to outgoing connections: one of those took a port between its choice and its use."""
_chosen: set[int] = set()
"""What `free_port` gave to somebody of this process, who may not listen yet."""
_libc = ctypes.CDLL(None, use_errno=True)


class StartFailed(Exception):
    """A process of the city did not come up; the message says which, why, and where its log is."""


def end_with_parent(signal_number: int) -> Callable[[], None]:
    """What a child runs before exec so that the kernel sends it `signal_number` when its parent *thread* ends.

    Therefore children are started from the main thread, or from one that lives as long as they should.
    """
    parent = os.getpid()

    def ask_kernel() -> None:
        ask_to_end_with_parent(signal_number)
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return ask_kernel


def ask_to_end_with_parent(signal_number: int) -> None:
    """Have the kernel send this process `signal_number` when the thread that made it ends."""
    _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def spawn(
    command: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    user: pwd.struct_passwd | None = None,
    on_parent_death: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, output appended to `log`. Blocks only until exec."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            start_new_session=True,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=end_with_parent(on_parent_death),  # noqa: PLW1509  # two system calls, no lock
        )


def stop(process: subprocess.Popen[bytes], signal_number: int = signal.SIGTERM, patience: float = 2.0) -> None:
    """Ask a process to end, wait `patience` seconds, then kill it and everything in its session."""
    if process.poll() is None:
        process.send_signal(signal_number)
    finish(process, patience)


def finish(process: subprocess.Popen[bytes], patience: float) -> None:
    """Wait for a process that was asked to end; kill its session when it takes longer than `patience` seconds."""
    try:
        process.wait(max(patience, 0))
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process and its session, as a crash would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether `condition` came true within `seconds`, asked every 20 ms."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on and that was not given before; each only once.

    Raises `StartFailed` when 500 were all taken.
    """
    for port in random.sample(PORTS, 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if port not in _chosen:
                _chosen.add(port)
                return port
    raise StartFailed(f"no port from {PORTS.start} to {PORTS.stop - 1} is free")


def answers(url: str) -> bool:
    """Whether a GET of `url` is answered with 200 within 2 s."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310  # an address of ours
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for the message of a failed start."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
