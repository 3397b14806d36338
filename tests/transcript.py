"""``python -m tests.transcript API...``: every request of a run at `quick` with seed 7, a line for each.

It prints method, path, headers with the names of credentials, and body, as the target's journal has them. The
sandbox is in process, and its time goes on by a millisecond whenever it is looked at: which one of two leads that were
made within one real millisecond is listed first would be chance.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import count
from types import SimpleNamespace
from unittest.mock import patch

import mock_server  # noqa: F401  (before anything imports Connexion: it silences a warning of its imports)
from mock_server import APIS, clock
from tests.targets import report_on, target_of


def transcript(api: str) -> Iterator[str]:
    """The requests of a run against one API, in their order."""
    target = target_of(APIS[api], seed=7, effort="quick")
    report_on(target)
    for exchange in target.journal:
        request = exchange.request
        yield f"{request.method} {request.path} {dict(request.headers)} {request.body!r}"


if __name__ == "__main__":
    moments = count(time.time_ns(), 1_000_000)
    with patch.object(clock, "time", SimpleNamespace(time_ns=lambda: next(moments))):
        for api in sys.argv[1:]:
            print("\n".join(transcript(api)))
