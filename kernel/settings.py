"""Settings of every process, from environment variables `CHENGBAO_*`; `chengbao settings` prints this table."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "CHENGBAO_"


class WrongSettings(Exception):
    """One or more CHENGBAO_ variables have unusable values; the message names all of them at once."""


class Settings(BaseSettings):
    """What a process needs to know. Every field is the variable `CHENGBAO_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    database_url: str = Field(
        description="PostgreSQL database of this service: postgresql://user:password@host:port/name",
    )
    broker_url: str = Field(
        description="Bus: amqp://user:password@host:port/vhost (RabbitMQ) or pgbus://... (the embedded bus)",
    )
    keys_dir: Path = Field(description="Folder with this process's private key and everybody's public keys")
    files_dir: Path = Field(description="Folder for files kept beside the database: bulletins, attachments")
    font_dir: Path | None = Field(
        default=None,
        description="Folder with the office's own official fonts, used before the free ones (fonts/README.md)",
    )
    calendar_dir: Path = Field(
        default=Path("deploy/calendar"),
        description="Folder with files <year>.yaml of holidays: years that are not built in, and corrections (review)",
    )
    time_limits_file: Path | None = Field(
        default=None,
        description="File with the city's own time limits for urgent information, read by intake at its start "
        "(examples/time-limits/README.md); without it the notice's 3 hours",
    )
    report_structures_file: Path | None = Field(
        default=None,
        description="File with the city's own outlines of kinds of report, read by intake at its start "
        "(services/intake/rules/report-structures.yaml says what it may hold)",
    )
    writing_rules_file: Path | None = Field(
        default=None,
        description="File with the city's own rules of the writing check, read and tried by intake at its start "
        "(docs/operators/writing-rules.md); without it the product's",
    )
    clock_file: Path | None = Field(
        default=None,
        description="File with the number of seconds the clock is moved by (demo and replay only)",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged")
    metrics_host: str = Field(
        default="127.0.0.1", description="Address /metrics listens on; 0.0.0.0 inside a container"
    )
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port of /metrics of a service; 0 for none")
    prefetch: int = Field(default=200, ge=1, le=5000, description="Events handled in one batch at the most")
    pool_size: int = Field(default=10, ge=1, le=200, description="Database connections of one process at the most")
    retry_pauses: str = Field(
        default="1,5,30,120,600",
        pattern=r"^\d+(\.\d+)?(,\d+(\.\d+)?)*$",
        description="Pauses in seconds between tries of a failing event; after the last it is parked",
    )
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server: smtp[s]://user:password@host:port?from=address; without it mail is captured",
    )
    smpp_url: SecretStr | None = Field(
        default=None,
        description="SMS centre: smpp://system_id:password@host:port?source=number; without it SMS are captured",
    )
    requests_per_minute: int = Field(
        default=1200,
        ge=60,
        description="Requests a caller, and reports a unit, may send each gateway worker a minute; more get 429",
    )
    administrators_need_codes: bool = Field(
        default=False,
        description="Whether system, security and audit administrators must sign in with one-time codes too",
    )
    webhook_hosts: str = Field(
        default="",
        description="Hosts that webhooks may call, separated by commas: hook.example, http://10.2.3.4:8080; and"
        " networks (10.2.0.0/16) for addresses that are not public. Empty: nothing is called",
    )
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?$",
        description="Address under which people reach the gateway, https://...; links in mails, SMS, webhooks begin so",
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=10,
        description="Proxies before the gateway whose X-Forwarded-For and -Proto are believed; they keep Host",
    )
    acknowledgement_minutes: int = Field(
        default=5, ge=1, le=120,
        description="Minutes an urgent report waits for the duty officer's acknowledgement before the next is called",
    )
    scanner: str = Field(
        default="none",
        pattern=r"^(none|tcp://[^/\s:]+:\d{1,5}|unix:///\S+)$",
        description="Scanner that attachments are shown to: none, or ClamAV's clamd at tcp://host:port or unix:///path",
    )
    finding_reply_working_days: int = Field(
        default=5, ge=1, le=60,
        description="Working days a unit has to reply to a finding proposed against it (review)",
    )
    claim_minutes: int = Field(
        default=30, ge=1, le=1440,
        description="Minutes an editor's claim on a report lasts after his last act on it; then others may take over",
    )
    duty_phone: str = Field(default="", description="Duty telephone shown when the gateway cannot take a report")


def load_settings() -> Settings:
    """Read the environment. Raises `WrongSettings` naming every wrong variable at once."""
    try:
        return Settings()  # pydantic fills the fields from the environment
    except ValidationError as error:
        lines = [
            f"CHENGBAO_{'_'.join(str(part) for part in problem['loc']).upper()}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise WrongSettings("wrong settings:\n  " + "\n  ".join(lines)) from error


def misspelt(environment: Mapping[str, str]) -> dict[str, str]:
    """Variables that look like one of ours and are none, each with the one that was probably meant: nothing reads
    them, so that whoever set them waits for an effect in vain."""
    known = [name.upper() for name in Settings.model_fields]
    given = (name.removeprefix(PREFIX) for name in sorted(environment) if name.startswith(PREFIX))
    near = {name: get_close_matches(name, known, n=1, cutoff=0.85) for name in given if name not in known}
    return {PREFIX + name: PREFIX + found[0] for name, found in near.items() if found}
