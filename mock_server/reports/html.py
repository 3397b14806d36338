"""The coverage as one page that needs nothing else: no script, no other file, no network."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from mock_server.reports.document import Behaviour, Difference, Document, by_operation, percentage, sentence


def page(document: Document, difference: Difference | None) -> str:
    """What was met and what never, by API and operation; and what changed, where runs were compared."""
    style = files("mock_server.reports").joinpath("coverage.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">',
            f"<title>Coverage of the documented behaviours</title>\n<style>{style}</style>\n</head>\n<body>",
            "<header>\n<h1>Which documented behaviours these tests have met</h1>",
            "<p>Each line is one sentence of the documentation, one documented error of an operation, or one reading "
            "of what the documentation leaves open.</p>\n</header>\n<main>",
            *_summary(document),
            *_difference(difference),
            *(line for api, each in document["apis"].items() for line in _api(api, each["behaviours"])),
            "</main>\n</body>\n</html>\n",
        ]
    )


def _summary(document: Document) -> Iterator[str]:
    yield '<section aria-labelledby="summary">\n<h2 id="summary">Summary</h2>'
    if not document["apis"]:
        yield "<p>No call has been made yet: there is nothing to tell.</p>"
    for api, each in document["apis"].items():
        name, calls = escape(api), f"{each['calls']:d}"
        yield f'<table>\n<caption><a href="#{name}">{name}</a>, {calls} calls</caption>'
        yield '<thead><tr><th scope="col">Operation</th><th scope="col">Met</th>'
        yield '<th scope="col" class="number">of</th><th scope="col" class="number">percent</th></tr></thead>\n<tbody>'
        for operation, some in by_operation(each["behaviours"]).items():
            yield _row(operation, some)
        yield _row("all together", each["behaviours"])
        yield "</tbody>\n</table>"
    yield "</section>"


def _row(name: str, behaviours: Sequence[Behaviour]) -> str:
    met, total = sum(each["times"] > 0 for each in behaviours), len(behaviours)
    return (
        f'<tr><th scope="row">{escape(name)}</th>'
        f'<td><meter max="{total}" value="{met}">{met} of {total}</meter> {met}</td>'
        f'<td class="number">{total}</td><td class="number">{percentage(behaviours):g}</td></tr>'
    )


def _difference(difference: Difference | None) -> Iterator[str]:
    if difference is None:
        return
    yield '<section aria-labelledby="changes">\n<h2 id="changes">Compared with the earlier run</h2>'
    for title, kind, some in (("lost", "never", difference.lost), ("gained", "met", difference.gained)):
        yield f'<div class="{kind}">\n<h3>{len(some)} {title}</h3>'
        yield from _list(some)
        yield "</div>"
    yield "</section>"


def _api(api: str, behaviours: Sequence[Behaviour]) -> Iterator[str]:
    yield f'<section aria-labelledby="{escape(api)}">\n<h2 id="{escape(api)}">{escape(api)}</h2>'
    for operation, some in by_operation(behaviours).items():
        never = [each for each in some if not each["times"]]
        met = [each for each in some if each["times"]]
        yield f"<h3>{escape(operation)}</h3>"
        if never:
            yield f'<div class="never">\n<p>{len(never)} never met</p>'
            yield from _list(never)
            yield "</div>"
        if met:
            yield f'<details class="met">\n<summary>{len(met)} met</summary>'
            yield from _list(met)
            yield "</details>"
    yield "</section>"


def _list(behaviours: Iterable[Behaviour]) -> Iterator[str]:
    yield "<ul>"
    for each in behaviours:
        said = each["text"] if each["times"] else sentence(each)
        yield (
            f"<li>{escape(said)} <br><code>{escape(each['id'])}</code> "
            f'<span class="muted">{escape(each["source"])}</span>{_shown(each)}</li>'
        )
    yield "</ul>"


def _shown(behaviour: Behaviour) -> str:
    if not behaviour["times"]:
        return ""
    times = "once" if behaviour["times"] == 1 else f"{behaviour['times']} times"
    call, example = escape(behaviour["call"]), escape(behaviour["example"])
    return (
        f'<span class="muted">; met {times}, first by</span> <code>{call}</code> <span class="muted">({example})</span>'
    )
