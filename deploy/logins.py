"""The broker's logins and what each may do, computed from the contracts: who publishes, consumes and calls what.

On RabbitMQ a login may configure (make, delete), write (publish to, bind) and read (consume, bind from) what a regular
expression names; on a topic exchange the routing keys are matched as well. Nothing of ours may use the default exchange
(`amq.default`), which leads into every queue. Regular expressions here hold no backslash, so that they pass through
JSON, shells and Erlang unchanged.

`python -m deploy.logins` prints the definitions for `docker-compose.yml`.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.services import CALLS, RPC
from contracts.topology import CONSUMES, PUBLISHES
from deploy.layout import KEY_NAMES, database_name
from kernel.bus.topology import CALLS_EXCHANGE, EVENTS_EXCHANGE, MARKER, PROBE, UNCONSUMED_QUEUE, queue_name
from kernel.rpc.addresses import reply_address_prefix, reply_queue_prefix, request_queue_name

TOPOLOGY = "topology"
"""Owner of the login that makes exchanges, queues of events and bindings; no running process has its password."""
OWNERS: tuple[str, ...] = (*KEY_NAMES, TOPOLOGY)
NOTHING = "^$"
EXCHANGES_FILE = "/var/lib/rabbitmq/chengbao-exchanges.json"
"""Where a person at the broker keeps the exchanges to import: its own folder, which its user may read."""
_UNIQUE = "[0-9a-f-]+"
"""What follows the prefix of a reply's queue or address; no wildcard of a topic binding is among it."""


@dataclass(frozen=True)
class Topics:
    """Routing keys of one topic exchange."""

    write: str
    """Those that may be published."""
    read: str
    """Those that own queues may be bound to."""


@dataclass(frozen=True)
class Login:
    """One login and its regular expressions."""

    name: str
    configure: str
    write: str
    read: str
    topics: Mapping[str, Topics] = field(default_factory=dict)
    """By exchange."""


def login_name(owner: str) -> str:
    """The broker login of an owner of a database, or of `TOPOLOGY`; the same name as in PostgreSQL."""
    return database_name(owner)


def login_of(owner: str) -> Login:
    """What the processes of a service, or of the gateway, need on the bus, and nothing else."""
    name = login_name(owner)
    own, addresses = [], []
    if RPC.get(owner):
        own.append(_literal(request_queue_name(owner)))
        addresses.append(_literal(f"{owner}.*"))
    if CALLS.get(owner):
        own.append(_literal(reply_queue_prefix(name)) + _UNIQUE)
        addresses.append(_literal(reply_address_prefix(name)) + _UNIQUE)
    calls = _literal(CALLS_EXCHANGE)
    # A caller looks whether anybody listens. Since RabbitMQ 4.3 that takes some right to the queue; to write is the
    # least: it would let him bind the queue to his own replies, neither take from it nor delete it.
    called = [_literal(request_queue_name(service)) for service in sorted(CALLS.get(owner, ()))]
    return Login(
        name,
        configure=_any(own),
        write=_any([_literal(EVENTS_EXCHANGE), calls, *own, *called]),
        # The markers too: since RabbitMQ 4.3 even to ask whether an exchange is there takes some right to it.
        read=_any([_literal(queue_name(owner)), calls, _MARKERS, *own]),
        topics={
            EVENTS_EXCHANGE: Topics(write=_any(_published(owner)), read=NOTHING),
            CALLS_EXCHANGE: Topics(write=_any(_calls_and_replies(owner)), read=_any(addresses)),
        },
    )


def topology_login() -> Login:
    """For `chengbao topology apply`. It neither publishes to the events' exchange nor takes from their queues."""
    queues = [_literal(name) for name in (*map(queue_name, sorted(CONSUMES)), UNCONSUMED_QUEUE)]
    probe = _literal(PROBE) + _UNIQUE
    exchanges = [_literal(EVENTS_EXCHANGE), _literal(CALLS_EXCHANGE), _MARKERS]
    return Login(
        login_name(TOPOLOGY),
        configure=_any([*exchanges, *queues, probe]),
        write=_any([*queues, probe]),
        read=_any([_literal(EVENTS_EXCHANGE), probe]),
    )


def logins() -> tuple[Login, ...]:
    """All of them."""
    return (*map(login_of, KEY_NAMES), topology_login())


def definitions(passwords: Mapping[str, str], virtual_host: str = "/") -> dict[str, Any]:
    """The logins in the form RabbitMQ imports (`load_definitions`, `rabbitmqctl import_definitions`); may be repeated.

    `passwords` are by owner.
    """
    return {
        "vhosts": [{"name": virtual_host}],
        "exchanges": exchanges(virtual_host),
        "users": [{"name": login_name(owner), "password": passwords[owner], "tags": ""} for owner in OWNERS],
        **permissions(virtual_host),
    }


def exchanges(virtual_host: str = "/") -> list[dict[str, Any]]:
    """The exchanges whose routing keys are limited, as `kernel.bus.topology` makes them.

    Since RabbitMQ 4.3 a topic permission of an exchange that is not there is refused, and a broker with it in
    `load_definitions` does not start.
    """
    names = sorted({name for login in logins() for name in login.topics})
    kind = {"type": "topic", "durable": True, "auto_delete": False, "internal": False, "arguments": {}}
    return [{"name": name, "vhost": virtual_host, **kind} for name in names]


def permissions(virtual_host: str = "/") -> dict[str, Any]:
    """What each login may do, as RabbitMQ's definitions say it."""
    return {
        "permissions": [
            {
                "user": login.name,
                "vhost": virtual_host,
                "configure": login.configure,
                "write": login.write,
                "read": login.read,
            }
            for login in logins()
        ],
        "topic_permissions": [
            {
                "user": login.name,
                "vhost": virtual_host,
                "exchange": exchange,
                "write": topics.write,
                "read": topics.read,
            }
            for login in logins()
            for exchange, topics in login.topics.items()
        ],
    }


def commands(virtual_host: str = "/") -> Iterator[str]:
    """The same for a person at the broker: lines of `rabbitmqctl`; `add_user` asks for the password."""
    # From a file: the rabbitmqctl of RabbitMQ 4.0.5 reads no definitions from standard input.
    yield f"{shlex.join(['echo', json.dumps({'exchanges': exchanges(virtual_host)})])} > {EXCHANGES_FILE}"
    yield shlex.join(["rabbitmqctl", "import_definitions", EXCHANGES_FILE])
    for login in logins():
        yield shlex.join(["rabbitmqctl", "add_user", login.name])
        expressions = (login.configure, login.write, login.read)
        yield shlex.join(["rabbitmqctl", "set_permissions", "-p", virtual_host, login.name, *expressions])
        for exchange, topics in login.topics.items():
            where = ["-p", virtual_host, login.name, exchange, topics.write, topics.read]
            yield shlex.join(["rabbitmqctl", "set_topic_permissions", *where])


def compose_text() -> str:
    """The definitions as `docker-compose.yml` holds them: passwords from the environment, `$` written twice."""
    text = json.dumps(definitions({owner: f"<{owner.upper()}>" for owner in OWNERS}), indent=1)
    return re.sub(r"<([A-Z]+)>", r"${\1_BROKER_PASSWORD:?run sh deploy/compose-secrets.sh}", text.replace("$", "$$"))


def _published(owner: str) -> list[str]:
    return sorted(_literal(event.TYPE) for event in PUBLISHES.get(owner, ()))


def _calls_and_replies(owner: str) -> list[str]:
    """Routing keys an owner publishes on the exchange of calls."""
    calls = [_literal(f"{called}.") + "[a-z_]+" for called in CALLS.get(owner, ())]
    callers = sorted(caller for caller, called in CALLS.items() if owner in called)
    return [*calls, *(_literal(reply_address_prefix(login_name(caller))) + _UNIQUE for caller in callers)]


def _literal(name: str) -> str:
    """A regular expression for exactly this text."""
    return re.sub(r"[^A-Za-z0-9_-]", r"[\g<0>]", name)


def _any(expressions: Iterable[str]) -> str:
    found = list(expressions)
    return f"^({'|'.join(found)})$" if found else NOTHING


_MARKERS = _literal(MARKER) + "[0-9a-f.]+"

if __name__ == "__main__":
    print(compose_text())  # what it is for
