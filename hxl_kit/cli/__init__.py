"""The command line `hxl-kit`: thin commands, one module each in `commands/`."""

from __future__ import annotations

import os
import sys
import traceback
from typing import TextIO, cast

from hxl_kit.cli import state
from hxl_kit.errors import ExitCode, HxlKitError, TargetError
from hxl_kit.files import reason_of


def main() -> None:
    """Run `hxl-kit` and end the process with one of the exit codes of `hxl_kit.errors.ExitCode`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(_run())


def _run() -> int:
    from hxl_kit.cli.app import make_app

    try:
        make_app()()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except HxlKitError as error:
        _show(error)
        return int(error.exit_code)
    except BrokenPipeError:
        _silence(sys.stdout)
        return int(ExitCode.OK)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        _show(TargetError(f"{place}{reason_of(error)}"))
        return int(ExitCode.TARGET)
    except KeyboardInterrupt:
        sys.stderr.write("hxl-kit: stopped; nothing was half-written\n")
        return 130
    except Exception as error:  # noqa: BLE001 - the last net: a user never sees a traceback unasked
        _show_bug(error)
        return int(ExitCode.BUG)
    return int(ExitCode.OK)


def _show(error: Exception) -> None:
    if state.debug:
        traceback.print_exception(error)
    sys.stderr.write(f"hxl-kit: {error}\n")


def _show_bug(error: Exception) -> None:
    if state.debug:
        traceback.print_exception(error)
        return
    name = type(error).__name__
    sys.stderr.write(f"hxl-kit: a bug ({name}); nothing was half-written. Run again with --debug and report what it shows\n")


def _silence(stream: TextIO) -> None:
    """The reader went away (`| head`): keep the interpreter from complaining when it flushes."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), cast("TextIO", stream).fileno())
