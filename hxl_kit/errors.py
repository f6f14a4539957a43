"""The exceptions that reach a user, and the exit code of each.

```
HxlKitError                (70, a bug: only its subclasses are raised)
├── UsageError             (2)  the command line, package.yaml or a confirmation is missing or wrong
├── DataError              (1)  the data were read and are wrong
├── InputError             (3)  the input cannot be read
│   ├── RefusedInputError  (3)  the input names what must not be opened at all
│   └── SourceMismatchError (3) the input is readable but is not what its source says it is
└── TargetError            (4)  the target refused, is unreachable, moved or failed verification
```

A message names the thing, the place and the way out; it never holds a personal value or a secret.
"""

from __future__ import annotations

from difflib import get_close_matches
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class ExitCode(IntEnum):
    """What a process of `hxl-kit` tells the shell."""

    OK = 0
    DATA = 1
    USAGE = 2
    INPUT = 3
    TARGET = 4
    BUG = 70


class HxlKitError(Exception):
    """The root of every error that hxl_kit raises on purpose."""

    exit_code = ExitCode.BUG


class UsageError(HxlKitError):
    """The command line, package.yaml or a confirmation is missing or wrong."""

    exit_code = ExitCode.USAGE


class DataError(HxlKitError):
    """The data were read, and they are wrong."""

    exit_code = ExitCode.DATA


class ClearanceError(DataError):
    """The package may not leave this machine: what it holds, or its sources' terms, speak against it."""


class InputError(HxlKitError):
    """The input cannot be read: missing, truncated, of an unknown encoding, empty."""

    exit_code = ExitCode.INPUT


class RefusedInputError(InputError):
    """The input names what must not be opened at all: the network, a link or a device, another package."""


class SourceMismatchError(InputError):
    """The input can be read but is not what its source or schema says it is."""


class TargetError(HxlKitError):
    """A publishing target refused, is unreachable, moved under the plan, or failed verification."""

    exit_code = ExitCode.TARGET


def nearest(word: str, known: Iterable[str]) -> str:
    """Return "; did you mean 'X'?" for the known word nearest to `word`, or "" when none is near."""
    folded = {k.casefold(): k for k in known}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean '{folded[found[0]]}'?" if found else ""


FEW = 12
"""So many names are listed in a message where none is near."""


def require_known(kind: str, name: str, known: Collection[str]) -> None:
    """Refuse a name that is none of the known ones of its kind.

    Raises:
        UsageError: it is not known; the message has the nearest one, or all of a few.
    """
    if name not in known:
        few = f"; known: {', '.join(sorted(known))}" if len(known) <= FEW else ""
        raise UsageError(f"no {kind} '{name}'{nearest(name, known) or few}")
