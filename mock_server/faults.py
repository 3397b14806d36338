"""Ways to serve an API wrongly on purpose, so that each check of the suite can be shown to fail.

A fault is a function from `Api` to `Api` that names the requirement it breaks. Its own module collects it:
`FAULTS = Faults("aura")`, `@FAULTS.breaks("update_lead/null_notes_are_skipped")`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from mock_server.api import Api


@dataclass(frozen=True)
class Fault:
    """`name` is unique among the faults of its API; `breaks` is the full id of a requirement."""

    name: str
    api: str
    breaks: str
    bend: Callable[[Api], Api]

    def __call__(self, api: Api) -> Api:
        """The API with this fault; it no longer corrects itself by checking its own replies."""
        return replace(self.bend(api), checks_replies=False)


class Faults:
    """The faults of one API, in the order of their definition."""

    def __init__(self, api: str) -> None:
        self._api = api
        self._faults: list[Fault] = []

    def breaks(self, requirement: str) -> Callable[[Callable[[Api], Api]], Fault]:
        """Declare the decorated function, `Api` to `Api`, as a fault that breaks `requirement`."""

        def declare(bend: Callable[[Api], Api]) -> Fault:
            return self.add(bend.__name__, requirement, bend)

        return declare

    def add(self, name: str, requirement: str, bend: Callable[[Api], Api]) -> Fault:
        """The same for a fault made by a function, where many differ in a value only."""
        fault = Fault(name, self._api, f"{self._api}/{requirement}", bend)
        self._faults.append(fault)
        return fault

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)
