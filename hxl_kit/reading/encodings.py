"""Bytes to UTF-8: what is UTF-8 is proven to be; what is marked or clearly in another encoding is converted.

The rest is asked for: two readings of which neither is clearly right are never chosen between.
"""

from __future__ import annotations

import codecs
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.evidence import clear_reading, words_of
from hxl_kit.reading.scratch import private_folder
from hxl_kit.reading.table import Doubt, counted, plain_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.signatures import Content

BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
COMMON = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("iso8859-1", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-9", "iso8859-15", "koi8-r", "koi8-u"),
    *("cp932", "cp936", "cp949", "cp950", "big5", "euc-jp", "euc-kr", "gb18030", "gbk", "shift-jis"),
    *("cp437", "cp850", "cp866", "mac-roman", "utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
)
"""Encodings that files come in, the likelier of two that read alike first."""

UNSAFE = ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7", "mbcs", "oem")
SAMPLE_BYTES = 1 << 15
COMMON_SCRIPTS, COMMON_SHARE = 0x700, 0.95
"""Text in UTF-16 is told from other bytes by its letters: Latin, Greek, Cyrillic, Hebrew and Arabic come first."""

PUNCTUATION = "‘’“”–—…•"
CANDIDATES = 3


@dataclass(frozen=True)
class Utf8:
    """A file in UTF-8 (with or without a byte-order mark), what it was before, and whether that was checked."""

    file: Path
    encoding: str
    checked: bool
    notes: tuple[str, ...] = ()


@contextmanager
def as_utf8(content: Content, encoding: str | None) -> Iterator[Utf8]:
    """Yield a file in UTF-8: the received one, or a private copy converted from another encoding.

    That is `encoding`, or the one its byte-order mark says, or the one that its letters clearly are in.

    Raises:
        InputError: the bytes are not in that encoding, or the byte-order mark contradicts it; none is given, and
            the file is not UTF-8 nor clearly anything else.
        UsageError: there is no such encoding.
    """
    with content.file.open("rb") as stream:
        head = stream.read(4)
    bom, marked = next(((bom, name) for bom, name in BOMS if head.startswith(bom)), (b"", None))
    given = None if encoding is None else _codec(content.label, encoding, marked)
    chosen, note = (given or marked or "utf-8", f"encoding {given} as given")
    if not given and not marked:
        with plain_words(content.label):
            chosen, note = _told_by_letters(content)
    elif not given:
        note = f"encoding {marked} (byte-order mark), converted to UTF-8"
    if chosen == "utf-8":
        notes = ("UTF-8 byte-order mark removed",) if bom else ()
        yield Utf8(content.file, chosen, checked=False, notes=notes)
        return
    with private_folder() as folder:
        with plain_words(content.label):
            _convert(content, folder / "utf8", chosen, len(bom))
        yield Utf8(folder / "utf8", chosen, checked=True, notes=(note,))


def _told_by_letters(content: Content) -> tuple[str, str]:
    """Return the encoding of a file without a byte-order mark, "utf-8" where nothing else is clear, and a note."""
    if not _has_other_bytes(content.file):
        return "utf-8", ""
    for order in ("le", "be"):
        if _is_utf16(content.file, f"utf-16-{order}"):
            note = f"encoding utf-16-{order} (no byte-order mark; every second byte fits), converted to UTF-8"
            return f"utf-16-{order}", _asked_for(note, f"utf-16-{order}")
    reading = clear_reading(words_of(content.file))
    if reading is None:
        return "utf-8", ""
    found = f"{counted(reading.letters, 'letter')} beyond ASCII read like {reading.language.name}, {reading.odd} odd"
    note = f"encoding {reading.language.encoding} ({found}), converted to UTF-8"
    return reading.language.encoding, _asked_for(note, reading.language.encoding)


def _asked_for(note: str, encoding: str) -> Doubt:
    return Doubt(f"{note}; if that is right, say --encoding {encoding}")


def _has_other_bytes(file: Path) -> bool:
    """Return whether a file is not UTF-8 or holds NUL bytes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with file.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            if b"\0" in chunk:
                return True
            try:
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
            except UnicodeDecodeError:
                return True
    return bool(decoder.getstate()[0])


def _is_utf16(file: Path, encoding: str) -> bool:
    """Return whether the beginning of a file holds NUL bytes and reads as lines of letters in UTF-16."""
    with file.open("rb") as stream:
        head = stream.read(SAMPLE_BYTES)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return False
    plain = sum(c.isprintable() or c in "\t\r\n" for c in text)
    common = sum(ord(c) < COMMON_SCRIPTS or c in PUNCTUATION for c in text)
    return b"\0" in head and plain == len(text) and "\n" in text and common >= COMMON_SHARE * len(text)


def require_utf8(label: str, file: Path, offset: int, block: bytes) -> None:
    """Check whole lines of a file that start at `offset`; the error names the line and the byte.

    Raises:
        InputError: they are not UTF-8, or hold a NUL byte.
    """
    if b"\0" in block:
        raise InputError(_about_nul(label, file, offset + block.index(b"\0")))
    if not (block.isascii() or _is_utf8(block)):
        try:
            block.decode()
        except UnicodeDecodeError as error:
            raise InputError(_about_bytes(label, file, offset + error.start)) from error


def line_at(file: Path, offset: int) -> int:
    """Return the number of the line that the byte at `offset` is in; lines end in LF, or CR if none does."""
    feeds = returns = 0
    with file.open("rb") as stream:
        while offset > 0 and (chunk := stream.read(min(offset, CHUNK_BYTES))):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            offset -= len(chunk)
    return 1 + (feeds or returns)


def _is_utf8(block: bytes) -> bool:
    """Return whether bytes are UTF-8 (strict: no surrogates, nothing overlong), without making text of them."""
    import pyarrow as pa

    offsets = pa.array([0, len(block)], pa.int32()).buffers()[1]
    text = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(block)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _codec(label: str, encoding: str, marked: str | None) -> str:
    """Return the name of the encoding that was asked for.

    Raises:
        UsageError: it is unknown.
        InputError: the file's byte-order mark says otherwise, or says nothing where it must.
    """
    try:
        name = codecs.lookup(encoding).name.replace("_", "-")
        known = name not in UNSAFE and "x".encode(name).decode(name) == "x"
    except (LookupError, ValueError):
        known = False
    if not known:
        raise UsageError(f"--encoding: '{shown(encoding)}' is no text encoding{nearest(encoding, COMMON)}")
    if name == "utf-8-sig":
        name = "utf-8"
    if name in ("utf-16", "utf-32"):
        name = _with_byte_order(label, name, marked)
    if marked and name != marked:
        raise InputError(
            f"{label}: has a byte-order mark of {marked}, so it is not {name}; leave out --encoding"
        )
    return name


def _with_byte_order(label: str, name: str, marked: str | None) -> str:
    if marked is None:
        raise InputError(f"{label}: has no byte-order mark; say --encoding {name}-le or --encoding {name}-be")
    return marked


def _convert(content: Content, target: Path, encoding: str, skip: int) -> None:
    """Write the text of a file to `target` in UTF-8, a part at a time."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, position = 1, skip
    with content.file.open("rb") as source, target.open("wb") as file:
        source.seek(skip)
        while True:
            chunk = source.read(CHUNK_BYTES)
            pending = len(decoder.getstate()[0])
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                raise InputError(
                    _about_given(content.label, encoding, line, position - pending, error)
                ) from error
            if "\0" in text:
                lines = line + text[: text.index("\0")].count("\n")
                raise InputError(f"{content.label}: line {lines}: NUL character; is it {encoding}?")
            file.write(text.encode())
            line += text.count("\n")
            position += len(chunk)
            if not chunk:
                return


def _about_given(label: str, encoding: str, line: int, start: int, error: UnicodeDecodeError) -> str:
    before = error.object[: error.start].decode(encoding, errors="ignore").count("\n")
    return (
        f"{label}: line {line + before}, byte {start + error.start}: cannot be decoded as {encoding}; "
        "name another --encoding, or get the file again if it is damaged"
    )


def _about_bytes(label: str, file: Path, offset: int) -> str:
    sample = _sample(file, offset)
    found = _candidates(sample)
    where = f"{label}: line {line_at(file, offset)}, byte {offset}: is not UTF-8{_mostly_utf8(sample)}"
    if not found:
        return (
            f"{where}. No other encoding stands out: get the file again, or name its encoding with --encoding"
        )
    evidence = ", ".join(f"{name} ({reason})" for name, reason in found)
    return f"{where}. Candidates: {evidence}. Ask who made the file, then name one: --encoding {found[0][0]}"


def _sample(file: Path, offset: int) -> bytes:
    """Return the lines from that of `offset` on that hold bytes beyond ASCII, at most about 32 KiB of them."""
    with file.open("rb") as stream:
        stream.seek(max(0, offset - 200))
        text = stream.read(1 << 20)
    lines = text.splitlines(keepends=True)[:-1] or [text]
    return b"".join(line for line in lines if not line.isascii())[:SAMPLE_BYTES]


def _mostly_utf8(sample: bytes) -> str:
    text = sample.decode(errors="replace")
    wrong = text.count("\ufffd")
    right = sum(not c.isascii() for c in text) - wrong
    return (
        " (the text around it is, so it is damaged rather than in another encoding)" if right > wrong else ""
    )


def _candidates(sample: bytes) -> list[tuple[str, str]]:
    """Return a few encodings that the sample could be in, likeliest first, each with what speaks for it."""
    from charset_normalizer import from_bytes

    found: dict[str, str] = {}
    for match in sorted(from_bytes(sample), key=_likelihood):
        alike = {name.replace("_", "-") for name in match.could_be_from_charset}
        name = next((common for common in COMMON if common in alike and common != "utf-8"), None)
        if name and name not in found:
            language = f"reads like {match.language}" if match.language != "Unknown" else "decodes"
            found[name] = f"{language}, {match.percent_chaos:.0f} % odd characters"
    return list(found.items())[:CANDIDATES]


def _likelihood(match: Any) -> tuple[int, int]:
    """Return what to sort candidates by: least disorder, and of those alike the commoner encoding."""
    alike = {name.replace("_", "-") for name in match.could_be_from_charset}
    return round(match.percent_chaos), min(
        (COMMON.index(name) for name in alike if name in COMMON), default=99
    )


def _about_nul(label: str, file: Path, offset: int) -> str:
    with file.open("rb") as stream:
        head = stream.read(1000)
        stream.seek(offset)
        rest = stream.read(CHUNK_BYTES)
    line = line_at(file, offset)
    if not rest.strip(b"\0"):
        return f"{label}: line {line}: NUL bytes to the end: the copy was cut short (truncated); get the file again"
    for order, zeros in (("le", head[1::2]), ("be", head[::2])):
        if zeros and zeros.count(0) * 2 > len(zeros):
            name = f"utf-16-{order}"
            return f"{label}: line {line}: NUL byte; it looks like {name} without a byte-order mark: --encoding {name}"
    return f"{label}: line {line}, byte {offset}: NUL byte; the file is damaged or not text; export it again"
