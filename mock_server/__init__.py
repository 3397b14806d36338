"""A stateful sandbox of the Aura, Octanist and Vorel lead APIs, driven by their contracts.

The APIs are loaded when they are first asked for: the pytest plugin and the client must cost nothing before that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.apis import APIS, FAULTS

__all__ = ["APIS", "FAULTS"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mock_server import apis

    return getattr(apis, name)
