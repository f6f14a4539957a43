"""The command line `hxl-kit`: thin commands, one module each in `commands/`."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TextIO

from hxl_kit.cli import state
from hxl_kit.cli.output import printable
from hxl_kit.errors import ExitCode, HxlKitError
from hxl_kit.files import reason_of

_INTERRUPTED = 130
_SMALL_PIECES = {"POLARS_CSV_CHUNK_SIZE": f"{1 << 20}"}
"""By its own measure polars holds 300 MB more of a large CSV file in memory, and reads it no faster."""


def main() -> None:
    """Run `hxl-kit` and end the process with one of the exit codes of `hxl_kit.errors.ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    for name, size in _SMALL_PIECES.items():
        os.environ.setdefault(name, size)
    sys.exit(_flushed(_run()))


def _flushed(code: int) -> int:
    """Return the exit code after stdout took all that was written, or that of what went wrong with it."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _silence(sys.stdout)
        told = int(_told(error))
        return code if isinstance(error, BrokenPipeError) else told
    return code


def _run() -> int:
    """Run the command and return its exit code; every exception ends here as a sentence."""
    from hxl_kit.cli.app import make_app

    try:
        make_app()(prog_name="hxl-kit")
    except SystemExit as end:
        if end.code == _INTERRUPTED:
            return _stopped()
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        return _stopped()
    except BaseException as error:  # noqa: BLE001 - the last net: libraries' panics are no Exception
        return int(_told(error))
    return int(ExitCode.OK)


def _stopped() -> int:
    sys.stderr.write("hxl-kit: stopped; nothing was half-written\n")
    return _INTERRUPTED


def _where(error: BaseException) -> str:
    """Return a traceback: where errors came from, and of errors that are not ours no words, which may hold cells."""
    told = []
    chained: BaseException | None = error
    while chained is not None:
        frames = "".join(traceback.format_tb(chained.__traceback__))
        words = f": {chained}" if isinstance(chained, (HxlKitError, OSError)) else ""
        told.append(f"Traceback (most recent call last):\n{frames}{type(chained).__qualname__}{words}\n")
        chained = chained.__cause__ or (None if chained.__suppress_context__ else chained.__context__)
    return "\n".join(reversed(told))


def _told(error: BaseException) -> ExitCode:
    """Tell the user what went wrong in a sentence; return the exit code."""
    if state.debug:
        sys.stderr.write(printable(_where(error)))
    match error:
        case BrokenPipeError():
            _silence(sys.stdout)
            return ExitCode.OK
        case HxlKitError():
            message, code = str(error), error.exit_code
        case OSError():
            place = f"{error.filename}: " if error.filename else ""
            message, code = f"{place}{reason_of(error)}", ExitCode.TARGET
        case MemoryError():
            message, code = (
                "the memory is not enough for this input; split it into smaller files",
                ExitCode.INPUT,
            )
        case RecursionError():
            message, code = "the input is nested too deeply; simplify it", ExitCode.INPUT
        case _:
            message = f"a bug ({type(error).__name__}); run again with --debug and report what it shows"
            code = ExitCode.BUG
    sys.stderr.write(f"hxl-kit: {printable(message)}\n")
    return code


def _silence(stream: TextIO) -> None:
    """The reader went away (`| head`): keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
