"""The nameko side of a service process: a container whose entrypoints are the kernel's loops.

nameko's own event and RPC entrypoints are not used: one acknowledges a message whose handler raised, the other ends
the service when a reply cannot be published.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from nameko.containers import ServiceContainer
from nameko.extensions import Entrypoint

from kernel.assembly import Assembly, Run
from kernel.rpc.responder import CONCURRENT_CALLS

SPARE_WORKERS = 5


class LoopEntrypoint(Entrypoint):  # type: ignore[misc]  # nameko carries no types
    """Runs one loop of the kernel in a managed greenlet from the container's start to its stop."""

    def __init__(self, run: Run, stopping: threading.Event) -> None:
        super().__init__()
        self.run = run
        self.stopping = stopping
        self._thread: Any = None

    def start(self) -> None:
        self._thread = self.container.spawn_managed_thread(lambda: self.run(self.stopping), self.method_name)

    def stop(self) -> None:
        self.stopping.set()
        self._thread.wait()

    def kill(self) -> None:
        self._thread.kill()


class CallsEntrypoint(LoopEntrypoint):
    """Listens for calls; each is carried out by a worker of the container."""

    def __init__(self, assembly: Assembly, stopping: threading.Event) -> None:
        self.responder = assembly.responder(self._spawn)
        super().__init__(self._listen, stopping)
        self.assembly = assembly
        self._replies_done = threading.Event()
        self._replies: threading.Thread | None = None

    def _listen(self, stopping: threading.Event) -> None:
        if self.assembly.wait_for_bus(stopping):
            self.responder.run(stopping)

    def start(self) -> None:
        self._replies = threading.Thread(target=self.responder.replies.run, args=(self._replies_done,), daemon=True)
        self._replies.start()
        super().start()

    def finish(self) -> None:
        """Let the replies of the last calls go out."""
        self._replies_done.set()

    def _spawn(self, call: Callable[[], None]) -> None:
        self.container.spawn_worker(self, (call,), {})


def make_container(assembly: Assembly, stopping: threading.Event) -> ServiceContainer:
    """A container that runs every loop of the assembly; `stopping` is set when it is asked to stop."""
    entries: dict[str, Any] = {"name": assembly.service.name}
    for loop in assembly.loops():
        entries[loop.name.replace("-", "_")] = _entry(LoopEntrypoint(loop.run, stopping))
    if assembly.service.methods:
        entries["carry_out_call"] = _entry(CallsEntrypoint(assembly, stopping))
    host = type(f"{assembly.service.name.title()}Host", (), entries)
    return ServiceContainer(host, {"max_workers": CONCURRENT_CALLS + SPARE_WORKERS, "serializer": "json"})


def _entry(entrypoint: Entrypoint) -> Callable[[Any, Callable[[], None]], None]:
    """A method for nameko to hang the entrypoint on; a worker for it carries out one call."""

    def carry_out(self: Any, call: Callable[[], None]) -> None:
        call()

    carry_out.nameko_entrypoints = {entrypoint}  # type: ignore[attr-defined]  # where nameko looks
    return carry_out
