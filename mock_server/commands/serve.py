"""``lead-mock serve``: the APIs at their documented paths, on one port."""

from __future__ import annotations

import argparse
import difflib
import ipaddress
import os
import secrets
import signal
import sys
import threading
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import mock_server
from mock_server.admin_token import admin_token
from mock_server.api import Api
from mock_server.arguments import host_name, seed
from mock_server.commands import Unusable, add_admin_token
from mock_server.journal import Limits
from mock_server.settings import check_settings
from mock_server.state import state_file
from mock_server.state.holding import held
from mock_server.store import World

KEPT = Limits()
"""What a journal keeps unless it is told otherwise."""

_MEGABYTE = 1024 * 1024
_MOST = 1_000_000


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its arguments."""
    command = commands.add_parser("serve", help="serve the APIs at their documented paths, on one port")
    command.set_defaults(command=serve)
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    command.add_argument("--port", type=_port, default=4020, help="0 takes a free one (default: %(default)s)")
    command.add_argument("--seed", type=seed, default=0, help="of ids; the same seed gives the same ids")
    command.add_argument("--settings", type=Path, metavar="FILE", help="TOML: a table per API, such as [octanist]")
    command.add_argument("--state", type=Path, metavar="FILE", help="JSON: a state, or leads by API and key")
    command.add_argument("--save-state", action="store_true", help="write the state back to its file at the end")
    command.add_argument(
        "--allow-host", type=host_name, action="append", default=[], metavar="NAME", help="also known as"
    )
    command.add_argument("--fault", action="append", default=[], metavar="NAME", help="break a requirement on purpose")
    command.add_argument(
        "--journal-exchanges",
        type=_count,
        default=KEPT.exchanges,
        metavar="N",
        help="the journal of each organization keeps so many at most (default: %(default)s)",
    )
    command.add_argument(
        "--journal-megabytes",
        type=_count,
        default=KEPT.bytes // _MEGABYTE,
        metavar="N",
        help="and so many megabytes of them; the oldest go first (default: %(default)s)",
    )
    command.add_argument("--until-eof", action="store_true", help="end when standard input does: its owner is gone")
    add_admin_token(command, "ask for it below /_sandbox; off the loopback one is made up where there is none")
    command.add_argument(
        "--log-level", default="warning", choices=["debug", "info", "warning", "error", "critical"], metavar="L"
    )


def serve(options: argparse.Namespace) -> int:
    """Serve the APIs until a signal ends it."""
    if not options.save_state:
        _serve(options)
        return 0
    if options.state is None:
        raise Unusable("--save-state needs a file to write to: --state FILE")
    _check_folder(options.state)
    with held(options.state):
        _serve(options)
    return 0


def _serve(options: argparse.Namespace) -> None:
    # What only this command needs takes as long to import as the other commands take altogether.
    from mock_server.serve import listening_socket, run, sandbox

    apis = _with_faults(options.fault)
    settings = _settings(options.settings)
    if options.admin_token == "":
        raise Unusable("--admin-token is empty, which would let everybody in; is a variable not set?")
    given = admin_token(options.admin_token)
    if given is not None and not given.isascii():
        raise Unusable("the admin token is to be sent in a header: write it in ASCII")
    token = given or (None if _is_loopback(options.host) else secrets.token_urlsafe(24))
    app = sandbox(
        apis,
        seed=options.seed,
        settings=settings,
        admin_token=token,
        hosts=frozenset(options.allow_host),
        guarded=_is_loopback(options.host),
        limits=Limits(options.journal_exchanges, options.journal_megabytes * _MEGABYTE),
    )
    if options.state is not None:
        _begin_with(options, apis, app.world)
    if options.save_state:
        state_file.sweep(options.state)
    try:
        bound = listening_socket(options.host, options.port)
    except OSError as error:
        what = error.strerror or str(error)
        raise Unusable(f"cannot listen on {options.host}:{options.port}: {what}; try --port 0") from None
    host = f"[{options.host}]" if ":" in options.host else options.host

    def ready() -> None:
        if options.until_eof:
            threading.Thread(target=_end_with_the_input, daemon=True).start()
        _announce(f"http://{host}:{bound.getsockname()[1]}", apis, None if given else token)

    run(app, bound, log_level=options.log_level, ready=ready, ending=lambda: app.world.publish(None))
    if options.save_state:
        try:
            state_file.save(options.state, app.world)
        except OSError as error:
            raise Unusable(f"cannot write the state to {options.state}: {error.strerror}; it is as it was") from None


def _end_with_the_input() -> None:
    """Whoever holds the other end of a pipe may be killed without having said a word: then the pipe ends."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _begin_with(options: argparse.Namespace, apis: dict[str, Api], world: World) -> None:
    """Load the state; a file that is to be written need not be there yet."""
    if not options.save_state or options.state.exists():
        state_file.load(options.state, apis, world)


def _check_folder(state: Path) -> None:
    """Raises Unusable where the state could not be written at the end."""
    folder = state_file.behind_links(state).parent
    if not os.access(folder, os.W_OK):
        raise Unusable(f"cannot write the state to {state}: {folder} is no folder to write to")


def _announce(root: str, apis: dict[str, Api], token: str | None) -> None:
    """What people want to know on stderr, then one line for programs on stdout."""
    lines = []
    for name, api in apis.items():
        lines.append(f"{name:<9} {root}{api.base_path}")
        lines += [f"  {kind:<12} {key}" for kind, key in api.key_ring.items()]
    lines.append(f"control   {root}/_sandbox/info")
    if token:
        lines.append(f"  admin token  {token}")
    lines.append("Any other well-formed key opens an empty organization of its own. Ctrl-C ends the sandbox.")
    print("\n".join(lines), file=sys.stderr, flush=True)
    print(f"listening {root}", flush=True)


def _with_faults(names: Sequence[str]) -> dict[str, Api]:
    apis = dict(mock_server.APIS)
    known = {f"{fault.api}/{fault.name}": fault for fault in mock_server.FAULTS}
    for name in names:
        found = [fault for id, fault in known.items() if name in (id, fault.name)]
        if len(found) != 1:
            close = difflib.get_close_matches(name, [*known, *(fault.name for fault in mock_server.FAULTS)], n=3)
            why = "exists in several APIs; write api/name" if found else "is not known"
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise Unusable(f"the fault {name} {why}{hint} ('lead-mock faults' lists them)")
        apis[found[0].api] = found[0](apis[found[0].api])
    return apis


def _settings(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"cannot read the settings {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unusable(f"{path} is not TOML: {error}") from None
    check_settings(settings)
    return settings


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {_MOST}")
    return int(text)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; 0 to 65535")
    return int(text)
