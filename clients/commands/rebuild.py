"""`chengbao rebuild`: owners publish their present state again, so that others rebuild what they keep of it."""

from __future__ import annotations

from clients.commands.installation import DEFAULT_ROOT, As, CityFile, Root, find, told
from clients.output import Json, console, show, speaks


@speaks
def rebuild(acting: As, root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """Publish the directory (units and people) again; gateway, review, scoring and notify rebuild theirs from it.
    Messages of before messages said what they are about are told it, so that a raised class hides them too."""
    installation = find(root, city)
    from deploy.operations.directory import republish_directory
    from deploy.operations.old_messages import name_old_messages
    from deploy.operations.operators import named_operator

    with told():
        operator = named_operator(installation, acting)
        waiting, named = republish_directory(installation, operator), name_old_messages(installation, operator)
    show(
        {"waiting": waiting, "messages_named": named},
        as_json,
        lambda: console.print(
            f"名录已重新发布，{waiting} 个事件待发，几秒内各处更新完毕；补记 {named} 条旧通知所指的信息。"
        ),
    )
