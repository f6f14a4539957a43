"""JSON text as a stream of values: a part at a time, numbers as they are written, errors in plain words.

The standard library's scanner finds the values; the lists around them are walked here, so that a file of any size
takes the memory of its largest record.
"""

from __future__ import annotations

import codecs
import json
import re
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any, BinaryIO, Never

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.encodings import require_utf8
from hxl_kit.reading.limits import JSON_LEVELS as LEVELS
from hxl_kit.reading.limits import VALUE_CHARACTERS
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.encodings import Utf8

UNSURE_CHARACTERS = 16
"""An error this near to the end of the text may be of a value that is cut off there, such as `tru` or `\\u00e`."""

BLANK = re.compile(r"[ \t\r\n]*")
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
CONSTANT = re.compile(r'"(?:[^"\\]++|\\.)*+"|(-?Infinity|NaN)', re.DOTALL)


class Number(str):
    """A number as it is written, told apart from text."""

    __slots__ = ()


class _DuplicateKeyError(ValueError):
    pass


class _ConstantError(ValueError):
    pass


class JsonText:
    """The text of a JSON file and a place in it, which every method moves on; numbers are the text that is there."""

    def __init__(self, label: str, utf8: Utf8, stream: BinaryIO) -> None:
        self.label = label
        self._file = utf8.file
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._at = 0
        self._ended = False
        self._bytes = 0
        self._line = self._column = 1

    def peek(self) -> str:
        """Return the next character that is not white space, "" at the end."""
        while True:
            match = BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._more()

    def value(self) -> tuple[Any, str]:
        """Return the next value, and its text.

        Raises:
            InputError: it is not JSON, too long, nested too deeply, or has a key twice.
        """
        self.peek()
        while True:
            try:
                value, end = PLAIN(self._text, self._at)
            except (StopIteration, ValueError, RecursionError) as error:
                if self._ended or not self._may_be_cut(error):
                    self._refuse(error)
                self._more()
                continue
            if end == len(self._text) and not self._ended:
                self._more()
                continue
            text = self._text[self._at : end]
            if "\\u0000" in text and NUL.search(text):
                self._refuse_here("a text holds the character NUL")
            self._at = end
            return value, text

    def elements(self) -> Iterator[tuple[Any, str]]:
        """Yield the values of the list that begins here, each with its text."""
        self._at += 1
        going = self.peek() != "]"
        self._at += not going
        while going:
            yield self.value()
            going = self._goes_on("]")

    def members(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; read the value of each before the next."""
        seen = set()
        self._at += 1
        going = self.peek() != "}"
        self._at += not going
        while going:
            if self.peek() != '"':
                self._refuse_here("expecting a key in double quotes")
            key, _ = self.value()
            if key in seen:
                self._refuse_here(f"the key '{shown(key)}' stands twice in one object")
            seen.add(key)
            if self.peek() != ":":
                self._refuse_here("expecting ':' after a key")
            self._at += 1
            yield key
            going = self._goes_on("}")

    def lines(self) -> Iterator[tuple[Any, str]]:
        """Yield values that stand one after the other, as newline-delimited JSON has them."""
        while self.peek():
            yield self.value()

    def is_first_of_several(self) -> bool:
        """Return whether the object that begins here is followed by another one, which is soon enough to see."""
        try:
            _, end = PLAIN(self._text, self._at)
        except (StopIteration, ValueError, RecursionError):
            return False
        return self._text[end:].lstrip().startswith("{")

    def finish(self) -> None:
        """Check that nothing follows.

        Raises:
            InputError: something does.
        """
        if self.peek():
            self._refuse_here("other text follows the end")

    def _goes_on(self, closing: str) -> bool:
        found = self.peek()
        if found not in (",", closing):
            self._refuse_here(f"expecting ',' or '{closing}'")
        self._at += 1
        return found == ","

    def _more(self) -> None:
        """Forget what was read and add the next part of the file."""
        done, self._text = self._text[: self._at], self._text[self._at :]
        self._at = 0
        self._line, self._column = self._place(done)
        if len(self._text) > VALUE_CHARACTERS:
            self._refuse_here(f"a value is longer than {VALUE_CHARACTERS >> 20} Mi characters")
        chunk = self._stream.read(max(CHUNK_BYTES, len(self._text)))
        self._text += self._decoded(chunk)
        self._ended = not chunk

    def _decoded(self, chunk: bytes) -> str:
        offset = self._bytes
        self._bytes += len(chunk)
        try:
            text = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            begun = len(error.object) - len(chunk)
            require_utf8(self.label, self._file, offset - begun, error.object)
            raise
        if "\0" in text:
            require_utf8(self.label, self._file, offset, chunk)
        return text

    def _place(self, before: str) -> tuple[int, int]:
        """Return the line and column of the place behind a piece of text that begins where `_text` does."""
        feeds = before.count("\n")
        behind = len(before) - before.rfind("\n")
        return self._line + feeds, behind if feeds else self._column + len(before)

    def _may_be_cut(self, error: Exception) -> bool:
        if isinstance(error, StopIteration):
            return bool(error.value + UNSURE_CHARACTERS >= len(self._text))
        if isinstance(error, JSONDecodeError):
            near = error.pos + UNSURE_CHARACTERS >= len(self._text)
            return near or error.msg.startswith("Unterminated string")
        return False

    def _refuse(self, error: Exception) -> Never:
        if isinstance(error, RecursionError):
            self._refuse_here(TOO_DEEP)
        if isinstance(error, _ConstantError):
            found = next((m for m in CONSTANT.finditer(self._text, self._at) if m[1]), None)
            self._at = found.start() if found else self._at
            self._refuse_here(f"{error} is not JSON; missing values are null")
        if isinstance(error, _DuplicateKeyError):
            self._refuse_here(f"the key '{shown(str(error))}' stands twice in one object")
        at, what = (
            (error.pos, error.msg) if isinstance(error, JSONDecodeError) else (self._at, "Expecting value")
        )
        self._at = error.value if isinstance(error, StopIteration) else at
        self._refuse_here((what[0].lower() + what[1:]).removesuffix(" at").removesuffix(" starting"))

    def _refuse_here(self, what: str) -> Never:
        line, column = self._place(self._text[: self._at])
        at_end = self._at >= len(self._text) or what.startswith("unterminated")
        defect = f"is cut short (JSON: {what})" if at_end and self._ended else f"is broken JSON ({what})"
        raise InputError(f"{self.label}: line {line}, column {column}: {defect}; get the file again")


TOO_DEEP = f"nested too deeply, beyond {LEVELS} levels"


def compact(value: Any, level: int = 0) -> str:
    """Return a value as JSON without white space, its `Number`s as they are written.

    Raises:
        RecursionError: it is nested beyond 64 levels.
    """
    if level > LEVELS:
        raise RecursionError
    if isinstance(value, Number):
        return value
    if isinstance(value, list):
        return f"[{','.join(compact(item, level + 1) for item in value)}]"
    if isinstance(value, dict):
        members = (f"{compact(key)}:{compact(item, level + 1)}" for key, item in value.items())
        return f"{{{','.join(members)}}}"
    return json.dumps(value, ensure_ascii=False)


def exactly(text: str) -> Any:
    """Return the value of a text that `JsonText.value` gave, its numbers as `Number`."""
    return EXACT(text, 0)[0]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKeyError(next(key for key in keys if keys.count(key) > 1))
    return made


def _constant(name: str) -> Never:
    raise _ConstantError(name)


def _scanner(number: type[str]) -> Any:
    decoder = JSONDecoder(
        parse_int=number, parse_float=number, parse_constant=_constant, object_pairs_hook=_object
    )
    return decoder.scan_once  # type: ignore[attr-defined]


PLAIN = _scanner(str)
EXACT = _scanner(Number)
