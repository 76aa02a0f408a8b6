"""What each database tells of itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from alembic.script import ScriptDirectory

from deploy.operations.findings import Finding, Level, duration, graded
from deploy.operations.installation import Installation
from deploy.operations.operators import first_line
from deploy.preparation import migrations_of
from kernel.clock import SystemClock
from kernel.migrate import alembic_config

UNSENT_SECONDS = (60.0, 600.0)
"""Age of the oldest unsent event from which it is worth attention, and from which it is trouble."""
HELD_SECONDS = (60.0, 3600.0)
TRANSACTION_SECONDS = (30.0, 300.0)
OFFSET_SECONDS = (1.0, 30.0)
UNACKNOWLEDGED_SECONDS = (300.0, 900.0)
"""How long the oldest urgent report has waited for the duty officer; the second is the alert's."""
CHECKPOINT_LAG_SECONDS = (10.0, 300.0)

Connection = psycopg.Connection[tuple[Any, ...]]


def examine_databases(installation: Installation) -> Iterator[Finding]:
    for owner in installation.owners:
        try:
            with psycopg.connect(installation.database_url(owner), connect_timeout=5, autocommit=True) as connection:
                yield from _examine(connection, owner, installation.clock.now())
        except psycopg.Error as error:
            yield Finding(
                "database",
                owner,
                Level.TROUBLE,
                f"数据库没有应答：{first_line(error)}",
                "检查 PostgreSQL 是否在运行，地址和口令是否正确。",
                blocks_restart=True,
            )


def _examine(connection: Connection, owner: str, city_now: datetime) -> Iterator[Finding]:
    yield _durability(connection, owner)
    yield clock_offset(connection, owner)
    yield _revisions(connection, owner)
    yield unsent_events(connection, owner)
    yield _parked(connection, owner)
    yield _held(connection, owner)
    yield _transactions(connection, owner)
    yield _checkpoint(connection, owner, city_now)
    if owner == "intake":
        yield unacknowledged(connection, city_now)
    if owner == "notify":
        yield deliveries(connection)


def _durability(connection: Connection, owner: str) -> Finding:
    names = ("fsync", "full_page_writes", "synchronous_commit")
    off = [name for name in names if _one(connection, "SELECT current_setting(%s)", name)[0] == "off"]
    if not off:
        return Finding("durability", owner, Level.OK, "fsync、full_page_writes、synchronous_commit 均已开启")
    return Finding(
        "durability",
        owner,
        Level.TROUBLE,
        f"已关闭：{'、'.join(off)}",
        "断电会丢失已给出回执的信息，网关因此拒收；在 postgresql.conf 中改为 on 后重新加载。",
        blocks_restart=True,
    )


def clock_offset(connection: Connection, owner: str) -> Finding:
    """The database's clock against the machine's; the way there and back is halved."""
    machine = SystemClock()
    before = machine.now()
    there = _one(connection, "SELECT clock_timestamp()")[0]
    offset = (there - (before + (machine.now() - before) / 2)).total_seconds()
    return Finding(
        "clock_offset",
        owner,
        graded(abs(offset), *OFFSET_SECONDS),
        f"与本机相差 {offset:+.3f} 秒",
        ""
        if abs(offset) < OFFSET_SECONDS[0]
        else "在本机和数据库服务器上启用同一时间源（chrony 或 systemd-timesyncd）。",
    )


def _revisions(connection: Connection, owner: str) -> Finding:
    script = ScriptDirectory.from_config(alembic_config(migrations_of(owner)))
    at = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
    if at == set(script.get_heads()):
        return Finding("migrations", owner, Level.OK, f"表结构已是最新：{'、'.join(sorted(at))}")
    if not {revision.revision for revision in script.walk_revisions()}.issuperset(at):
        return Finding(
            "migrations", owner, Level.WARNING, f"表结构比本程序新：{'、'.join(sorted(at))}", "把程序升级到同一版本。"
        )
    return Finding(
        "migrations",
        owner,
        Level.TROUBLE,
        f"表结构落后：{'、'.join(sorted(at)) or '无'}",
        "重启该服务，它会自行迁移；若仍落后，查看其日志。",
    )


def unsent_events(connection: Connection, owner: str) -> Finding:
    count, age = _one(
        connection,
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(written_at)), 0)::float"
        " FROM outbox WHERE NOT sent",
    )
    level = graded(age, *UNSENT_SECONDS)
    figure = f"{count} 个事件待发" + (f"，最早的已等 {duration(age)}" if count else "")
    remedy = "事件不会丢失；检查总线和该服务的转发（日志中的 relay）。" if level else ""
    return Finding("outbox", owner, level, figure, remedy)


def _parked(connection: Connection, owner: str) -> Finding:
    count = _one(connection, "SELECT count(*) FROM held WHERE state = 'parked'")[0]
    if not count:
        return Finding("parked", owner, Level.OK, "没有搁置的事件")
    return Finding(
        "parked",
        owner,
        Level.WARNING,
        f"{count} 个事件被搁置",
        f"chengbao parked list --service {owner}，排除原因后放行或由两人废弃。",
    )


def _held(connection: Connection, owner: str) -> Finding:
    count, age = _one(
        connection,
        "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(held_at)), 0)::float"
        " FROM held WHERE state IN ('failing', 'waiting')",
    )
    level = graded(age, *HELD_SECONDS)
    figure = f"{count} 个事件在重试或等待" + (f"，最早的已 {duration(age)}" if count else "")
    return Finding("held", owner, level, figure, "chengbao parked list --all 查看原因。" if level else "")


def _transactions(connection: Connection, owner: str) -> Finding:
    age = _one(
        connection,
        "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )[0]
    level = graded(age, *TRANSACTION_SECONDS)
    return Finding(
        "transactions",
        owner,
        level,
        f"最长的事务已 {duration(age)}",
        "等它结束；若是无人看管的会话，用 pg_terminate_backend 结束。" if level else "",
        blocks_restart=level > Level.OK,
    )


def _checkpoint(connection: Connection, owner: str, city_now: datetime) -> Finding:
    """Checkpoints follow acts within seconds; what counts is how long the newest act has gone without one."""
    newest, entry_at = _one(
        connection,
        "SELECT (SELECT max(at) FROM evidence_checkpoints), (SELECT max(e.at) FROM evidence_lanes l"
        " JOIN evidence_entries e ON e.lane = l.lane AND e.number = l.number)",
    )
    if entry_at is None:
        return Finding("checkpoint", owner, Level.OK, "还没有需要留痕的操作")
    behind = (city_now - entry_at).total_seconds() if newest is None or entry_at > newest else 0.0
    level = graded(behind, *CHECKPOINT_LAG_SECONDS)
    age = duration((city_now - newest).total_seconds()) if newest else "无"
    figure = f"最新检查点距今 {age}" + (f"，其后的操作已有 {duration(behind)} 未纳入" if behind else "，已含全部操作")
    return Finding("checkpoint", owner, level, figure, "查看该服务日志中的 checkpoint。" if level else "")


def unacknowledged(connection: Connection, city_now: datetime) -> Finding:
    count, oldest = _one(
        connection,
        "SELECT count(*), min(first_received_at) FROM reports WHERE awaits_acknowledgement AND NOT drill",
    )
    age = (city_now - oldest).total_seconds() if oldest else 0.0
    level = graded(age, *UNACKNOWLEDGED_SECONDS)
    figure = f"{count} 条紧急信息待签收" + (f"，最早的已等 {duration(age)}" if count else "")
    remedy = "电话联系当班值班员签收；查看值班表和“消息”页。" if level else ""
    return Finding("unacknowledged", "intake", level, figure, remedy)


def deliveries(connection: Connection) -> Finding:
    sending, failed = _one(
        connection,
        "SELECT count(*) FILTER (WHERE state = 'sending'), count(*) FILTER (WHERE state = 'failed') FROM deliveries",
    )
    figure = f"{sending} 条消息正在发送，{failed} 条发送失败"
    if sending:
        remedy = "稍候再重启：发送中被打断的消息会重发，可能重复（会注明）。"
        return Finding("deliveries", "notify", Level.WARNING, figure, remedy, blocks_restart=True)
    level = Level.WARNING if failed else Level.OK
    return Finding("deliveries", "notify", level, figure, "在“消息”页查看原因并重试。" if failed else "")


def _one(connection: Connection, statement: str, *values: Any) -> tuple[Any, ...]:
    row = connection.execute(statement, values).fetchone()
    assert row is not None
    return tuple(row)
