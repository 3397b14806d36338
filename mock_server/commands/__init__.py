"""The commands of ``lead-mock``: each module adds one, `add_to(commands)`."""

from __future__ import annotations


class Unusable(Exception):
    """An argument cannot be used; the text says why and what would do."""
