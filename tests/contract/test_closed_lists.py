"""Closed lists: whoever adds to one side learns here of the other."""

from __future__ import annotations

import importlib
import re

import pytest

from contracts.events.evidence import CheckpointDeclared
from contracts.problems import PROBLEMS
from contracts.services import RPC
from contracts.topology import CONSUMES, PUBLISHES, UNCONSUMED, event_types
from deploy.layout import KEY_NAMES, PROCESSES
from deploy.metrics_page import SERVICES
from deploy.settings_page import PAGE, settings_page
from gateway.console.secrecy import MESSAGES
from tests.contract.source import ROOT

GRAMMAR = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
"""`<noun>.<past participle>`, as stated in contracts/events/gateway.py."""
IRREGULAR = frozenset({"given", "kept", "met", "seen", "undone", "withdrawn"})
PARTICLES = ("_over", "_up")
"""Belong to the verb: handed over, passed up."""
NOT_YET_PAST = {"deadline.approaching": "tells of a moment before the fact, which is the whole point of it"}
CONSUMED = frozenset(name for names in CONSUMES.values() for name in names)


@pytest.mark.parametrize("name", sorted(event_types()))
def test_an_event_type_is_a_noun_and_a_past_participle(name: str) -> None:
    assert GRAMMAR.fullmatch(name)
    verb = name.rpartition(".")[2]
    for particle in PARTICLES:
        verb = verb.removesuffix(particle)
    participle = verb.rpartition("_")[2]
    assert participle.endswith("ed") or participle in IRREGULAR or name in NOT_YET_PAST


def test_every_event_has_a_consumer_or_a_written_exemption() -> None:
    assert event_types().keys() - CONSUMED == UNCONSUMED.keys()


def test_R16_the_page_of_a_raised_class_names_in_chinese_whatever_people_may_have_been_told() -> None:
    assert MESSAGES.keys() == {folder.name for folder in (ROOT / "services/notify/templates").iterdir()}


def test_every_consumed_event_is_published_by_somebody() -> None:
    assert CONSUMED - event_types().keys() == frozenset()


def test_only_deadlines_and_checkpoints_have_several_publishers() -> None:
    names = [event.TYPE for events in PUBLISHES.values() for event in events]
    doubled = {name for name in names if names.count(name) > 1}
    assert {name.partition(".")[0] for name in doubled} <= {"deadline", "checkpoint"}


@pytest.mark.parametrize("service", sorted(RPC))
def test_every_service_handles_exactly_what_the_contracts_say(service: str) -> None:
    module = importlib.import_module(f"services.{service}.service")
    kind = getattr(module, f"{service.capitalize()}Service")
    importlib.import_module("kernel.service").entries(kind)


def test_every_service_of_the_contracts_is_a_process_with_a_key() -> None:
    assert set(RPC) | {"gateway"} == set(KEY_NAMES)
    assert {process.name for process in PROCESSES} == set(RPC) | {"gateway", "courier"}


def test_every_setting_is_documented() -> None:
    assert PAGE.read_text() == settings_page(), "run: python -m deploy.settings_page"


@pytest.mark.parametrize("key", sorted(PROBLEMS))
def test_every_problem_says_in_both_languages_what_to_do(key: str) -> None:
    problem = PROBLEMS[key]
    assert 400 <= problem.status < 600
    assert all((problem.title_zh, problem.title_en, problem.remedy_zh, problem.remedy_en))


ROOMS = "contracts|kernel|services|gateway|clients|deploy|tests|docs|benchmarks|examples|fonts"
PATH = re.compile(rf"(?<![\w/.])(?:{ROOMS})/[\w./*-]+")


def documents() -> list[str]:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return sorted(str(page.relative_to(ROOT)) for page in pages)


@pytest.mark.parametrize("page", documents())
def test_every_path_named_in_the_documents_exists(page: str) -> None:
    named = {match.rstrip("./") for match in PATH.findall((ROOT / page).read_text())}
    assert [path for path in sorted(named) if not list(ROOT.glob(path))] == []


@pytest.mark.parametrize("page", documents())
def test_every_link_between_documents_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", (ROOT / page).read_text())
    assert [target for target in targets if not (ROOT / page).parent.joinpath(target).exists()] == []


def test_no_two_decisions_bear_one_number() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs/decisions").glob("*.md"))]
    assert [number for number in numbers if numbers.count(number) > 1] == []


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_access9_every_owner_of_a_database_tells_its_checkpoint_daily(name: str) -> None:
    assert [entry.name for entry in SERVICES[name].schedule].count("declare checkpoint") == 1
    assert CheckpointDeclared in PUBLISHES[SERVICES[name].name]
