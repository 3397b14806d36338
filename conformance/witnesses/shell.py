"""A chain of calls as lines for bash and curl: what a person pastes to see a failure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

from conformance.exchange import Exchange, Request
from conformance.witnesses.chain import Answered, Chain, MadeUp, Piece

_RUN = "RUN=$((RANDOM % 8 + 2))$(printf %04d%05d $((RANDOM % 10000)) $RANDOM)"
_NTH = (
    'nth() { local rest=$3 i; for ((i = 0; i < $2; i++)); do rest=${rest#*"\\"$1\\""}; done; '
    'rest=${rest#*\\"}; printf %s "${rest%%\\"*}"; }'
)
"""``nth id 2 "$ANSWER"`` is the text behind the second ``"id"`` of an answer."""
_ENCODED = (
    "encoded() { local LC_ALL=C i each; for ((i = 0; i < ${#1}; i++)); do each=${1:i:1}; "
    'case $each in [a-zA-Z0-9.~_-]) printf %s "$each";; *) printf %%%02X "\'$each";; esac; done; }'
)
"""A text as a path or query takes it."""

_IN_URLS = "%/:=&?~#+!$,;'@()*[]{}|^\\\"<>`-._"
_LONGEST_WORD = 100_000
"""Bytes that surely fit into one argument of a command."""


def lines(chain: Chain) -> list[str]:
    """The lines, of which each call is one. Base URL and keys come from variables that a person sets."""
    return _Script(chain).lines()


def is_preparation(line: str) -> bool:
    """Whether a line only makes ready for the calls: it is the same for all chains, and needed once."""
    return line in (_RUN, _NTH, _ENCODED)


def settings(api: str, url: str, printed: Iterable[str]) -> list[str]:
    """What a person sets for printed lines of an API: ``VOREL_URL=https://host``, ``VOREL_FULL=<key full>``."""
    prefix = f"{api.upper()}_"
    names = dict.fromkeys(re.findall(rf"\${{?{prefix}([A-Z_]+)", "\n".join(printed)))
    return [f"{prefix}{name}={url if name == 'URL' else f'<{_key(name)}>'}" for name in names]


class _Script:
    """Names the variables of a chain, and writes its lines."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._names: dict[tuple[int, tuple[str | int, ...]], str] = {}
        self._captures: dict[int, list[str]] = {}
        for each in chain.answered:
            self._capture(each)

    def lines(self) -> list[str]:
        calls = [self._line(at, call) for at, call in enumerate(self._chain.calls)]
        return [*self._preparations(calls), *calls]

    def _preparations(self, calls: list[str]) -> Iterator[str]:
        needed = dict.fromkeys(name for call in self._chain.calls for name in _variables(call.request))
        yield ": " + " ".join(f'"${{{name}:?set it to {_meaning(name)}}}"' for name in needed)
        for line, use in ((_RUN, "${RUN"), (_NTH, "$(nth "), (_ENCODED, "$(encoded ")):
            if any(use in call for call in calls):
                yield line

    def _capture(self, answered: Answered) -> None:
        """A variable for a text that an answer brings; none where bash could not find it."""
        key = next((str(each) for each in reversed(answered.place) if isinstance(each, str)), "")
        answer = self._chain.calls[answered.call].response.shown.decode("utf-8", "replace")
        for number in range(1, answer.count(f'"{key}"') + 1):
            if nth(key, number, answer) == answered.text:
                name = f"{re.sub(r'[^A-Za-z0-9]', '_', key).upper()}_{len(self._names) + 1}"
                self._names[answered.call, answered.place] = name
                self._captures.setdefault(answered.call, []).append(f'{name}=$(nth {key} {number} "$ANSWER")')
                return

    def _line(self, at: int, call: Exchange) -> str:
        line = " ".join(["curl -sS -i -w '\\n'", *self._words(call.request)])
        if at not in self._captures:
            return line
        return "; ".join([f"ANSWER=$({line})", "printf '%s\\n' \"$ANSWER\"", *self._captures[at]])

    def _words(self, request: Request) -> Iterator[str]:
        yield "--head" if request.method == "HEAD" else f"-X {_literal(request.method)}"
        if set("[]{}") & set(request.path):
            yield "-g"
        if "/." in request.path:
            yield "--path-as-is"
        path = "".join(
            self._word(quote(each, safe=_IN_URLS) if isinstance(each, str) else each)
            for each in self._chain.pieces(request.path)
        )
        yield f'"${request.base}"{path}'
        for name, value in request.headers.items():
            yield "-H " + (_header(f"{name}: {value}", request.base) if value else _literal(f"{name};"))
        if request.body is not None:
            yield from self._body(request, request.body)

    def _body(self, request: Request, body: bytes) -> Iterator[str]:
        if not any(name.lower() == "content-type" for name in request.headers):
            yield "-H 'Content-Type:'"
        pieces = self._chain.pieces(body.decode("utf-8", "surrogateescape"))
        if b"\0" in body or len(body) > _LONGEST_WORD:
            escaped = (
                each.replace("\\", "\\\\").replace("\0", "\\0000") if isinstance(each, str) else each for each in pieces
            )
            yield f"--data-binary @<(printf %b {''.join(map(self._word, escaped))})"
        else:
            yield f"--data-raw {''.join(map(self._word, pieces)) or _literal('')}"

    def _word(self, piece: Piece) -> str:
        match piece:
            case MadeUp():
                before, digits, after = piece.around()
                return f'{before}"${{RUN:0:{digits}}}"{after}'
            case Answered():
                name = self._names.get((piece.call, piece.place))
                return _literal(piece.of(piece.text)) if name is None else _WRITTEN[piece.written].format(name)
            case _:
                return _literal(piece)


_WRITTEN = {
    "plain": '"${0}"',
    "quoted": '"$(encoded "${0}")"',
    "upper": '"$(printf %s "${0}" | tr a-z A-Z)"',
    "shorter": '"${{{0}%?}}"',
    "first part": '"${{{0}%%-*}}"',
}
"""How bash writes a variable in the ways that `conformance.witnesses.chain` knows."""


def nth(key: str, number: int, answer: str) -> str:
    """What the function of that name in the lines makes of an answer."""
    for _ in range(number):
        answer = answer.partition(f'"{key}"')[2]
    return answer.partition('"')[2].partition('"')[0]


def _literal(text: str) -> str:
    """A text as one word that bash leaves as it is, also where a person pastes it."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text, re.ASCII):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "'\\''") + "'"
    return "$'" + "".join(each if each.isprintable() and each not in "\\'!" else _octal(each) for each in text) + "'"


def _octal(text: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in text.encode("utf-8", "surrogateescape"))


def _header(text: str, base: str) -> str:
    """A header with the variables of its credentials."""
    parts = re.split(rf"(\${_prefix(base)}[A-Z_]+)", text)
    return "".join(f'"{each}"' if at % 2 else _literal(each) for at, each in enumerate(parts) if each)


def _variables(request: Request) -> Iterator[str]:
    yield request.base
    for value in request.headers.values():
        yield from re.findall(rf"\$({_prefix(request.base)}[A-Z_]+)", value)


def _prefix(base: str) -> str:
    return base.removesuffix("URL")


def _meaning(variable: str) -> str:
    api, _, name = variable.partition("_")
    return f"the base URL of {api.lower()}" if name == "URL" else f"the {_key(name)} of {api.lower()}"


def _key(name: str) -> str:
    """A credential in words: of the target file, or the one that the suite makes of its key `full`."""
    return "key full with small and capital letters swapped" if name == "OTHER_CASE" else f"key {name.lower()}"
