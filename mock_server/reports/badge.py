"""The coverage as a badge: the JSON that shields.io asks an endpoint for, or a small SVG."""

from __future__ import annotations

import json
from html import escape

from mock_server.reports.document import Document, behaviours, percentage

LABEL = "lead API coverage"

_COLOURS = ((90, "brightgreen", "#2f7d32"), (75, "green", "#4d7c0f"), (50, "yellow", "#8a6d00"), (0, "red", "#b3261e"))
"""From so many percent on: the name that shields.io knows, and a colour on which white can be read."""

_PER_CHARACTER = 6.6
_PADDING = 12


def endpoint(document: Document) -> str:
    """JSON for https://shields.io/badges/endpoint-badge."""
    percent = percentage(behaviours(document))
    name = next(name for least, name, _ in _COLOURS if percent >= least)
    return json.dumps({"schemaVersion": 1, "label": LABEL, "message": _message(percent), "color": name}) + "\n"


def svg(document: Document) -> str:
    """The badge itself."""
    percent = percentage(behaviours(document))
    colour = next(colour for least, _, colour in _COLOURS if percent >= least)
    said = escape(f"{LABEL}: {_message(percent)}")
    left, right = _width(LABEL), _width(_message(percent))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{said}">\n'
        f"<title>{said}</title>\n"
        f'<rect width="{left}" height="20" fill="#444"/>\n'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>\n'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">\n'
        f'<text x="{left / 2:g}" y="14">{LABEL}</text>\n'
        f'<text x="{left + right / 2:g}" y="14">{_message(percent)}</text>\n'
        "</g>\n</svg>\n"
    )


def _message(percent: float) -> str:
    return f"{percent:g} %"


def _width(text: str) -> int:
    return round(len(text) * _PER_CHARACTER) + _PADDING
