"""What the ASGI server tells of a connection."""

from __future__ import annotations

from starlette.types import Receive


async def gone(receive: Receive) -> None:
    """Wait until the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
