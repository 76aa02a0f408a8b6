"""`chengbao rebuild`: owners publish their present state again, so that others rebuild what they keep of it."""

from __future__ import annotations

from clients.commands.installation import DEFAULT_ROOT, As, CityFile, Root, find, told
from clients.output import Json, console, show, speaks


@speaks
def rebuild(acting: As, root: Root = DEFAULT_ROOT, city: CityFile = None, as_json: Json = False) -> None:
    """Publish the directory (units and people) again; gateway, review, scoring and notify rebuild theirs from it."""
    installation = find(root, city)
    from deploy.operations.directory import republish_directory
    from deploy.operations.operators import named_operator

    with told():
        waiting = republish_directory(installation, named_operator(installation, acting))
    show(
        {"waiting": waiting},
        as_json,
        lambda: console.print(f"名录已重新发布，{waiting} 个事件待发；几秒内各处更新完毕。"),
    )
