"""Asking before something is written."""

from __future__ import annotations

import sys

import typer

from hxl_kit.errors import UsageError


def confirm(command: str, question: str, *, yes: bool) -> None:
    """Ask at a terminal; `yes` answers beforehand.

    Raises:
        UsageError: the answer is no, or nobody can be asked and --yes was not given.
    """
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(f"{command}: not confirmed; read what is above and add --yes")
    if not typer.confirm(question, err=True):
        raise UsageError(f"{command}: not confirmed; nothing was written")
