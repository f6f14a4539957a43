"""What CKAN answers: the result of an action, a refusal in plain words, or nothing that can be understood."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNREADY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same question may get an answer; of a write they do not say whether it was done."""

_NOT_FOUND = 404
_CONFLICT = 409
_DENIED = frozenset({401, 403})
_LINES = 12


class UnansweredError(TargetError):
    """No answer, or none that can be understood: whether a write was done must be read back.

    `wait` is how many seconds the server asked to be left alone, 0 where it did not; `status` is HTTP's, 0 where
    there was no answer.
    """

    def __init__(self, message: str, wait: float = 0.0, status: int = 0) -> None:
        super().__init__(message)
        self.wait, self.status = wait, status


class RefusedError(TargetError):
    """The server said no; `status` is HTTP's, `problems` what it gave as reasons, a sentence each."""

    def __init__(self, message: str, status: int, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status, self.problems = status, problems

    @property
    def is_conflict(self) -> bool:
        """Whether what should be written was not what was there any more."""
        return self.status == _CONFLICT and not self.problems


class NotFoundError(RefusedError):
    """There is no such thing on the server, or none that this key may see."""


def result_of(place: str, status: int, body: bytes, wait: float = 0.0) -> Any:
    """Return the result of an action by what CKAN's API answered (https://docs.ckan.org/en/latest/api/).

    Raises:
        NotFoundError, RefusedError: the server said no.
        UnansweredError: it is not ready, or this is no answer of CKAN: cut off, a web page, a redirection.
    """
    if status in _UNREADY:
        raise UnansweredError(f"{place}: the server is not ready (status {status})", wait, status)
    said = _json(body)
    if not isinstance(said, dict) or not isinstance(said.get("success"), bool):
        raise _not_understood(place, status)
    if said["success"] and status == 200:  # noqa: PLR2004 - HTTP's word for "done"
        return said.get("result")
    raise _refusal(place, status, said.get("error"))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _not_understood(place: str, status: int) -> TargetError:
    if status in _DENIED:
        return RefusedError(f"{place}: {_DENIAL} (status {status})", status)
    if status == _NOT_FOUND:
        return NotFoundError(f"{place}: not found; is this the address of a CKAN?", status)
    return UnansweredError(
        f"{place}: the answer is cut off or is none of CKAN's (status {status})", 0.0, status
    )


_DENIAL = "not allowed: the key is missing, has expired, or may not do this; set HDX_KEY to a valid one"


def _refusal(place: str, status: int, error: Any) -> RefusedError:
    kind = error.get("__type") if isinstance(error, dict) else ""
    if status in _DENIED or kind == "Authorization Error":
        return RefusedError(f"{place}: {_DENIAL}", status)
    if status == _NOT_FOUND or kind == "Not Found Error":
        return NotFoundError(f"{place}: not found", _NOT_FOUND)
    problems = tuple(dict.fromkeys(_sentences(error)))
    if status == _CONFLICT and _is_mismatch(problems):
        return RefusedError(f"{place}: what is there is not what was expected any more", status)
    told = "; ".join(problems[:_LINES]) or f"status {status}"
    return RefusedError(f"{place}: refused: {told}", status, problems)


def _is_mismatch(problems: tuple[str, ...]) -> bool:
    """Whether `package_revise` found that the dataset does not match what it was told to expect."""
    return bool(problems) and all(problem.startswith("match") for problem in problems)


def _sentences(error: Any, place: str = "") -> Iterator[str]:
    """Yield the reasons in a refusal, which CKAN nests like the thing refused."""
    if isinstance(error, dict):
        for key, value in error.items():
            if not str(key).startswith("__"):
                yield from _sentences(value, f"{place}.{key}" if place else shown(str(key)))
    elif isinstance(error, list):
        for number, value in enumerate(error):
            nested = isinstance(value, dict | list)
            yield from _sentences(value, f"{place}[{number}]" if nested else place)
    elif error not in (None, ""):
        yield f"{place}: {shown(str(error))}" if place else shown(str(error))
