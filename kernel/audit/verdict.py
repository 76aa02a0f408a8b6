"""What a verification found, in numbers and in words."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["intact", "tampered", "unknown"]


@dataclass(frozen=True)
class Reason:
    """Why something cannot be as it was written."""

    zh: str
    en: str


@dataclass(frozen=True)
class Finding:
    """The first thing in a lane, or among the checkpoints, that contradicts the rest or a witness."""

    what: Literal["entry", "checkpoint"]
    lane: int | None
    """None for a checkpoint."""
    number: int
    reason: Reason

    def zh(self) -> str:
        place = f"第{self.lane}道第{self.number}条" if self.what == "entry" else f"第{self.number}号检查点"
        return f"{place}：{self.reason.zh}"

    def en(self) -> str:
        place = f"lane {self.lane}, entry {self.number}" if self.what == "entry" else f"checkpoint {self.number}"
        return f"{place}: {self.reason.en}"


@dataclass(frozen=True)
class Verdict:
    """The answer of `verify`."""

    status: Status
    service: str
    findings: tuple[Finding, ...] = ()
    """At most one per lane (its first bad entry) and one for the checkpoints; entries first, by lane and number."""
    entries: int = 0
    checkpoints: int = 0
    witnesses: int = 0
    """Documents held outside that speak of this database."""
    witnessed_checkpoint: int | None = None
    """The newest checkpoint held outside."""
    not_witnessed: int = 0
    """Entries after everything held outside: an edit would show, a cut would not."""
    unknown: Reason | None = None
    """Why nothing can be said, when the status is unknown."""

    @property
    def first_bad(self) -> Finding | None:
        return self.findings[0] if self.findings else None

    @property
    def exit_status(self) -> int:
        """0 intact, 1 tampered, 2 cannot say."""
        return {"intact": 0, "tampered": 1, "unknown": 2}[self.status]

    def document(self) -> dict[str, Any]:
        """JSON-ready, for `--json`."""
        return {
            **asdict(self),
            "first_bad": asdict(self.first_bad) if self.first_bad else None,
            "message_zh": self.zh(),
            "message_en": self.en(),
        }

    def zh(self) -> str:
        """A few lines for people, with what to do next."""
        if self.unknown:
            return f"无法判断：{self.unknown.zh}"
        if self.findings:
            lines = [
                f"证据已被改动（{self.service}）。最早不符之处：",
                *(f"  {finding.zh()}" for finding in self.findings),
            ]
            return "\n".join([*lines, *_REMEDY_ZH])
        counted = f"证据完整（{self.service}）：核对 {self.entries} 条记录、{self.checkpoints} 个检查点，未见改动。"
        return f"{counted}\n{self._since_zh()}"

    def en(self) -> str:
        """The same in English."""
        if self.unknown:
            return f"Cannot say: {self.unknown.en}"
        if self.findings:
            lines = [
                f"The evidence of {self.service} has been changed. First contradiction:",
                *(f"  {finding.en()}" for finding in self.findings),
            ]
            return "\n".join([*lines, *_REMEDY_EN])
        counted = f"Intact ({self.service}): {self.entries} entries and {self.checkpoints} checkpoints agree."
        return f"{counted}\n{self._since_en()}"

    def _since_zh(self) -> str:
        if not self.witnesses:
            return "未提供外部见证，不能排除末尾被整体截去：请用 --against 指定回执或检查点文件所在目录再核对一次。"
        newest = f"第{self.witnessed_checkpoint}号检查点" if self.witnessed_checkpoint else "所持回执"
        return (
            f"已与 {self.witnesses} 份外部文件一致；自{newest}以来尚无外部见证：其后现有 {self.not_witnessed} 条记录，"
            "若其后有记录被截去，凭现有文件无法发现。"
        )

    def _since_en(self) -> str:
        if not self.witnesses:
            return (
                "Nothing held outside was given, so a cut at the end cannot be excluded: "
                "verify again with --against and the folder of receipts or checkpoint files."
            )
        newest = f"checkpoint {self.witnessed_checkpoint}" if self.witnessed_checkpoint else "the receipts held"
        return (
            f"Agrees with {self.witnesses} documents held outside; not witnessed since {newest}: "
            f"{self.not_witnessed} entries follow, and a cut among what followed could not be seen."
        )


_REMEDY_ZH = (
    "处理：保留现场，不要修复数据库；另行导出一份副本，通知审计管理员和安全管理员；",
    "与最近的备份逐条比对上述记录。如刚恢复过旧备份，备份之后的记录会显示为缺失，应以各单位所持回执为准补录；",
    "如更换过密钥，请把旧公钥放回密钥目录后重新核对。",
)
_REMEDY_EN = (
    "What to do: leave the database as it is and do not repair it; take a copy and tell the audit and the security",
    "administrator; compare the entries above with the newest backup. After an old backup was restored, what came",
    "later shows as missing: enter it again from the receipts the units hold. If a key was replaced, put its old",
    "public key back into the folder of keys and verify again.",
)
