# SPDX-License-Identifier: AGPL-3.0-or-later
"""Answers the few questions that CKAN asks of Solr: a search index in memory, standard library only.

It speaks `/schema` (so that CKAN's check of the version passes), `/select` (q, fq, sort, start, rows, fl,
facet.field) and `/update` (documents as JSON, `<delete>` and `<commit>` as XML). What it cannot read of a query
is answered with 400: never silently with "nothing found".
"""

from __future__ import annotations

import datetime as dt
import fnmatch
import json
import re
import threading
import xml.etree.ElementTree as ET
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

Document = dict[str, Any]
Parameters = dict[str, list[str]]

SEARCHED = (
    *("name", "title", "notes", "text", "author", "maintainer", "tags", "groups", "organization"),
    *("res_name", "res_description"),
)
"""The fields that a query without a field looks at."""

WORDY = {None, "text", "title", "notes", "res_name", "res_description"}
"""Fields of which one word is enough; of the others it is the whole value."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<range>[\[{][^\]}]*\sTO\s[^\]}]*[\]}])
    | (?P<bracket>[()])
    | (?P<operator>AND\b|OR\b|NOT\b|&&|\|\|)
    | (?P<sign>[+\-!](?=\S))
    | (?P<field>[A-Za-z_][\w.\-*]*):(?=\S)
    | (?P<everything>\*:\*)
    | (?P<phrase>"(?:\\.|[^"\\])*")(?:~\d+)?(?:\^[\d.]+)?
    | (?P<word>(?:\\.|[^\s()"\[\]{}:^])(?:\\.|[^\s()"\[\]{}^])*)(?:\^[\d.]+)?
    )\s*""",
    re.VERBOSE,
)
_STEP = re.compile(r"([+-])(\d+)(YEAR|MONTH|DAY|HOUR|MINUTE|SECOND)S?")
_DAYS = {"YEAR": 365.0, "MONTH": 30.0, "DAY": 1.0, "HOUR": 1 / 24, "MINUTE": 1 / 1440, "SECOND": 1 / 86400}


class BadQueryError(ValueError):
    """A query that is not understood."""


class Everything(NamedTuple):
    """`*:*`."""

    def finds(self, document: Document) -> bool:
        return True


class Clauses(NamedTuple):
    """What must, may and must not be there."""

    must: list[Any]
    may: list[Any]
    never: list[Any]

    def finds(self, document: Document) -> bool:
        if any(part.finds(document) for part in self.never):
            return False
        if not all(part.finds(document) for part in self.must):
            return False
        return bool(self.must) or not self.may or any(part.finds(document) for part in self.may)


class Span(NamedTuple):
    """`field:[low TO high]`, with braces where an end is left out."""

    field: str | None
    low: str
    high: str
    with_low: bool
    with_high: bool

    def finds(self, document: Document) -> bool:
        return any(self._has(value) for value in values(document, self.field))

    def _has(self, value: str) -> bool:
        low, high, here = _comparable(_moment(self.low), _moment(self.high), value)
        above = low is None or here > low or (self.with_low and here == low)
        return above and (high is None or here < high or (self.with_high and here == high))


class Wanted(NamedTuple):
    """A word, a phrase or a pattern, in one field or in those that are searched."""

    field: str | None
    text: str
    phrase: bool

    def finds(self, document: Document) -> bool:
        if self.field and "*" in self.field:
            fields = fnmatch.filter(document, self.field)
            return any(self._replace(field=field).finds(document) for field in fields)
        found = [value.lower() for value in values(document, self.field)]
        wanted = self.text.lower()
        if wanted == "*" and not self.phrase:
            return bool(found)
        if "*" in wanted or "?" in wanted:
            words = (word for value in found for word in (value, *re.findall(r"[\w\-]+", value)))
            return any(fnmatch.fnmatch(word, wanted) for word in words)
        if self.field in WORDY:
            whole = re.compile(rf"(?<!\w){re.escape(wanted)}(?!\w)")
            return any(whole.search(value) for value in found)
        return wanted in found


class Query:
    """Reads a query once, from left to right."""

    def __init__(self, text: str) -> None:
        self.tokens = _tokens(text)
        self.at = 0

    def read(self) -> Clauses:
        clauses = self._clauses(None)
        if self.at != len(self.tokens):
            raise BadQueryError("a bracket is closed that was never opened")
        return clauses

    def _clauses(self, field: str | None) -> Clauses:
        found, either = Clauses([], [], []), False
        while self.at < len(self.tokens) and self.tokens[self.at] != ("bracket", ")"):
            kind, text = self.tokens[self.at]
            if kind == "operator" and text != "NOT":
                self.at += 1
                either = text in {"OR", "||"}
                if either and found.must and not found.may:
                    found.may.append(found.must.pop())
                continue
            if kind in {"operator", "sign"}:
                self.at += 1
                (found.must if text == "+" else found.never).append(self._clause(field))
            else:
                (found.may if either else found.must).append(self._clause(field))
            either = False
        return found

    def _clause(self, field: str | None) -> Any:
        if self.at >= len(self.tokens):
            raise BadQueryError("the query ends too early")
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "field":
            return self._clause(text)
        if (kind, text) == ("bracket", "("):
            return self._closed(field)
        if kind == "everything":
            return Everything()
        if kind == "range":
            low, high = re.split(r"\s+TO\s+", text[1:-1].strip())
            return Span(field, low, high, text[0] == "[", text[-1] == "]")
        if kind == "phrase":
            return Wanted(field, re.sub(r"\\(.)", r"\1", text[1:-1]), phrase=True)
        if kind == "word":
            return Wanted(field, re.sub(r"\\(.)", r"\1", text), phrase=False)
        raise BadQueryError(f"not expected here: {text!r}")

    def _closed(self, field: str | None) -> Clauses:
        clauses = self._clauses(field)
        if self.at >= len(self.tokens):
            raise BadQueryError("a bracket is not closed")
        self.at += 1
        return clauses


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at, text = [], 0, text.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or not match.lastgroup:
            raise BadQueryError(f"cannot be read: {text[at : at + 30]!r}")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        at = match.end()
    return found


def values(document: Document, field: str | None) -> list[str]:
    """Return the values of a field as text; of all that are searched, if none is named."""
    if field is None:
        return [value for name in SEARCHED for value in values(document, name)]
    stored = document.get(field)
    if stored is None:
        return []
    several = stored if isinstance(stored, list) else [stored]
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in several]


def _moment(text: str) -> str:
    """`NOW`, `NOW-3MONTHS`, `NOW/DAY` as a moment; anything else as it is. Months are 30 days: it is for order."""
    if not text.startswith("NOW"):
        return text
    days = sum(float(f"{sign}{number}") * _DAYS[unit] for sign, number, unit in _STEP.findall(text))
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _comparable(low: str, high: str, value: str) -> tuple[Any, Any, Any]:
    """The ends (None where open) and the value: as numbers if they are, else as text."""
    ends = [None if end == "*" else end for end in (low, high)]
    try:
        return *(None if end is None else float(end) for end in ends), float(value)
    except ValueError:
        return *ends, value


class Index:
    """The documents, by id."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.lock = threading.RLock()

    def select(self, asked: Parameters) -> dict[str, Any]:
        """Return Solr's answer to a search."""
        with self.lock:
            found = list(self.documents.values())
        for text in (_first(asked, "q", "*:*"), *asked.get("fq", [])):
            query = Query(text).read()
            found = [document for document in found if query.finds(document)]
        _sort(found, _first(asked, "sort", ""))
        start, rows = int(_first(asked, "start", "0")), int(_first(asked, "rows", "10"))
        return {
            "responseHeader": {"status": 0, "QTime": 0},
            "response": {
                "numFound": len(found),
                "start": start,
                "docs": [
                    _shown(document, _first(asked, "fl", "*")) for document in found[start : start + rows]
                ],
            },
            "facet_counts": {
                "facet_fields": {name: _counts(found, name) for name in asked.get("facet.field", [])}
            },
        }

    def update(self, body: bytes, media_type: str) -> None:
        """Add documents, or delete those that a query finds."""
        with self.lock:
            if "json" in media_type:
                self.documents.update({document["index_id"]: document for document in json.loads(body)})
                return
            for asked in ET.fromstring(body).iter("query"):  # noqa: S314 - only CKAN speaks here
                query = Query(asked.text or "*:*").read()
                self.documents = {key: row for key, row in self.documents.items() if not query.finds(row)}


def _first(asked: Parameters, name: str, otherwise: str) -> str:
    return asked.get(name, [otherwise])[0] or otherwise


def _sort(found: list[Document], order: str) -> None:
    for part in reversed([part.strip() for part in order.split(",") if part.strip()]):
        field, _, direction = part.partition(" ")
        if field != "score":
            found.sort(
                key=lambda document, field=field: (values(document, field) or [""])[0],
                reverse=direction.strip() == "desc",
            )


def _shown(document: Document, wanted: str) -> Document:
    fields = re.split(r"[ ,]+", wanted)
    return document if "*" in fields else {name: document[name] for name in fields if name in document}


def _counts(found: list[Document], field: str) -> list[str | int]:
    counts = Counter(value for document in found for value in values(document, field))
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return [part for entry in ordered for part in entry]


class Handler(BaseHTTPRequestHandler):
    """One request of CKAN's."""

    protocol_version = "HTTP/1.1"
    server: SearchServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        address = urlsplit(self.path)
        asked = parse_qs(address.query, keep_blank_values=True)
        try:
            match address.path.rstrip("/").rpartition("/")[2]:
                case "schema":
                    self._send(200, b'<schema name="ckan-2.10" version="1.6"></schema>', "application/xml")
                case "select":
                    asked |= parse_qs(body.decode(), keep_blank_values=True)
                    self._send_json(200, self.server.index.select(asked))
                case "update":
                    self.server.index.update(body, self.headers.get("Content-Type", ""))
                    self._send_json(200, {"responseHeader": {"status": 0}})
                case _:
                    self._send_json(404, {"error": {"msg": "nothing answers here"}})
        except BadQueryError as error:
            self._send_json(400, {"error": {"msg": str(error), "code": 400}})

    def _send_json(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class SearchServer(ThreadingHTTPServer):
    """The index behind a port of this computer."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.index = Index()
