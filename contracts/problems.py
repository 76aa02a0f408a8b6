"""Problem types (RFC 9457) every caller may meet; the key is the last part of the problem's `type` address."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One problem type: HTTP status, titles, and what the caller can do."""

    status: int
    title_zh: str
    title_en: str
    remedy_zh: str
    remedy_en: str


PROBLEMS: dict[str, Problem] = {
    "invalid": Problem(
        422, "内容不符合要求", "Invalid content",
        "请按 pointer 所指字段的说明更正后重新提交。", "Correct the field named by pointer and send again.",
    ),
    "malformed": Problem(
        400, "请求无法解析", "Malformed request",
        "请检查请求体是否为合法的 UTF-8 JSON。", "Send well-formed UTF-8 JSON.",
    ),
    "unsupported-media-type": Problem(
        415, "不支持的内容类型", "Unsupported media type",
        "请使用 Content-Type: application/json。", "Send Content-Type: application/json.",
    ),
    "too-large": Problem(
        413, "请求体过大", "Request too large",
        "请精简内容后重新提交。", "Shorten the content and send again.",
    ),
    "attachment-too-large": Problem(
        413, "附件过大", "Attachment too large",
        "请压缩、缩小或分开后再上传。", "Make the file smaller or part it, then upload it again.",
    ),
    "attachment-type": Problem(
        415, "不收此类文件", "Type of file not taken",
        "请转存为可收的类型（PDF、OFD、docx、xlsx、pptx、txt、csv、png、jpg、mp4）后上传。",
        "Save it as a type that is taken: PDF, OFD, docx, xlsx, pptx, txt, csv, png, jpg, mp4.",
    ),
    "attachment-refused": Problem(
        422, "附件未通过检查", "Attachment refused",
        "请按说明处理文件后重新上传；文件未保存。",
        "Mend the file as the detail says and upload it again; it was not kept.",
    ),
    "unauthenticated": Problem(
        401, "未登录或凭据无效", "Not authenticated",
        "请重新登录，或检查接口密钥。", "Sign in again or check the API token.",
    ),
    "code-required": Problem(
        401, "需要验证码", "One-time code required",
        "请在 code 中填写手机验证码或一个恢复码后重新登录。",
        "Sign in again with code: the telephone's one-time code, or a recovery code.",
    ),
    "factor-required": Problem(
        403, "须先设置两步验证", "Second factor required",
        "请先在“两步验证”页（或 POST /v1/sessions/current/second-factor）设置。",
        "Set it up first, on its page or by POST /v1/sessions/current/second-factor.",
    ),
    "forbidden": Problem(
        403, "无权进行此操作", "Forbidden",
        "原因见说明；确属缺少角色、岗位的，请联系安全管理员。",
        "The detail says why; where a role or post is missing, ask the security administrator.",
    ),
    "own-draft": Problem(
        403, "不得签发本人起草的信息", "Author cannot sign",
        "请由分管负责人或其代理人签发。", "Let the responsible leader or the dated deputy sign.",
    ),
    "scope-missing": Problem(
        403, "缺少权限范围", "Scope missing",
        "请安全管理员为该接口客户端开通 scope 所指的权限范围。",
        "Ask the security administrator to give the client this scope.",
    ),
    "address-refused": Problem(
        403, "来源地址不在允许范围", "Address not allowed",
        "请从允许的地址调用，或请安全管理员把 address 所指的地址加入名单。",
        "Call from an allowed address, or ask the security administrator to add the address named by address.",
    ),
    "trial-key": Problem(
        403, "试报密钥不能用于此操作", "Trial keys cannot do this",
        "试报密钥只用于对接测试；正式报送请使用正式密钥。", "A trial key is for tests; use a real token for real work.",
    ),
    "cross-site": Problem(
        403, "请求来源校验失败", "Cross-site request refused",
        "请刷新页面后重试。", "Reload the page and try again.",
    ),
    "not-found": Problem(
        404, "未找到", "Not found",
        "请核对编号；无权查看的内容同样显示为未找到。", "Check the identifier; what you may not see answers alike.",
    ),
    "method-not-allowed": Problem(
        405, "不支持的请求方法", "Method not allowed",
        "请查阅接口文档。", "See the API document for the methods of this address.",
    ),
    "conflict": Problem(
        409, "当前状态不允许此操作", "Conflicting state",
        "请刷新后按当前状态处理。", "Read it again and act on its present state.",
    ),
    "already-signed": Problem(
        409, "该稿件已签发", "Already signed",
        "请在“我的报送”中查看回执。", "See its receipt among your reports.",
    ),
    "not-returned": Problem(
        409, "该信息未被退回", "Not returned",
        "只有被退回的信息才能提交新版本；如刚收到退回通知，请数秒后重试。",
        "Only a returned report takes a new version; if you were just told of the return, repeat in a few seconds.",
    ),
    "still-running": Problem(
        409, "相同幂等键的请求仍在处理", "Request still running",
        "请稍后用相同的 Idempotency-Key 重试。", "Repeat later with the same Idempotency-Key.",
    ),
    "stale-version": Problem(
        412, "内容已被他人修改", "Changed since you read it",
        "请重新打开，核对后再操作。", "Read it again, compare, then act.",
    ),
    "idempotency-key-required": Problem(
        400, "缺少 Idempotency-Key", "Idempotency-Key required",
        "请为每次报送生成一个 Idempotency-Key，重发时保持不变。",
        "Make one Idempotency-Key per report and keep it when you repeat.",
    ),
    "idempotency-key-reused": Problem(
        422, "幂等键已用于其他内容", "Idempotency-Key reused",
        "内容不同的报送请使用新的 Idempotency-Key。", "Use a new key for other content.",
    ),
    "rate-limited": Problem(
        429, "请求过于频繁", "Too many requests",
        "请在 Retry-After 秒后重试。", "Try again after Retry-After seconds.",
    ),
    "unavailable": Problem(
        503, "后端服务暂不可用", "Service unavailable",
        "操作未执行，请在 Retry-After 秒后重试。", "Nothing was done; try again after Retry-After seconds.",
    ),
    "durability-off": Problem(
        503, "数据库未启用落盘保证", "Durability is off",
        "请运维人员开启 fsync、full_page_writes 与 synchronous_commit。",
        "The operator must switch on fsync, full_page_writes and synchronous_commit.",
    ),
    "outcome-unknown": Problem(
        504, "操作结果未知", "Outcome unknown",
        "操作可能已执行；请用相同的 Idempotency-Key 重试，不会重复执行。",
        "It may have been done; repeat with the same Idempotency-Key, it is not done twice.",
    ),
    "disk-full": Problem(
        507, "存储空间不足", "Insufficient storage",
        "请联系运维人员。", "Tell the operator.",
    ),
    "internal": Problem(
        500, "系统内部错误", "Internal error",
        "已记录；请把 request_id 告知运维人员。", "It has been recorded; give the operator the request_id.",
    ),
}
