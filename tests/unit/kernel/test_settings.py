"""Settings come from the environment; what is wrong is told at once and in full."""

from __future__ import annotations

import os

import pytest

from kernel.settings import Settings, WrongSettings, load_settings, misspelt

GOOD = {
    "CHENGBAO_DATABASE_URL": "postgresql://toy:secret@127.0.0.1:5432/toy",
    "CHENGBAO_BROKER_URL": "amqp://toy:secret@127.0.0.1:5672/%2F",
    "CHENGBAO_KEYS_DIR": "/keys",
    "CHENGBAO_FILES_DIR": "/files",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a process that is set up well, and nothing of this machine's."""
    for name in [name for name in os.environ if name.startswith("CHENGBAO_")]:
        monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_settings_are_read_from_the_environment() -> None:
    assert load_settings().database_url == GOOD["CHENGBAO_DATABASE_URL"]


def test_wrong_settings_are_all_named_at_once_and_their_values_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {
        "CHENGBAO_METRICS_PORT": "70000", "CHENGBAO_PREFETCH": "many", "CHENGBAO_RETRY_PAUSES": "secret",
        "CHENGBAO_LOG_LEVEL": "loud", "CHENGBAO_POOL_SIZE": "0",
    }  # fmt: skip
    for name, value in wrong.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CHENGBAO_BROKER_URL")

    with pytest.raises(WrongSettings) as caught:
        load_settings()

    named = {line.strip().partition(":")[0] for line in str(caught.value).splitlines()[1:]}
    assert named == {*wrong, "CHENGBAO_BROKER_URL"}
    assert "secret" not in str(caught.value)


def test_a_misspelt_variable_is_named_with_the_one_that_was_meant_and_nothing_else_is() -> None:
    others = ("URL", "TOKEN", "ROOT", "PASSWORD", "LOGIN", "OUTBOX", "FAULTS", "FAULTS_SEED", "ADMIN_DATABASE_URL")
    right = GOOD | {f"CHENGBAO_{name}": "x" for name in others}
    right |= {f"CHENGBAO_{name.upper()}": "x" for name in Settings.model_fields}
    assert misspelt(right) == {}
    wrong = {"CHENGBAO_WEBHOOK_HOST": "x", "CHENGBAO_PREFTCH": "3", "PREFETCHES": "3"}
    assert misspelt(right | wrong) == {
        "CHENGBAO_WEBHOOK_HOST": "CHENGBAO_WEBHOOK_HOSTS", "CHENGBAO_PREFTCH": "CHENGBAO_PREFETCH",
    }  # fmt: skip
