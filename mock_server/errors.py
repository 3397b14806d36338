"""What can go wrong with a call, said once and without HTTP.

Each API's `wire` gives these kinds their status, code and envelope.
"""

from __future__ import annotations

from collections.abc import Iterable


class CallRefused(Exception):
    """The base of every kind. `message` is one sentence for the person who made the call."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthorized(CallRefused):
    """The credential is missing, malformed or revoked; `tenant` is whose it was, where that is known."""

    def __init__(self, message: str, tenant: str | None = None) -> None:
        super().__init__(message)
        self.tenant = tenant


class Forbidden(CallRefused):
    """The credential is good, but not for this."""


class CrossSite(CallRefused):
    """A browser says that the page of another site, or another name of this host, is behind the call."""


class NotFound(CallRefused):
    """No lead (or other thing) of this organization has that name."""


class UnknownPath(CallRefused):
    """No operation lives at this path."""


class MethodNotAllowed(CallRefused):
    """Operations live at this path, but none with this method."""

    def __init__(self, message: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.allowed = tuple(allowed)


class MalformedBody(CallRefused):
    """The body is not the JSON text that it should be. `at` is the byte where that shows, where that is known."""

    def __init__(self, message: str, at: int | None = None) -> None:
        super().__init__(message)
        self.at = at


class WrongMediaType(CallRefused):
    """The body is declared as something other than JSON."""


class TooLarge(CallRefused):
    """The body is larger than the sandbox reads."""


class Invalid(CallRefused):
    """The request breaks a rule of the contract. `parameter` names the one of path or query that does, if one does."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.parameter = parameter


class InvalidFilter(Invalid):
    """A query parameter asks for something that cannot be asked."""


class InvalidDate(Invalid):
    """A query parameter that holds a date does not."""


class RateLimited(CallRefused):
    """The key, or its organization, has used up what it may call; `headers` say when it may again."""

    def __init__(self, message: str, headers: tuple[tuple[str, str], ...]) -> None:
        super().__init__(message)
        self.headers = headers


class Conflict(CallRefused):
    """The request contradicts the state of the organization."""


class ContractViolation(CallRefused):
    """The sandbox was about to break its own contract. `where` names the operation and the place in the reply."""

    def __init__(self, where: str) -> None:
        super().__init__("The sandbox was about to answer with something that its contract does not allow.")
        self.where = where


class Broken(CallRefused):
    """The sandbox itself failed."""


def headers(error: CallRefused) -> tuple[tuple[str, str], ...]:
    """What HTTP, or the sandbox itself, says about an error beside the vendor's envelope."""
    if isinstance(error, MethodNotAllowed):
        return (("Allow", ", ".join(sorted(error.allowed))),)
    if isinstance(error, RateLimited):
        return error.headers
    if isinstance(error, ContractViolation):
        return (("X-Sandbox-Contract-Violation", error.where),)
    return ()
