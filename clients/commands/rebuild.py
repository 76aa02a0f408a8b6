"""`chengbao rebuild`: owners publish their present state again, so that others rebuild what they keep of it."""

from __future__ import annotations

from clients.commands.installation import DEFAULT_ROOT, As, CityFile, Root, find, told
from clients.output import Json, console, show, speaks


@speaks
def rebuild(acting: As, root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """Publish the directory (units and people) again; gateway, review, scoring and notify rebuild theirs from it.

    Topic and leaning of reports that reached the desk before it kept them are filled in from intake.
    """
    installation = find(root, city)
    from deploy.operations.desk import fill_desk
    from deploy.operations.directory import republish_directory
    from deploy.operations.operators import named_operator

    with told():
        operator = named_operator(installation, acting)
        waiting = republish_directory(installation, operator)
        filled = fill_desk(installation, operator)
    words = f"名录已重新发布，{waiting} 个事件待发；几秒内各处更新完毕。编辑台补齐主题、倾向 {filled} 条。"
    show({"waiting": waiting, "topics_filled": filled}, as_json, lambda: console.print(words))
