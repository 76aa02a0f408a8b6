"""Each side of a row runs in a process of its own, made like a service process: green, its log in a file.

The parent says what to do in JSON lines on the child's standard input and waits for its answers.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

ANSWER_FD = 1


class PeerFailed(Exception):
    """A side of a row broke down; its log says why."""


class Peer:
    """One side: an object of class `path` ("benchmarks.relay:Product") in a process of its own."""

    def __init__(self, path: str, log: Path, **settings: Any) -> None:
        self._log = log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.peers", path, json.dumps(settings)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._read()

    def begin(self, method: str, **arguments: Any) -> None:
        """Have it done; `result` waits for the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, arguments]) + "\n")
        self._process.stdin.flush()

    def result(self) -> Any:
        """What the method returned. Raises `PeerFailed`."""
        return self._read()

    def ask(self, method: str, **arguments: Any) -> Any:
        self.begin(method, **arguments)
        return self.result()

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(f"a process ended with {self._process.wait()}; see {self._log}:\n{self._log.read_text()}")
        return json.loads(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def timed(work: Any) -> dict[str, float]:
    """Seconds and CPU seconds of this process that calling `work` took."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def serve(path: str, settings: dict[str, Any]) -> None:
    """The child: make the object, then do what comes on standard input until it is closed."""
    module, _, name = path.partition(":")
    answers = os.fdopen(os.dup(ANSWER_FD), "w")
    os.dup2(2, ANSWER_FD)  # standard output is the log from here on, as the launcher has it
    configure_logging = importlib.import_module("kernel.logging").configure_logging
    configure_logging("bench")
    side = getattr(importlib.import_module(module), name)(**settings)
    importlib.import_module("kernel.garbage").settle()
    _answer(answers, None)
    # Reading alone would hold up the side's own green threads, a relay between two calls above all.
    while select.select([sys.stdin], [], []) and (line := sys.stdin.readline()):
        method, arguments = json.loads(line)
        _answer(answers, getattr(side, method)(**arguments))
    os._exit(0)  # connections and threads of a side end with it


def _answer(answers: Any, value: Any) -> None:
    answers.write(json.dumps(value) + "\n")
    answers.flush()


if __name__ == "__main__":
    from kernel.green import patch

    patch()
    serve(sys.argv[1], json.loads(sys.argv[2]))
