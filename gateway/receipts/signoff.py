"""Who wrote and who signs: the last step before a document goes up (notice 二(四), 五(一)).

Nobody signs his own draft; the signer holds the post of responsible leader, or is its dated deputy, on the day; the
unit is that of the account or client, never one from the body.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Strict, Text
from contracts.receipts import digest
from contracts.rpc.content import Content
from contracts.rpc.fields import Name
from contracts.vocabulary import REFERRING, Kind, Role, Secrecy, SignOffMethod
from gateway.identity.identity import Identity
from gateway.model.directory import HeldPost, nearest_off, signing_post
from kernel.errors import Forbidden, Invalid, NotFound, Refusal, StaleVersion
from kernel.principal import Keyring, UntrustedPrincipal


class OwnDraft(Refusal):
    """The author may not sign."""

    problem = "own-draft"


class ForeignOffer(NotFound):
    """The seal is genuine and stands under another unit's draft."""

    def __init__(self, draft_id: UUID) -> None:
        super().__init__("未找到该稿件。", "No such draft.", pointer="/offer_token")
        self.draft_id = draft_id


class SubmitReport(Strict):
    """The sign-off act: the content as the signer saw it. In person with `offer_token`; a unit's API client that is
    allowed to attest states author and signer instead."""

    content: Content
    offer_token: Text | None = Field(default=None, max_length=4_000)
    author_id: UUID | None = None
    author_name: Name | None = None
    signer_id: UUID | None = None
    attempts: list[Instant] = Field(
        default_factory=list, max_length=50, exclude=True,
        description="when the sender tried before, as it says itself; kept as evidence, decides nothing",
    )
    """Excluded from every dump: a repeat that tells of more attempts is still the same body (0079)."""


@dataclass(frozen=True)
class Offer:
    """What intake sealed when the draft was offered."""

    draft_id: UUID
    version: int
    unit_id: UUID
    author_id: UUID
    author_name: str
    content_hash: str


@dataclass(frozen=True)
class Signing:
    """An act of signing before the signer's post is known."""

    method: SignOffMethod
    unit_id: UUID
    signer_id: UUID
    author_id: UUID | None
    author_name: str | None
    offer: Offer | None


def intended_signing(identity: Identity, act: SubmitReport, keyring: Keyring) -> Signing:
    """Who signs whose text, by what the request alone tells. Raises a refusal."""
    offer = _read_offer(act, keyring)
    if offer and offer.unit_id != identity.principal.unit_id:
        raise ForeignOffer(offer.draft_id)
    check_content(act.content)
    if offer and digest(act.content.document()) != offer.content_hash:
        raise StaleVersion(
            "签发的内容与送签稿不一致，可能已被修改。",
            "The content is not the one that was offered; it may have changed.",
            pointer="/content",
        )
    signing = _attested(identity, act, offer) if identity.is_client else _in_person(identity, act, offer)
    if signing.author_id == signing.signer_id:
        raise OwnDraft("您是这篇稿件的作者，不能由本人签发。", "You wrote this draft; another leader must sign it.")
    return signing


def _in_person(identity: Identity, act: SubmitReport, offer: Offer | None) -> Signing:
    if offer is None:
        raise Invalid(
            "本人签发须附送签凭据 offer_token。", "A sign-off in person needs the draft's offer_token.",
            pointer="/offer_token",
        )
    for name in ("author_id", "author_name", "signer_id"):
        if getattr(act, name) is not None:
            raise Invalid(
                "作者与签发人由送签凭据和登录身份确定，不得另行填写。",
                "Author and signer are known from the offer and the sign-in; do not state them.",
                pointer=f"/{name}",
            )
    signer = identity.principal.person_id
    return Signing(SignOffMethod.SESSION, offer.unit_id, signer, offer.author_id, offer.author_name, offer)


def _attested(identity: Identity, act: SubmitReport, offer: Offer | None) -> Signing:
    unit_id = identity.principal.unit_id
    if not identity.attested or unit_id is None:
        raise Forbidden(
            "该接口客户端未获准代报签发，请联系安全管理员。",
            "This API client is not allowed to attest sign-offs; ask the security administrator.",
        )
    if act.signer_id is None:
        raise Invalid("代报须写明签发人 signer_id。", "An attested report states its signer_id.", pointer="/signer_id")
    author_id, author_name = act.author_id, act.author_name
    if offer:
        if author_id not in (None, offer.author_id):
            raise Invalid(
                "作者与送签凭据不一致。", "The author is not the one of the offer.", pointer="/author_id"
            )
        author_id, author_name = offer.author_id, offer.author_name
    if author_id is None and author_name is None:
        raise Invalid(
            "代报须写明作者 author_id 或 author_name。", "An attested report states author_id or author_name.",
            pointer="/author_name",
        )
    return Signing(SignOffMethod.ATTESTED, unit_id, act.signer_id, author_id, author_name, offer)


def _read_offer(act: SubmitReport, keyring: Keyring) -> Offer | None:
    """The offer that the token seals. Raises `Invalid`."""
    if act.offer_token is None:
        return None
    try:
        claims = keyring.unseal(act.offer_token, "intake")
        return Offer(
            UUID(claims["draft_id"]), int(claims["version"]), UUID(claims["unit_id"]), UUID(claims["author_id"]),
            str(claims["author_name"]), str(claims["content_hash"]),
        )
    except (UntrustedPrincipal, KeyError, ValueError, TypeError) as error:
        raise Invalid(
            "送签凭据无效，请重新打开稿件。", "The offer_token is not genuine; open the draft again.",
            pointer="/offer_token",
        ) from error


def check_post(signing: Signing, signer_name: str | None, posts: list[HeldPost], today: date) -> HeldPost:
    """The post the signer signs by, of all he has had. Raises `Forbidden` or, for a stated signer, `Invalid`."""
    post = signing_post([post for post in posts if post.valid_on(today)], signing.unit_id)
    if post is not None and signer_name is not None:
        return post
    leading = [post for post in posts if post.role is Role.RESPONSIBLE_LEADER and post.unit_id == signing.unit_id]
    off = nearest_off(leading, today)
    if off is not None:
        raise _off_day(signing, *off.off_day(today))
    if signing.method is SignOffMethod.SESSION:
        raise Forbidden(
            "您目前不在本单位分管负责人（或有效期内代理人）岗位上，不能签发。",
            "You do not hold the post of responsible leader, or its dated deputy, in this unit today.",
        )
    raise Invalid(
        "签发人不在本单位分管负责人（或有效期内代理人）岗位上。",
        "The signer does not hold the post of responsible leader, or its dated deputy, in this unit today.",
        pointer="/signer_id", about=("signer_id", signing.signer_id),
    )


def _off_day(signing: Signing, zh: str, en: str) -> Refusal:
    if signing.method is SignOffMethod.SESSION:
        return Forbidden(f"您的{zh}，今天不能签发。", f"Your post of responsible leader {en}; you cannot sign today.")
    return Invalid(
        f"签发人的{zh}，今天不能签发。", f"The signer's post of responsible leader {en}.", pointer="/signer_id"
    )


_NEEDED: dict[Kind, tuple[str, ...]] = {
    Kind.URGENT_FIRST: ("severity", "occurred_at"),
    Kind.URGENT_FOLLOW_UP: ("follows_report_id",),
    Kind.URGENT_FINAL: ("follows_report_id",),
    Kind.FEEDBACK: ("assignment_id",),
    **dict.fromkeys(REFERRING, ("reference",)),
}
"""What a kind cannot do without: the urgent clock starts at the occurrence, a follow-up belongs to a chain, feedback
answers an assignment, other answers name what they answer."""


def check_content(content: Content) -> None:
    """Rules of the kind and of secrecy. Raises `Invalid`."""
    for name in _NEEDED.get(content.kind, ()):
        if getattr(content, name) is None:
            label = content.kind.label
            raise Invalid(
                f"{label}必须填写 {name}。", f"A document of kind {content.kind} needs {name}.",
                pointer=f"/content/{name}",
            )
    if content.amendment is not None and content.report_id is None:
        raise Invalid(
            "更正或撤回须写明对象 report_id。", "A correction or withdrawal names the report: report_id.",
            pointer="/content/report_id",
        )
    if content.secrecy is not Secrecy.UNCLASSIFIED:
        raise Invalid(
            "本系统目前只接收非密信息，涉密信息请按保密规定报送。",
            "Only unclassified content is accepted here; send classified content by the prescribed way.",
            pointer="/content/secrecy",
        )
