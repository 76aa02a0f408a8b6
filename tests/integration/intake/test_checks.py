"""R10: a text is checked against directory, day and mutes; a unit mutes with a reason; a finding refuses nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from contracts.rpc import checks as rpc
from contracts.rpc.directory import Post
from contracts.rpc.drafts import DraftId
from contracts.vocabulary import Kind, Role
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import HEXI, JINNAN, ContentFactory, PersonFactory, UnitFactory
from tests.integration.intake.conftest import Office

OFFICER, LEADER, STRANGER = PersonFactory.officer(), PersonFactory.leader(), PersonFactory.officer(JINNAN)
WRONG = "今年以来，河西区布署32项任务。"


def found(office: Office, who: Principal = OFFICER, **text: Any) -> rpc.Findings:
    findings: rpc.Findings = office.call("check_text", rpc.CheckText(**text), who)
    return findings


def rules(told: rpc.Findings) -> list[str]:
    return [each.rule for each in told.items]


def mute(office: Office, who: Principal = LEADER, rule_id: str = "wrong-words") -> rpc.WritingRule:
    request = rpc.MuteWritingRule(rule_id=rule_id, reason="旧称沿用")
    rule: rpc.WritingRule = office.call("mute_writing_rule", request, who)
    return rule


def unmute(office: Office, rule_id: str = "wrong-words") -> rpc.WritingRule:
    rule: rpc.WritingRule = office.call("unmute_writing_rule", rpc.WritingRuleId(rule_id=rule_id), LEADER)
    return rule


def test_R10_a_draft_with_findings_is_saved_and_offered_all_the_same(office: Office) -> None:
    urgent = ContentFactory.urgent().model_copy(update={"body": "近日，有关部门布署，，处置。"})
    draft = office.offer(office.save(urgent, OFFICER), OFFICER)
    findings = office.call("draft_findings", DraftId(draft_id=draft.draft_id), LEADER)
    assert set(rules(findings)) == {"vague-time", "vague-who", "wrong-words", "doubled-punctuation"}
    with pytest.raises(Refusal) as refused:
        office.call("draft_findings", DraftId(draft_id=draft.draft_id), STRANGER)
    assert refused.value.problem == "not-found"


def test_R10_names_are_held_against_the_directory_as_it_is_today(office: Office) -> None:
    office.call("record_unit", UnitFactory.bureau(name="市应急局"), PersonFactory.administrator())
    post = Post(unit_id=HEXI, role=Role.RESPONSIBLE_LEADER, title="办公室主任", valid_from=date(2020, 1, 1))
    person = PersonFactory.recorded(name="李强").model_copy(update={"posts": [post]})
    office.call("record_person", person, PersonFactory.administrator())
    told = found(office, body="今年，市应急管理局和副主任李强到场。")
    assert [(each.rule, each.words, each.suggestion) for each in told.items] == [
        ("unit-names", "市应急管理局", "市应急局"), ("posts", "副主任李强", None),
    ]  # fmt: skip
    assert rules(found(office, STRANGER, body="今年，副主任李强到场。")) == []  # other units' people are not told of


def test_R10_a_muted_rule_is_counted_for_its_unit_alone_and_shown_with_its_reason(office: Office) -> None:
    muted = mute(office)
    assert muted.muted is not None
    assert (muted.muted.reason, muted.muted.by_name, muted.muted.at) == ("旧称沿用", LEADER.name, office.clock.now())
    told = found(office, body=WRONG)
    assert (rules(told), told.muted) == ([], 1)
    assert rules(found(office, STRANGER, body=WRONG)) == ["wrong-words"]
    listed = office.call("list_writing_rules", rpc.ListWritingRules(), OFFICER).items
    assert [each.rule_id for each in listed if each.muted] == ["wrong-words"]
    assert unmute(office).muted is None
    assert rules(found(office, body=WRONG)) == ["wrong-words"]


def test_R10_only_the_responsible_leader_mutes_once_and_only_rules_that_exist(office: Office) -> None:
    acts = [lambda: mute(office, OFFICER), lambda: mute(office, rule_id="none"), lambda: unmute(office)]
    said = []
    for act in acts:
        with pytest.raises(Refusal) as refused:
            act()
        said.append(refused.value.problem)
    assert said == ["forbidden", "not-found", "conflict"]


def test_R10_of_two_leaders_who_mute_at_once_one_is_told_that_it_is_done(office: Office) -> None:
    def answer(_turn: int) -> str:
        try:
            mute(office, PersonFactory.leader(name=f"负责人{new_id()}"))
        except Refusal as refusal:
            return refusal.problem
        return "muted"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, range(2))) == ["conflict", "muted"]


def test_R10_the_kind_of_the_text_decides_which_rules_look(office: Office) -> None:
    assert rules(found(office, kind=Kind.URGENT_FIRST, body="近日，一商户发生火灾。")) == ["vague-time"]
    assert rules(found(office, kind=Kind.DEVELOPMENT, body="近日，一商户开展演练。")) == []
