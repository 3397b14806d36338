"""How a credential is shown where it is not asked for."""

from __future__ import annotations


def masked(credential: str) -> str:
    """A credential of which only the kind and the last four characters are left; short ones lose all but two."""
    return f"{credential[:10]}...{credential[-4:]}" if len(credential) > 20 else f"...{credential[-2:]}"
