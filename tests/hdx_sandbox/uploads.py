# SPDX-License-Identifier: AGPL-3.0-or-later
"""Stores the files of resources, and spoils one on purpose where a fault asks for it.

Everything else goes on as if the file had arrived: that is what makes such a fault hard to see.
"""

from __future__ import annotations

from pathlib import Path

from ckan.lib.uploader import ResourceUpload
from flask import has_request_context, request

from hdx_sandbox.faults import SPOILT
from hdx_sandbox.rules import UPLOADED


class Stored(ResourceUpload):
    """A file of a resource on this disk: whole, or short, corrupt or missing."""

    def __init__(self, resource):
        super().__init__(resource)
        if self.filename:
            # By now CKAN has taken the file out of the metadata; the rules still have to know of it.
            resource["in_quarantine"] = UPLOADED

    def upload(self, id, max_size=10):  # noqa: A002 - CKAN's name
        rule = request.environ.get(SPOILT) if has_request_context() and self.filename else None
        if not rule or rule.get("file", self.filename) != self.filename:
            super().upload(id, max_size)
        elif rule["fault"] != "dropped-upload":
            super().upload(id, max_size)
            spoil(Path(self.get_path(id)), rule["fault"])


def spoil(path: Path, fault: str) -> None:
    """Halve a file, or turn the bits of its second half."""
    half = path.stat().st_size // 2
    with path.open("r+b") as file:
        if fault == "short-upload":
            file.truncate(half)
            return
        file.seek(half)
        rest = file.read()
        file.seek(half)
        file.write(bytes(byte ^ 1 for byte in rest))
