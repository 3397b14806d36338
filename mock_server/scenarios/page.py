"""All scenarios as a page in Markdown, ``docs/scenarios.md``."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.scenarios.catalogue import SCENARIOS, Place, Scenario
from mock_server.scenarios.trial import WATCHED

_BEGINNING = """\
# Scenarios: is a client ready?

<!-- Written by: lead-mock scenarios --format markdown -->

A scenario is a situation within the documentation that a good client survives. Start a sandbox with `lead-mock serve`.
In another terminal arm a scenario for the key that your client uses, let the client work, and ask for the verdict:

```
curl -sS http://127.0.0.1:4020/_sandbox/scenarios -H 'X-Sandbox-Key: my-own-test-key' \\
    -H 'Content-Type: application/json' -d '{"scenario": "ambiguous_email", "api": "octanist"}'
# here your client works, with that key, at http://127.0.0.1:4020/api
lead-mock scenarios verdict --url http://127.0.0.1:4020 --key my-own-test-key --finished
```

| verdict | means | exit code |
|---|---|---|
| survived | every rule that can be judged was kept | 0 |
| failed | a rule was broken; the exchanges that show it are named | 1 |
| incomplete | the client has not met the situation, or has not yet done what it takes; nothing is armed | 3 |

Exit code 2 is for arguments or a key that cannot be used, 4 for a sandbox that does not answer. Of several verdicts the
worst counts: failed, then incomplete.

A verdict says what can be said so far. `--finished` (`GET /_sandbox/scenarios?finished=true`) says that the client has
ended: what it has not done by then counts as not done. Without it, silence is never held against a client, nor for it.

`GET /_sandbox/explain/{exchange}` says what an exchange was about, the journal has all of it. A scenario that is armed
again begins anew; `DELETE /_sandbox/scenarios` takes them back. Names in *sources* are those of requirements and open
points in the contracts. A call is *the same* when it is of the same operation and the same lead, whatever else it says.
Of what follows the situation, the first %d calls are watched.

A 429 asks for a wait of up to a minute. A test need not sit it out: let the client's sleep be
`POST /_sandbox/clock/advance` with the same key.

[examples/readiness](../examples/readiness) has a client that survives them all, to be run in the place of yours, and
one bad client for each.
"""


def page() -> str:
    """The whole page."""
    sections = "\n".join(line for scenario in SCENARIOS for line in _section(scenario))
    return f"{_BEGINNING % WATCHED.exchanges}\n{sections}"


def _section(scenario: Scenario) -> Iterator[str]:
    yield from (f"## `{scenario.id}`: {scenario.title}", "", scenario.text, "", f"To meet it, {scenario.trigger}.", "")
    yield from ("| API | operations, the usual one first | sources |", "|---|---|---|")
    yield from (_row(api, place) for api, place in scenario.places.items())
    yield from ("", "Survived, when all of these were kept:", "")
    yield from (f"- `{rule.id}`: {rule.text}" for rule in scenario.rules if rule.judge)
    if unseen := [rule for rule in scenario.rules if not rule.judge]:
        yield from ("", "Not judged, because the sandbox cannot see it:", "")
        yield from (f"- `{rule.id}`: {rule.text}" for rule in unseen)
    yield ""


def _row(api: str, place: Place) -> str:
    operations = ", ".join(f"`{each}`" for each in place.operations if each) or "every one"
    return f"| {api} | {operations} | {', '.join(f'`{each}`' for each in place.sources)} |"
