"""The coverage as text, for people at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from mock_server.reports.document import Behaviour, Difference, Document, by_operation, percentage, sentence

_BAR = 20


def text(document: Document, difference: Difference | None) -> str:
    """For each API and operation a bar with figures, then everything that was never met."""
    lines: list[str] = []
    for api, each in document["apis"].items():
        lines += [*_api(api, each["behaviours"], each["calls"]), ""]
    if not document["apis"]:
        lines += ["No call has been made yet: there is nothing to tell.", ""]
    if difference is not None:
        lines += [*_difference("Met then, and not now", difference.lost)]
        lines += [*_difference("Met now, and not then", difference.gained)]
    return "\n".join(lines)


def _api(api: str, behaviours: Sequence[Behaviour], calls: int) -> Iterator[str]:
    groups = by_operation(behaviours)
    width = max(len(api), *map(len, groups))
    yield f"{api}: {_count(calls, 'call')} met {_figures(behaviours)} documented behaviours"
    for operation, some in groups.items():
        yield f"  {operation:<{width}}  {_bar(some)}  {_figures(some)}"
    for operation, some in groups.items():
        never = [each for each in some if not each["times"]]
        if never:
            yield ""
            yield f"{api}, {operation}: never met"
            yield from _items(never)


def _difference(title: str, behaviours: Sequence[Behaviour]) -> Iterator[str]:
    yield f"{title}: {len(behaviours) or 'nothing'}"
    yield from _items(behaviours)
    yield ""


def _items(behaviours: Iterable[Behaviour]) -> Iterator[str]:
    for each in behaviours:
        yield f"  - {sentence(each)}"
        if each["kind"] != "error":
            yield f"    {each['id']} ({each['source']})"


def _bar(behaviours: Sequence[Behaviour]) -> str:
    full = int(percentage(behaviours) * _BAR / 100)
    return f"[{'#' * full}{'.' * (_BAR - full)}]"


def _figures(behaviours: Sequence[Behaviour]) -> str:
    met = sum(each["times"] > 0 for each in behaviours)
    return f"{met} of {len(behaviours)} ({percentage(behaviours):g} %)"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
