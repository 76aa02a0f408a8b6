"""A RabbitMQ of our own for full mode without containers: Debian's program with folders, ports and cookie of its own.

The system's service is neither used nor touched. Erlang's port mapper (`epmd`) is started by us too, because the one
that Erlang starts by itself would outlive the broker. CHENGBAO_RABBITMQ_BIN names the folder of another RabbitMQ's
programs (docs/operators/broker.md).
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from deploy.logins import OWNERS, definitions, login_name
from deploy.processes import StartFailed, finish, free_port, kill, last_lines, spawn, stop, wait_until

PROGRAMS = Path(os.environ.get("CHENGBAO_RABBITMQ_BIN", "/usr/lib/rabbitmq/bin"))
"""Not the wrappers in /usr/sbin, which drop our environment."""
SERVER = PROGRAMS / "rabbitmq-server"
CONTROL = PROGRAMS / "rabbitmqctl"
SEARCHED = f"{PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where programs are looked for, Erlang's too."""
NODE = "chengbao@localhost"
USER = "chengbao"
START_SECONDS = 60.0
MOST_OF_MESSAGE = 16 * 1024 * 1024
"""Bytes; what RabbitMQ 4 takes unless told otherwise. RabbitMQ 3 would take 128 MiB and hide what is too large."""


class OwnRabbitMQ:
    """A broker with everything it keeps in `folder`; `start` may be called again after `stop` or `kill`.

    Raises `StartFailed` when Debian's rabbitmq-server is not installed.
    """

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.absolute()
        self.log = self.folder / "rabbitmq.log"
        self._epmd: subprocess.Popen[bytes] | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._epmd_port = self._distribution_port = 0
        self.port = port or 0

    @property
    def url(self) -> str:
        """Address of the virtual host `/`, for its administrator."""
        return self.url_of("/")

    def url_of(self, virtual_host: str) -> str:
        return self._address(USER, self._secret("password"), virtual_host)

    def login_url(self, owner: str, virtual_host: str = "/") -> str:
        """Address for the login of an owner (`deploy.logins.OWNERS`), who may enter once `set_logins` was called."""
        return self._address(login_name(owner), self._login_secret(owner), virtual_host)

    def _address(self, user: str, password: str, virtual_host: str) -> str:
        return f"amqp://{user}:{password}@127.0.0.1:{self.port}/{quote(virtual_host, safe='')}"

    @property
    def pid(self) -> int:
        """Process id of the broker. Raises `RuntimeError` when it was not started."""
        if self._server is None:
            raise RuntimeError("RabbitMQ was not started")
        return self._server.pid

    @property
    def running(self) -> bool:
        return self._server is not None and self._server.poll() is None

    def start(self) -> None:
        """Start the broker; returns once it greets. Raises `StartFailed`."""
        self.launch()
        if not wait_until(lambda: self.answers() or not self.running, START_SECONDS) or not self.running:
            self.kill()
            raise StartFailed(f"RabbitMQ did not start; the end of {self.log}:\n{last_lines(self.log)}")

    def launch(self) -> None:
        """Like `start`, without waiting for the greeting."""
        if not SERVER.exists():
            raise StartFailed(f"RabbitMQ is not installed ({SERVER}): apt-get install rabbitmq-server")
        self._end_leftover()
        # The same ports again after a kill, so that clients find the broker where it was.
        self.port = self.port or free_port()
        self._epmd_port = self._epmd_port or free_port()
        self._distribution_port = self._distribution_port or free_port()
        self._write_files()
        if self._epmd is None or self._epmd.poll() is not None:
            self._epmd = spawn(
                [_epmd_program(), "-port", str(self._epmd_port), "-address", "127.0.0.1"],
                log=self.folder / "epmd.log",
                environment={"PATH": os.defpath},
                on_parent_death=signal.SIGKILL,
            )
            epmd_port = self._epmd_port
            wait_until(lambda: _listens(epmd_port), 5.0)
        self._server = spawn([SERVER], log=self.log, environment=self._environment(), directory=self.folder)

    def answers(self) -> bool:
        """Whether the broker greets a client (AMQP 0-9-1 `connection.start`)."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                return client.recv(1) == b"\x01"
        except OSError:
            return False

    def ask_to_stop(self) -> None:
        """Begin an orderly stop. Does not wait."""
        if self._server is not None and self.running:
            self._server.send_signal(signal.SIGTERM)

    def stop(self, patience: float = 2.5) -> None:
        """Stop the broker and its port mapper; whoever takes longer than `patience` seconds is killed."""
        self.ask_to_stop()
        if self._server is not None:
            finish(self._server, patience)
        self._stop_epmd()

    def kill(self) -> None:
        """SIGKILL, as a crash would; `start` brings the broker back on the same port."""
        if self._server is not None:
            kill(self._server)
        self._stop_epmd()

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl (takes a second: it starts a virtual machine of its own); returns what it prints."""
        result = subprocess.run(
            [CONTROL, "--quiet", *arguments],
            env=self._environment(),
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if result.returncode:
            raise RuntimeError(f"rabbitmqctl {arguments[0]}: {result.stderr}{result.stdout}")
        return result.stdout

    def add_virtual_host(self, name: str) -> str:
        """Make a virtual host (some 100 ms) and return its address; one per test keeps tests apart."""
        self._evaluate(
            f'ok = rabbit_vhost:add(<<"{name}">>, <<"{USER}">>),'
            f' ok = rabbit_auth_backend_internal:set_permissions(<<"{USER}">>, <<"{name}">>,'
            f' <<".*">>, <<".*">>, <<".*">>, <<"{USER}">>), done.'
        )
        return self.url_of(name)

    def delete_virtual_host(self, name: str) -> None:
        """Delete a virtual host with everything in it; its connections are closed."""
        self._evaluate(f'ok = rabbit_vhost:delete(<<"{name}">>, <<"{USER}">>), done.')

    def set_logins(self, virtual_host: str = "/") -> None:
        """Make the logins of the contracts, or bring their passwords and permissions up to date; takes some 200 ms."""
        document = definitions({owner: self._login_secret(owner) for owner in OWNERS}, virtual_host)
        path = self.folder / "definitions.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(document))
        name = ",".join(map(str, os.fsencode(path)))
        self._evaluate(f"{{ok, Text}} = file:read_file(<<{name}>>), ok = rabbit_definitions:import_raw(Text), done.")

    def _login_secret(self, owner: str) -> str:
        return self._secret(login_name(owner))

    def _evaluate(self, expression: str) -> None:
        """Evaluate an Erlang expression that ends in `done` in the broker; far quicker than rabbitmqctl."""
        result = subprocess.run(
            ["erl_call", "-address", f"127.0.0.1:{self._distribution_port}", "-e"],
            env=self._environment(),  # HOME holds the cookie
            input=expression + "\n",  # without the line end it waits for more
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        if "{ok, done}" not in result.stdout:
            raise RuntimeError(f"RabbitMQ did not do {expression}: {result.stdout}{result.stderr}")

    def _secret(self, name: str) -> str:
        path = self.folder / f"{name}.secret"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(16))
        return path.read_text()

    def _write_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        cookie.unlink(missing_ok=True)
        cookie.touch(mode=0o600)
        cookie.write_text(self._secret("cookie"))
        cookie.chmod(0o400)
        (self.folder / "plugins").write_text("[].\n")
        configuration = self.folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"default_user = {USER}\n"
            f"default_pass = {self._secret('password')}\n"
            "disk_free_limit.absolute = 200MB\n"
            "vm_memory_high_watermark.absolute = 1GB\n"
            "heartbeat = 10\n"
            f"max_message_size = {MOST_OF_MESSAGE}\n"
            "log.console = true\n"
            "log.console.level = info\n"
            "log.file = false\n"
        )

    def _environment(self) -> dict[str, str]:
        folder = self.folder
        return {
            "PATH": SEARCHED,
            "HOME": str(folder),  # Erlang looks for its cookie here
            "LC_ALL": "C.UTF-8",
            "RABBITMQ_NODENAME": NODE,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution_port),
            "ERL_EPMD_PORT": str(self._epmd_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            # Lets the start script become the broker instead of staying its parent, so that our child *is* the broker;
            # -noinput is what the script then leaves out.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput +S 2:2 -kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _stop_epmd(self) -> None:
        if self._epmd is not None:
            stop(self._epmd, signal.SIGKILL)

    def _end_leftover(self) -> None:
        """End the broker of a parent that was killed, should it still be on its way down."""
        pid_file = self.folder / "pid"
        if not pid_file.exists() or self.running:
            return
        pid = int(pid_file.read_text().strip() or 0)
        if self._is_ours(pid) and not wait_until(lambda: not self._is_ours(pid), 5.0):
            os.kill(pid, signal.SIGKILL)
            wait_until(lambda: not self._is_ours(pid), 2.0)
        pid_file.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        except OSError:
            return False
        return f"RABBITMQ_PID_FILE={self.folder / 'pid'}".encode() in environment


def _epmd_program() -> str:
    found = shutil.which("epmd", path=SEARCHED) or next(map(str, Path("/usr/lib/erlang").glob("erts-*/bin/epmd")), None)
    if found is None:
        raise StartFailed("Erlang's epmd is missing: apt-get install erlang-base")
    return found


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=0.5).close()
    except OSError:
        return False
    return True
