"""``pytest --pyargs conformance``: the part of it that pytest always loads where this package is installed.

It adds nothing, no option and no import, to a session that does not ask for this package.
"""

from __future__ import annotations

from pathlib import Path

import pytest

_PACKAGE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Load the rest where an argument names this package or something in it: options are still accepted then."""
    known = early_config.known_args_namespace
    if any(_is_ours(str(argument).partition("::")[0], known.pyargs) for argument in known.file_or_dir):
        early_config.pluginmanager.import_plugin("conformance.pytest_session")


def _is_ours(argument: str, pyargs: bool) -> bool:
    if pyargs and (argument == _PACKAGE.name or argument.startswith(f"{_PACKAGE.name}.")):
        return True
    path = Path(argument).resolve()
    return path.exists() and path.is_relative_to(_PACKAGE)
