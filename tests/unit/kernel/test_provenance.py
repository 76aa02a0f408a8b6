"""Who may speak for whom: principals by their keys, events by their sources (access.md 6)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kernel.assembly import Assembly
from kernel.clock import SystemClock
from kernel.envelope import Envelope
from kernel.errors import BadMessage
from kernel.ids import new_id
from kernel.inbox import Incoming
from kernel.principal import Keyring, Principal, UntrustedPrincipal, system_principal
from kernel.provenance import Provenance
from kernel.testing import keyring_for, test_settings
from tests.support import toy

NOW = SystemClock().now()
CHIEF = Principal("system:toy", "system:toy", None, frozenset({"system", "chief_editor"}))


def _signed(key: str, principal: Principal) -> str:
    return keyring_for(key).sign(principal, NOW - timedelta(days=3650))


def _event(**changes: Any) -> Envelope:
    fresh = {
        "id": new_id(), "source": "/chengbao/elsewhere", "type": "thing.counted", "subject": "1", "time": NOW,
        "subjectversion": 1, "correlationid": new_id(), "principal": _signed("gateway", toy.CLERK), "data": {},
    }  # fmt: skip
    return Envelope(**(fresh | changes))


def _check(envelope: Envelope) -> None:
    Provenance(keyring_for("toy"), toy.PUBLISHES).check(envelope)


@pytest.mark.parametrize(
    ("key", "principal"),
    [
        ("toy", CHIEF),
        ("toy", Principal("system:toy", "张三", None, frozenset({"system"}))),
        ("toy", system_principal("elsewhere")),
        ("toy", toy.CLERK),
        ("gateway", system_principal("elsewhere")),
        ("gateway", Principal("system:gateway", "system:gateway", None, frozenset({"chief_editor"}))),
    ],
)
def test_a_key_speaks_for_its_own_system_principal_alone(key: str, principal: Principal) -> None:
    with pytest.raises(UntrustedPrincipal, match="may not speak"):
        keyring_for("toy").verify(_signed(key, principal), None)


@pytest.mark.parametrize(
    ("key", "principal"),
    [("toy", system_principal("toy")), ("gateway", toy.CLERK), ("gateway", system_principal("gateway"))],
)
def test_a_key_speaks_for_those_it_may(key: str, principal: Principal) -> None:
    assert keyring_for("toy").verify(_signed(key, principal), None) == principal


@pytest.mark.parametrize(
    ("key", "principal"),
    [
        ("gateway", toy.CLERK),
        ("gateway", system_principal("gateway")),
        ("elsewhere", system_principal("elsewhere")),
    ],
)
def test_an_event_in_the_name_of_a_person_or_of_its_source_is_taken_however_old(key: str, principal: Principal) -> None:
    _check(_event(principal=_signed(key, principal)))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"principal": ""}, "not signed by a known key"),
        ({"principal": _signed("elsewhere", toy.CLERK)}, "may not speak for"),
        ({"principal": _signed("toy", system_principal("toy"))}, "system:toy may not speak in an event"),
        ({"source": "/chengbao/toy"}, "does not publish thing.counted"),
        ({"source": "elsewhere-else"}, "does not publish thing.counted"),
        ({"type": "thing.recorded"}, "does not publish thing.recorded"),
    ],
)
def test_an_event_of_another_origin_is_a_bad_message(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(BadMessage, match=reason):
        _check(_event(**changes))


def test_a_service_process_holds_events_against_the_topology(tmp_path: Path) -> None:
    Keyring.create("toy", tmp_path)
    settings = test_settings("postgresql://nobody:x@127.0.0.1:1/none", keys_dir=tmp_path)
    assembly = Assembly(toy.ToyService, settings, toy)  # type: ignore[arg-type]  # a module

    with pytest.raises(BadMessage, match=r"does not publish thing\.counted"):
        assembly.inbox.read(Incoming(_event(source="/chengbao/toy").model_dump_json().encode()))


def test_an_event_signed_by_a_key_nobody_knows_is_a_bad_message() -> None:
    stranger = Keyring("gateway", keyring_for("stranger").private_key, {})
    with pytest.raises(BadMessage, match="not signed by a known key"):
        _check(_event(principal=stranger.sign(toy.CLERK, NOW, None)))
