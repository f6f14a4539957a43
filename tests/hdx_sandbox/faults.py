# SPDX-License-Identifier: AGPL-3.0-or-later
"""Misbehaves on purpose, as told by a JSON file, and writes down every request.

The file is read again at each request. Each of its rules has a `path` (the name of an action, `download`, `page`
or `*`) and a `fault`; `when` says whether the work is left undone (`before`, the default) or done and the answer
spoilt (`after`); `skip` lets so many requests pass first, `times` (1) is how often it strikes, and `file` keeps a
fault of uploads to the file of that name.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
Rule = dict[str, Any]

SPOILT = "hdx_sandbox.spoilt"
"""Where a request carries the rule that spoils its uploads."""

UPLOADS = {"short-upload", "corrupt-upload", "dropped-upload"}
DOWNLOADS = {"short-download", "html-download"}
REASONS = {
    "401": "Unauthorized",
    "403": "Forbidden",
    "429": "Too Many Requests",
    "500": "Internal Server Error",
    "502": "Bad Gateway",
    "503": "Service Unavailable",
    "504": "Gateway Timeout",
}
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in to the network.</body></html>"


class Rules:
    """The rules of the file, and how often each has met its request."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.met: Counter[object] = Counter()
        self.lock = threading.Lock()

    def strikes(self, name: str, *, uploads: bool) -> Rule | None:
        """Return the rule that strikes this request, if one does; each rule counts the requests that it is for."""
        with self.lock:
            for key, rule in self._read():
                if rule["path"] not in {name, "*"} or (rule["fault"] in UPLOADS and not uploads):
                    continue
                self.met[key] += 1
                skip = rule.get("skip", 0)
                if skip < self.met[key] <= skip + rule.get("times", 1):
                    return rule
        return None

    def _read(self) -> list[tuple[object, Rule]]:
        """The rules with a name for each: its own `id`, or its place in this version of the file."""
        try:
            version = self.path.stat().st_mtime_ns
            rules = json.loads(self.path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return []
        return [(rule.get("id", (version, place)), rule) for place, rule in enumerate(rules)]


class Faulty:
    """A WSGI application around another: passes requests on, unless a rule strikes."""

    def __init__(self, app: App, folder: Path) -> None:
        self.app = app
        self.rules = Rules(folder / "faults.json")
        self.log = folder / "requests.jsonl"

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        name = request_name(environ.get("PATH_INFO", ""))
        uploads = environ.get("CONTENT_TYPE", "").startswith("multipart/")
        rule = self.rules.strikes(name, uploads=uploads)
        logged = self._logging(environ, name, start_response, rule)
        if rule is None:
            return self.app(environ, logged)
        if rule["fault"] in UPLOADS:
            environ[SPOILT] = rule
            return self.app(environ, logged)
        if rule.get("when", "before") == "after" or rule["fault"] in DOWNLOADS | {"truncated"}:
            return self._spoilt(rule, environ, logged)
        return self._refused(rule, environ, logged)

    def _spoilt(self, rule: Rule, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Do the work, and spoil the answer."""
        status, headers, body = answer_of(self.app, environ)
        kind, _, argument = rule["fault"].partition(":")
        if kind == "hang":
            time.sleep(float(argument))
            start_response(status, headers)
            return [body]
        if kind in {"truncated", "short-download"}:
            half = body[: len(body) // 2]
            told = body if kind == "truncated" else half
            start_response(status, [*_without_length(headers), ("Content-Length", str(len(told)))])
            return [half]
        return self._refused(rule, environ, start_response)

    def _refused(self, rule: Rule, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the fault says; nothing is done."""
        kind, _, argument = rule["fault"].partition(":")
        if kind == "reset":
            start_response("000 Reset", [])
            cut_off(environ["werkzeug.socket"])
        if kind == "hang":
            time.sleep(float(argument))
            kind = "504"
        status, headers, body = spoilt_answer(kind, argument, rule.get("retry_after"))
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _logging(self, environ: Environ, name: str, start: StartResponse, rule: Rule | None) -> StartResponse:
        """Return `start_response` that writes the request down before its answer leaves."""

        def logged(status: str, headers: Headers, *rest: object) -> Any:
            line = {
                "method": environ["REQUEST_METHOD"],
                "path": environ.get("PATH_INFO", ""),
                "query": environ.get("QUERY_STRING", ""),
                "action": name,
                "bytes": int(environ.get("CONTENT_LENGTH") or 0),
                "status": int(status.split(maxsplit=1)[0]),
                "key": "HTTP_AUTHORIZATION" in environ,
                "fault": rule["fault"] if rule else "",
            }
            with self.log.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(line)}\n")
            return start(status, headers, *rest)

        return logged


def request_name(path: str) -> str:
    """Return what rules call a request: the action's name, `download`, or `page` for anything else."""
    if "/action/" in path:
        return path.rstrip("/").rpartition("/")[2]
    return "download" if "/resource/" in path and "/download" in path else "page"


def answer_of(app: App, environ: Environ) -> tuple[str, Headers, bytes]:
    """Return status, headers and the whole body of an application's answer."""
    seen: list[Any] = []
    parts = app(environ, lambda status, headers, *_: seen.append((status, headers)))
    body = b"".join(parts)
    with contextlib.suppress(AttributeError):
        parts.close()  # type: ignore[attr-defined]
    status, headers = seen[-1]
    return status, headers, body


def spoilt_answer(kind: str, argument: str, retry_after: float | None) -> tuple[str, Headers, bytes]:
    """Return status, headers and body of an answer that is none."""
    if kind in {"html", "html-download"}:
        return "200 OK", [("Content-Type", "text/html; charset=utf-8")], PAGE
    if kind == "redirect":
        return "302 Found", [("Location", argument), ("Content-Type", "text/html")], b""
    if kind not in REASONS:
        raise ValueError(f"no such fault: {kind}")
    headers = [("Retry-After", str(retry_after))] if retry_after is not None else []
    if kind in {"401", "403"}:
        error = {"__type": "Authorization Error", "message": "Access denied"}
        body = json.dumps({"success": False, "error": error}).encode()
        return f"{kind} {REASONS[kind]}", [*headers, ("Content-Type", "application/json")], body
    body = f"<html><body><h1>{kind} {REASONS[kind]}</h1></body></html>".encode()
    return f"{kind} {REASONS[kind]}", [*headers, ("Content-Type", "text/html")], body


def cut_off(connection: socket.socket) -> None:
    """Reset a TCP connection: no answer, no polite end. Always raises ConnectionResetError."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RDWR)
    raise ConnectionResetError("reset on purpose")


def _without_length(headers: Headers) -> Headers:
    return [(name, value) for name, value in headers if name.lower() != "content-length"]
