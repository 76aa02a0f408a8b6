"""What Grafana's dashboard shows, row by row; `deploy/dashboard.py` builds it from this table."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.dashboard_panels import (
    ALL_IS_GOOD,
    BYTES,
    IN_TIME,
    NONE_IS_GOOD,
    PER_SECOND,
    SECONDS,
    SHARE,
    Chart,
    Number,
)

URGENT = "unit_class_severity:chengbao_urgent_reports"
ACCEPTANCE = 'sum by (le) (rate(chengbao_request_seconds_bucket{route="/v1/reports",verb="POST"}[$__rate_interval]))'
CALLS = "sum by (process, le) (rate(chengbao_rpc_duration_seconds_bucket[$__rate_interval]))"
FEEDBACK = "unit_class_outcome:chengbao_feedback_deadlines:increase30d"

ROWS: tuple[tuple[str, tuple[Chart | Number, ...]], ...] = (
    (
        "时效 Timeliness",
        (
            Number(
                "紧急信息按时率（30 天） Urgent reports in time, 30 days",
                f"sum({URGENT}_met:increase30d)"
                f" / (sum({URGENT}_met:increase30d) + sum({URGENT}_missed:increase30d) > 0)",
                unit=SHARE, steps=IN_TIME,
                description="二(一)、五(一)：按回执时间判定。 Decided by the receipt's time alone.",
            ),
            Number(
                "批示反馈按时率（30 天） Feedback in time, 30 days",
                f'sum({FEEDBACK}{{outcome="met"}}) / (sum({FEEDBACK}) > 0)',
                unit=SHARE, steps=IN_TIME,
                description="五(二)：自交办起按规定时限。 Within the limit set by the instruction.",
            ),
            Number(
                "到时限、是否收到不明 Due, receipt unknown",
                "sum(max by (unit_class, severity) (chengbao_urgent_reports_overdue))",
                steps=NONE_IS_GOOD,
            ),
            Number(
                "反馈到时限未判定 Feedback due, undecided",
                'sum(max by (unit_class) (chengbao_feedback_deadlines{outcome="overdue"}))',
                steps=NONE_IS_GOOD,
            ),
            Chart(
                "紧急信息按时率：单位类别与等级 Urgent in time by class and severity",
                ((f"{URGENT}_in_time:ratio30d", "{{unit_class}} {{severity}}"),),
                SHARE,
            ),
            Chart(
                "批示反馈按时率：单位类别 Feedback in time by class",
                (("unit_class:chengbao_feedback_in_time:ratio30d", "{{unit_class}}"),),
                SHARE,
            ),
            Chart(
                "紧急信息累计 Urgent reports to date",
                (
                    (f"sum by (severity) ({URGENT}_met:max)", "按时 in time {{severity}}"),
                    (f"sum by (severity) ({URGENT}_missed:max)", "迟报 late {{severity}}"),
                ),
            ),
            Chart(
                "超时最多的单位 Units with most reports late",
                (
                    (
                        'topk(10, max by (unit) (chengbao_unit_urgent_reports{outcome="missed"}))',
                        "{{unit}}",
                    ),
                ),
            ),
            Chart(
                "批示反馈累计 Feedback to date",
                (("sum by (outcome) (unit_class_outcome:chengbao_feedback_deadlines:max)", "{{outcome}}"),),
            ),
            Chart(
                "督办：逾期未反馈与未办结 Supervision: late, unfinished",
                (
                    ("max by (unit_class) (chengbao_assignments_late)", "逾期 late {{unit_class}}"),
                    ("max(chengbao_assignments_unfinished)", "未办结 unfinished"),
                ),
            ),
            Chart(
                "督办部门自身待办：在办与超时 With the supervision office: open, late",
                (
                    ("max by (step) (chengbao_office_steps_open)", "在办 open {{step}}"),
                    ("max by (step) (chengbao_office_steps_late)", "超时 late {{step}}"),
                ),
            ),
            Chart(
                "督办部门等得最久的 Oldest with the supervision office",
                (("max by (step) (chengbao_office_steps_oldest_age_seconds)", "{{step}}"),),
                SECONDS,
            ),
            Chart(
                "督办部门本月办结：按时与超时 Finished by the office this month: in time, late",
                (("max by (step, outcome) (chengbao_office_steps_finished)", "{{step}} {{outcome}}"),),
            ),
            Chart(
                "督办部门本月办结用时中位数 Median time the office took this month",
                (("max by (step) (chengbao_office_steps_median_seconds)", "{{step}}"),),
                SECONDS,
            ),
            Chart("延期 Extensions", (("max by (state) (chengbao_extensions)", "{{state}}"),)),
            Chart(
                "节假日安排还够多久 Until the working calendar ends",
                (("min(chengbao_working_calendar_known_seconds)", "已知 known"),),
                SECONDS,
            ),
            Chart(
                "最久未办结的批示 Oldest unfinished instruction",
                (("max(chengbao_assignments_oldest_age_seconds)", "未办结 unfinished"),),
                SECONDS,
            ),
        ),
    ),
    (
        "流转 Flow",
        (
            Chart(
                "每小时接收 Received an hour",
                (("max by (kind) (increase(chengbao_receipts_total[1h]))", "{{kind}}"),),
            ),
            Chart("已登记 Registered", (("max by (kind) (chengbao_reports_registered)", "{{kind}}"),)),
            Chart("编辑待处理 On the desk", (("max by (urgency) (chengbao_queue_items)", "{{urgency}}"),)),
            Chart(
                "待处理最长时间 Oldest on the desk",
                (("max by (urgency) (chengbao_queue_oldest_age_seconds)", "{{urgency}}"),),
                SECONDS,
            ),
            Chart(
                "采用 Adoptions",
                (("max by (unit_class, state) (chengbao_adoptions)", "{{unit_class}} {{state}}"),),
            ),
            Chart(
                "刊物期数与未办结批示 Issues, open instructions",
                (
                    ("max by (state) (chengbao_issues)", "刊物 issues {{state}}"),
                    ("max(chengbao_instructions_open)", "未办结批示 instructions open"),
                ),
            ),
            Chart(
                "待核稿、待签发 Waiting for endorsement and sign-off",
                (
                    ("max(chengbao_drafts_awaiting_endorsement)", "待核稿 endorsement"),
                    ("max(chengbao_drafts_offered)", "待签发 sign-off"),
                ),
                description="各单位待科室负责人核稿、待分管负责人签发的稿件。"
                " Drafts at the units that wait for a section head or for their leader.",
            ),
            Chart(
                "待核稿、待签发最长时间 Oldest waiting for endorsement and sign-off",
                (
                    ("max(chengbao_drafts_oldest_unendorsed_age_seconds)", "待核稿 endorsement"),
                    ("max(chengbao_drafts_oldest_offer_age_seconds)", "待签发 sign-off"),
                ),
                SECONDS,
            ),
            Chart(
                "计分台账与通报 Ledger and bulletins",
                (
                    ("sum by (entry) (max by (rule, entry) (chengbao_ledger_entries))", "台账 ledger {{entry}}"),
                    ("max(chengbao_ledger_points)", "累计分 points"),
                    ("max by (period) (chengbao_bulletins_issued)", "通报 bulletins {{period}}"),
                ),
            ),
        ),
    ),
    (
        "总线与发件箱 Bus and outbox",
        (
            Chart(
                "最早未送出事件 Oldest unsent event",
                (("max by (process) (chengbao_outbox_oldest_unsent_seconds)", "{{process}}"),),
                SECONDS,
            ),
            Chart("未送出事件 Unsent events", (("max by (process) (chengbao_outbox_unsent_events)", "{{process}}"),)),
            Chart(
                "送出速率 Sent",
                (("sum by (process) (rate(chengbao_outbox_sent_events_total[$__rate_interval]))", "{{process}}"),),
                PER_SECOND,
            ),
            Chart(
                "处理速率 Handled",
                (("sum by (process) (rate(chengbao_events_handled_total[$__rate_interval]))", "{{process}}"),),
                PER_SECOND,
            ),
            Chart(
                "未生效事件 Held events",
                (
                    ("max by (process, state) (chengbao_held_events)", "{{process}} {{state}}"),
                    (
                        "sum by (process, state) (increase(chengbao_events_put_aside_total[$__rate_interval]))",
                        "新 new {{process}} {{state}}",
                    ),
                ),
                description="failing 重试中；waiting 等前序；parked 待人工。 Tried again; waiting; for a person.",
            ),
            Chart(
                "在途报送 Documents on their way",
                (
                    ("max(chengbao_receipts_not_handed_on)", "未交总线 not handed on"),
                    ("max(chengbao_receipts_unregistered)", "未登记 unregistered after a minute"),
                ),
            ),
            Chart(
                "存证未形成检查点 Evidence without a checkpoint",
                (("max by (process) (chengbao_evidence_unwitnessed_seconds)", "{{process}}"),),
                SECONDS,
            ),
        ),
    ),
    (
        "通知 Deliveries",
        (
            Chart(
                "发送 Deliveries",
                (("max by (channel, state) (chengbao_deliveries)", "{{channel}} {{state}}"),),
            ),
            Chart(
                "积压时间 Overdue",
                (("max by (channel) (chengbao_delivery_overdue_seconds)", "{{channel}}"),),
                SECONDS,
            ),
            Chart("无人可通知 Nobody told", (("max by (message) (chengbao_untold_events)", "{{message}}"),)),
        ),
    ),
    (
        "时限 Deadlines",
        (
            Chart(
                "进行中 Running",
                (
                    (
                        "sum by (severity) (max by (unit_class, severity) (chengbao_urgent_reports_open))",
                        "{{severity}}",
                    ),
                    ('sum(max by (unit_class) (chengbao_feedback_deadlines{outcome="open"}))', "反馈 feedback"),
                ),
            ),
            Chart(
                "水位时间差 Age of watermarks",
                (
                    ("max(chengbao_watermark_age_seconds)", "网关 gateway"),
                    ("max(chengbao_intake_watermark_age_seconds)", "登记 intake"),
                    ("max(chengbao_feedback_watermark_age_seconds)", "反馈 review"),
                ),
                SECONDS,
                description="水位之前的时限才会判为超时。 A deadline is decided missed only behind it.",
            ),
            Chart(
                "未计入的反馈 Feedback not counted",
                (("max by (state) (chengbao_feedback_flagged)", "{{state}}"),),
            ),
            Chart(
                "定时工作 Timed work",
                (
                    (
                        "sum by (process, name, outcome) (rate(chengbao_job_runs_total[$__rate_interval]))",
                        "{{process}} {{name}} {{outcome}}",
                    ),
                ),
                PER_SECOND,
                width=16,
            ),
            Chart(
                "定时工作多久一次 Interval of timed work",
                (("max by (process, name) (chengbao_job_interval_seconds)", "{{process}} {{name}}"),),
                SECONDS,
            ),
            Chart(
                "持续工作失败 Failures of continuous work",
                (
                    (
                        "sum by (process, worker) (increase(chengbao_worker_failures_total[$__rate_interval]))",
                        "{{process}} {{worker}}",
                    ),
                ),
            ),
            Chart(
                "待签收 Waiting for the duty officer",
                (("max(chengbao_unacknowledged_reports)", "件 reports"),),
            ),
            Chart(
                "签收用时 Until acknowledged",
                (
                    ("max(chengbao_unacknowledged_oldest_age_seconds)", "最长在等 oldest waiting"),
                    (
                        "histogram_quantile(0.9, sum by (le) (rate(chengbao_acknowledged_after_seconds_bucket[1d])))",
                        "已签收九成 acknowledged, 90 %",
                    ),
                ),
                SECONDS,
            ),
        ),
    ),
    (
        "进程 Processes",
        (
            Number("应答 Answering", "min by (process) (up)", "{{process}}", width=6, steps=ALL_IS_GOOD),
            Number(
                "数据库可读 Database readable",
                "min by (process) (chengbao_figures_readable)",
                "{{process}}",
                width=6,
                steps=ALL_IS_GOOD,
            ),
            Number(
                "总线就绪 Bus ready", "min by (process) (chengbao_bus_ready)", "{{process}}", width=5, steps=ALL_IS_GOOD
            ),
            Number(
                "接收事件 Taking events",
                "min by (process) (chengbao_consumer_connected)",
                "{{process}}",
                width=5,
                steps=ALL_IS_GOOD,
            ),
            Number("落盘 Flushing", "min(chengbao_receipts_durable)", width=2, steps=ALL_IS_GOOD),
            Chart(
                "网关请求 Gateway requests",
                (("sum by (status) (rate(chengbao_request_seconds_count[$__rate_interval]))", "{{status}}"),),
                PER_SECOND,
            ),
            Chart(
                "接收报送用时 Time to accept a report",
                (
                    (f"histogram_quantile(0.5, {ACCEPTANCE})", "p50"),
                    (f"histogram_quantile(0.99, {ACCEPTANCE})", "p99"),
                ),
                SECONDS,
            ),
            Chart(
                "调用用时 p99 Calls, p99",
                ((f"histogram_quantile(0.99, {CALLS})", "{{process}}"),),
                SECONDS,
            ),
            Chart("内存 Memory", (("sum by (process) (process_resident_memory_bytes)", "{{process}}"),), BYTES),
            Chart(
                "处理器 CPU seconds a second",
                (("sum by (process) (rate(process_cpu_seconds_total[$__rate_interval]))", "{{process}}"),),
            ),
            Chart(
                "告警 Alerts firing",
                (('sum by (alertname) (ALERTS{alertname=~"Chengbao.*",alertstate="firing"})', "{{alertname}}"),),
            ),
            Chart("附件占用 Attachments kept", (("max(chengbao_attachments_bytes)", "bytes"),), BYTES),
            Chart(
                "附件拒收 Uploads refused",
                (("sum by (reason) (rate(chengbao_attachments_refused_total[$__rate_interval]))", "{{reason}}"),),
                PER_SECOND,
            ),
            Chart(
                "越权尝试 Refused attempts",
                (
                    (
                        "sum by (reason, kind) (increase(chengbao_refused_attempts_total[$__rate_interval]))",
                        "{{reason}} {{kind}}",
                    ),
                    ("sum(increase(chengbao_refused_attempts_unwritten_total[$__rate_interval]))", "unwritten"),
                ),
                description="谁、哪个对象见“越权尝试”页（审计管理员）。 Who and what: the audit administrator's page.",
            ),
            Chart(
                "登录锁定与推送 Locked sign-ins and news for units",
                (
                    ("max(chengbao_locked_accounts)", "accounts"),
                    ("max(chengbao_locked_addresses)", "addresses"),
                    ("max by (state) (chengbao_webhook_deliveries)", "news {{state}}"),
                ),
            ),
        ),
    ),
)


def queries() -> Iterator[tuple[str, str]]:
    """Title of the panel and expression of every query."""
    for _, panels in ROWS:
        for panel in panels:
            expressions = [panel.query] if isinstance(panel, Number) else [query for query, _ in panel.queries]
            yield from ((panel.title, expression) for expression in expressions)
