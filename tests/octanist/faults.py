"""Which requirements of Octanist have fewer than three faults, and why their sentences allow no more."""

from __future__ import annotations

FEWER: dict[str, str] = {}
"""By the requirement's id. Empty: each sentence allows three."""
