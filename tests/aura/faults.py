"""What the faults of Aura cannot show."""

from __future__ import annotations

FEWER: dict[str, str] = {}
"""By requirement, why its sentence does not allow three faults of different kinds. So far, each one does."""
