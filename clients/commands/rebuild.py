"""`chengbao rebuild`: owners publish their present state again, so that others rebuild what they keep of it."""

from __future__ import annotations

from clients.commands.installation import DEFAULT_ROOT, As, CityFile, Root, find, told
from clients.output import Json, console, show, speaks


@speaks
def rebuild(acting: As, root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """Publish the directory (units and people) again; gateway, review, scoring and notify rebuild theirs from it.

    Topic and leaning of reports that reached the desk before it kept them are filled in from intake. Messages of before
    messages said what they are about are told it, so that a raised class hides them too.
    """
    installation = find(root, city)
    from deploy.operations.desk import fill_desk
    from deploy.operations.directory import republish_directory
    from deploy.operations.old_messages import name_old_messages
    from deploy.operations.operators import named_operator

    with told():
        operator = named_operator(installation, acting)
        waiting = republish_directory(installation, operator)
        filled, named = fill_desk(installation, operator), name_old_messages(installation, operator)
    words = (
        f"名录已重新发布，{waiting} 个事件待发；几秒内各处更新完毕。"
        f"编辑台补齐主题、倾向 {filled} 条，补记 {named} 条旧通知所指的信息。"
    )
    shown = {"waiting": waiting, "topics_filled": filled, "messages_named": named}
    show(shown, as_json, lambda: console.print(words))
