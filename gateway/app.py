"""The gateway's web application; `gunicorn gateway.app:app`."""

from __future__ import annotations

import atexit
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway import entrance, measures, problems, rates
from gateway.api.rooms import ROOMS
from gateway.assembly import EXTENSION, Calls, Gateway
from gateway.attachments.scanning import scanner_at
from gateway.attachments.storage import Storage
from gateway.bodies import MAX_BYTES
from gateway.console import frame
from gateway.console.access import check_rows
from gateway.receipts.durability import Durability
from gateway.secret import cookie_secret
from kernel.audit.evidence import Evidence
from kernel.audit.keys import key_id
from kernel.clock import Clock, clock_from
from kernel.database import Database
from kernel.logging import configure_logging
from kernel.migrate import upgrade
from kernel.principal import Keyring
from kernel.rpc import Caller
from kernel.settings import Settings, load_settings
from kernel.waker import Waker

FOLDER = Path(__file__).parent

def create_app(
    settings: Settings, *, calls: Calls | None = None, clock: Clock | None = None, keyring: Keyring | None = None
) -> Flask:
    """The application. Brings the database to the newest schema first.

    Raises `RouteWithoutRow` when the access matrix and the addresses differ.
    """
    upgrade(settings.database_url, FOLDER)
    parts = assemble(settings, calls=calls, clock=clock, keyring=keyring)
    app = Flask("gateway", root_path=str(FOLDER), static_folder=None)
    app.config.update(
        SECRET_KEY=cookie_secret(parts.keyring),
        MAX_CONTENT_LENGTH=MAX_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_BYTES,  # a text of 50,000 characters is 450 KB in a form
        SESSION_COOKIE_NAME="chengbao_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions[EXTENSION] = parts
    trust_proxies(app, settings.trusted_proxies)
    measures.install(app)
    problems.install(app)
    entrance.install(app)
    rates.install(app)
    for room in ROOMS:
        room.install(app)
    frame.install(app)
    check_rows(routes_of(app))
    atexit.register(app.extensions[measures.USAGE].flush, parts.database)
    return app


def trust_proxies(app: Flask, number: int) -> None:
    """Take the caller's address and scheme from as many proxies as there are; from more, anybody could forge them."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]


def assemble(
    settings: Settings, *, calls: Calls | None = None, clock: Clock | None = None, keyring: Keyring | None = None
) -> Gateway:
    """The parts of a gateway process; nothing is connected yet."""
    clock = clock or clock_from(settings.clock_file)
    keyring = keyring or Keyring.load("gateway", settings.keys_dir)
    evidence = Evidence(keyring)
    database = Database(
        settings.database_url, service="gateway", clock=clock, keyring=keyring, evidence=evidence,
        wake=Waker(settings.database_url), pool_size=settings.pool_size,
    )
    caller = calls or Caller(settings.broker_url, clock=clock)
    return Gateway(
        settings, clock, keyring, database, evidence, caller, Durability(),
        Storage(settings.files_dir), scanner_at(settings.scanner),
        key_id("gateway", keyring.private_key.public_key()),
    )


def routes_of(app: Flask) -> set[str]:
    """Verb and rule of every address."""
    return {
        f"{verb} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def __getattr__(name: str) -> Any:
    """`app` is made when a server asks for it, not when a test imports this file."""
    if name != "app":
        raise AttributeError(name)
    settings = load_settings()
    configure_logging("gateway", settings.log_level)
    globals()["app"] = create_app(settings)
    return globals()["app"]
