"""Secrets do not leave the suite: they are replaced where an exchange is captured, however they are written there.

A target that echoes a credential may do so in capitals, percent-encoded, JSON-escaped, in hexadecimal digits or
base64, alone or in the middle of something else.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from html import escape
from urllib.parse import urlsplit

_SHORTEST = 6
"""An encoded form of fewer characters is not looked for: it would be found everywhere."""

_SHORT = 100
"""Texts below this length are often the same: paths and values of headers."""

_ESCAPE = re.compile(
    r"%(?:25)*([0-9a-f]{2})|\\+(?:u00|x)([0-9a-f]{2})|&#x0*([0-9a-f]{1,2});|&#0*([0-9]{1,3});", re.IGNORECASE
)
_NAMED = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}
_ESCAPED = frozenset("%\\&\0")


class Redactor:
    """Replaces secrets. A malformed key is none."""

    def __init__(self, keys: Mapping[str, str], url: str = "") -> None:
        """`keys` by name; the password in `url` is a secret, too."""
        named = {f"{name} key": key for name, key in keys.items() if name != "malformed" and key}
        password = urlsplit(url).password
        if password:
            named["password"] = password
        self._secrets = [_Secret(f"<{name}>", each) for name, each in sorted(named.items(), key=_longest_first)]
        self._of_short = lru_cache(maxsize=1024)(self._redacted)

    def text(self, text: str) -> str:
        """The text with every secret replaced by its name: ``<full key>``."""
        return self._of_short(text) if len(text) < _SHORT else self._redacted(text)

    def _redacted(self, text: str) -> str:
        for secret in self._secrets_in(text):
            text = secret.pattern.sub(secret.name, text)
        return text

    def data(self, data: bytes) -> bytes:
        """Bytes with every secret in them replaced; what is no UTF-8 stays as it is."""
        text = data.decode("utf-8", "surrogateescape")
        redacted = self.text(text)
        return data if redacted is text else redacted.encode("utf-8", "surrogateescape")

    def _secrets_in(self, text: str) -> list[_Secret]:
        """Those that may be in the text: cheap, because nearly all texts hold none."""
        plain = _plain(text)
        if not _ESCAPED.isdisjoint(text):
            plain += _plain(_unescaped(text))
        return [secret for secret in self._secrets if any(form in plain for form in secret.forms)]


class _Secret:
    """One secret: the forms it takes, plainly written, and the pattern of all ways to write them."""

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._forms = [value, *dict.fromkeys(each for each in _encoded(value) if len(each) >= _SHORTEST)]
        self.forms = [_plain(form.replace("\\", "")) for form in self._forms]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        alternatives = ("".join(_written(each) for each in form) for form in self._forms)
        return re.compile("|".join(alternatives), re.IGNORECASE)


def _longest_first(item: tuple[str, str]) -> int:
    """One secret may be the beginning of another."""
    return -len(item[1])


def _encoded(value: str) -> Iterator[str]:
    """Other forms of a secret; of base64 what does not depend on what stands before and behind it."""
    for each in dict.fromkeys((value, value.upper(), value.lower())):
        raw = each.encode()
        yield raw.hex()
        for before in range(3):
            whole = (before + len(raw)) * 8 // 6
            core = b64encode(bytes(before) + raw).decode()[-(-before * 8 // 6) : whole]
            yield core
            yield core.translate(str.maketrans("+/", "-_"))


def _written(character: str) -> str:
    """A pattern of the ways in which text formats write an ASCII character, be it a capital or not."""
    ways = [r"\\*" + re.escape(character)]
    for code in dict.fromkeys(map(ord, (character.lower(), character.upper()))):
        ways += [f"%(?:25)*{code:02x}", rf"\\+(?:u00|x){code:02x}", f"&#x0*{code:x};", f"&#0*{code};"]
    if (named := escape(character)) != character:
        ways.append(re.escape(named))
    if character == " ":
        ways.append("[+]")
    return f"(?:{'|'.join(ways)})\0*"


def _plain(text: str) -> str:
    """In lower case, and with one way to write a blank."""
    return text.lower().replace("+", " ")


def _unescaped(text: str) -> str:
    """The text with its escapes resolved, roughly: enough to see whether a secret may be there."""
    text = _ESCAPE.sub(_character, text)
    for name, character in _NAMED.items():
        text = text.replace(name, character)
    return text.replace("\0", "").replace("\\", "")


def _character(match: re.Match[str]) -> str:
    percent, unicode, hexadecimal, decimal = match.groups()
    if decimal:
        return chr(int(decimal))
    return chr(int(percent or unicode or hexadecimal, 16))
