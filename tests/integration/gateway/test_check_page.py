"""R10: what the writing check says stands beside the form, with and without script, and before the signer's eyes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from contracts.rpc.checks import CheckedField, Finding, Findings, Gravity, MutedRule, WritingRule, WritingRules
from contracts.rpc.intake import ReportPage
from contracts.vocabulary import DraftState, Role
from tests.factories.gateway_office import Office, Signed
from tests.factories.intake import ContentFactory
from tests.integration.gateway.test_console import TYPED, offered, refusing, send, unavailable

FINDING = Finding(
    rule="wrong-words", title_zh="错别字", title_en="wrong", gravity=Gravity.ERROR, field=CheckedField.BODY, start=0,
    end=2, words="布<署", why_zh="词语书写有误。", why_en="Wrong.", suggestion="部署",
)  # fmt: skip
FOUND = Findings(items=[FINDING], muted=2)


def checking(office: Office) -> Signed:
    office.calls.answers |= {
        "intake.check_text": lambda _: FOUND, "intake.list_reports": lambda _: ReportPage(items=[]),
    }  # fmt: skip
    return office.officer()


def asked(office: Office, method: str) -> list[Any]:
    return [call["request"] for call in office.calls.asked if call["method"] == method]


def test_R10_without_script_the_button_shows_the_findings_beside_everything_typed(office: Office) -> None:
    officer, key = checking(office), str(uuid4())
    page = send(officer, "/drafts/findings", **TYPED, key=key)
    assert (page.status_code, f'name="key" value="{key}"' in page.text, asked(office, "save_draft")) == (200, True, [])
    assert "停电时写的标题</" not in page.text
    assert [TYPED["title"] in page.text, "第二段 &lt;b&gt;" in page.text] == [True, True]
    assert ["布&lt;署" in page.text, "改为“部署”" in page.text, "已屏蔽 2 条" in page.text] == [True, True, True]
    assert [text.body for text in asked(office, "check_text")] == ["第一段。\n第二段 <b>&amp;</b>"]


def test_R10_the_script_gets_the_list_alone_and_a_word_while_intake_is_away(office: Office) -> None:
    officer = checking(office)

    def part() -> str:
        headers = {"HX-Request": "true", "X-CSRFToken": officer.headers["X-CSRFToken"]}
        return officer.client.post("/drafts/findings", data=TYPED, headers=headers).text

    assert ("错别字" in part(), "<form" in part()) == (True, False)
    office.calls.answers["intake.check_text"] = refusing(unavailable)
    assert "暂时不能检查，不影响保存和送签" in part()


def test_R10_the_signer_sees_the_findings_and_signs_all_the_same(office: Office) -> None:
    leader = office.sign_in(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    draft = offered(office, uuid4(), uuid4(), ContentFactory.development(), DraftState.OFFERED)
    office.calls.answers |= {"intake.get_draft": lambda _: draft, "intake.draft_findings": lambda _: FOUND}
    page = leader.get(f"/drafts/{draft.draft_id}").text
    assert ["写作检查：1 处" in page, "同意，签发并报送" in page] == [True, True]
    office.calls.answers["intake.draft_findings"] = refusing(unavailable)
    assert "同意，签发并报送" in leader.get(f"/drafts/{draft.draft_id}").text


def test_R10_everybody_sees_what_is_muted_and_why_the_leader_alone_has_the_buttons(office: Office) -> None:
    def rule(rule_id: str, muted: MutedRule | None) -> WritingRule:
        return WritingRule(
            rule_id=rule_id, title_zh="错别字", title_en="wrong", why_zh="词语有误。", why_en="Wrong.",
            gravity=Gravity.ERROR, kinds=[], muted=muted,
        )  # fmt: skip

    muted = MutedRule(reason="旧称沿用", by_name="李强", at=office.clock.now())
    rules = WritingRules(items=[rule("wrong-words", muted), rule("spaces", None)])
    office.calls.answers |= {
        "intake.list_writing_rules": lambda _: rules, "intake.mute_writing_rule": lambda _: rules.items[0],
    }  # fmt: skip
    leader = office.sign_in(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    for who, shown in ((office.officer(), False), (leader, True)):
        page = who.get("/writing-rules").text
        assert ["旧称沿用" in page, ">恢复</button>" in page, "为本单位屏蔽</button>" in page] == [True, shown, shown]
    assert send(leader, "/writing-rules/spaces/mute", reason="表格对齐").status_code == 303
    assert [(each.rule_id, each.reason) for each in asked(office, "mute_writing_rule")] == [("spaces", "表格对齐")]
