"""Files on their way to CKAN: read from the disk while they are sent, a block at a time."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from requests_toolbelt.multipart.encoder import MultipartEncoder, MultipartEncoderMonitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Progress = Callable[[int], None]
    """Told how many more bytes were sent."""


@dataclass(frozen=True)
class Upload:
    """A file to send: the field of the form that takes it, its name for the server, and where it lies."""

    field: str
    name: str
    path: Path

    @property
    def bytes(self) -> int:
        """The size of the file."""
        return self.path.stat().st_size


@contextmanager
def as_form(
    fields: Mapping[str, str], uploads: Sequence[Upload], progress: Progress | None = None
) -> Iterator[tuple[Any, str]]:
    """Give the body of a form with files (multipart/form-data, RFC 7578) and its content type.

    Raises:
        OSError: a file cannot be opened.
    """
    with ExitStack() as files:
        parts: list[tuple[str, Any]] = [(name, text) for name, text in fields.items()]
        for upload in uploads:
            content = files.enter_context(upload.path.open("rb"))
            parts.append((upload.field, (upload.name, content, "application/octet-stream")))
        body = MultipartEncoder(parts)
        yield (_watched(body, progress) if progress else body), body.content_type


def _watched(body: MultipartEncoder, progress: Progress) -> MultipartEncoderMonitor:
    sent = 0

    def tell(monitor: MultipartEncoderMonitor) -> None:
        nonlocal sent
        progress(monitor.bytes_read - sent)
        sent = monitor.bytes_read

    return MultipartEncoderMonitor(body, tell)
