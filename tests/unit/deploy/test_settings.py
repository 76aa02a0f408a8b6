"""What `chengbao settings` shows: every variable, and no secret."""

from __future__ import annotations

from deploy.operations.settings import HIDDEN, settings_of
from kernel.settings import Settings

GIVEN = {
    "CHENGBAO_DATABASE_URL": "postgresql://chengbao_intake:p@ss:w/rd@127.0.0.1:5432/chengbao_intake",
    "CHENGBAO_SMTP_URL": "smtp://mailer:geheim@mail.example:25?from=office@city.example",
    "CHENGBAO_PREFETCH": "50",
}


def test_every_setting_is_listed_with_its_meaning() -> None:
    found = settings_of({})
    assert [one.variable for one in found] == [f"CHENGBAO_{name.upper()}" for name in Settings.model_fields]
    assert all(one.meaning for one in found)


def test_the_present_value_stands_beside_the_default() -> None:
    found = {one.variable: one for one in settings_of(GIVEN)}
    assert (found["CHENGBAO_PREFETCH"].value, found["CHENGBAO_PREFETCH"].default) == ("50", "200")
    assert found["CHENGBAO_LOG_LEVEL"].value is None


def test_a_password_is_hidden_and_the_rest_of_the_address_is_not() -> None:
    found = {one.variable: one.value for one in settings_of(GIVEN)}
    assert found["CHENGBAO_DATABASE_URL"] == f"postgresql://chengbao_intake:{HIDDEN}@127.0.0.1:5432/chengbao_intake"


def test_a_secret_setting_is_hidden_whole() -> None:
    found = {one.variable: one.value for one in settings_of(GIVEN)}
    assert found["CHENGBAO_SMTP_URL"] == f"smtp://{HIDDEN}"
