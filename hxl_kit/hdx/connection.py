"""Asking a site of HDX: with time-outs, patience where it is safe, and the key for nobody else.

What is read may be asked for again. What is written is sent once: whether it was done is found by reading back, never
by sending it again unseen (a POST repeated after a 502 is how datasets get every file twice).
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from requests import PreparedRequest, RequestException, Response, Session
from requests.auth import AuthBase
from requests.exceptions import InvalidURL
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay
from tenacity.wait import wait_exponential_jitter

from hxl_kit.errors import InputError, TargetError
from hxl_kit.files import reason_of
from hxl_kit.hdx.answers import UnansweredError, result_of
from hxl_kit.hdx.site import USER_AGENT, Site, origin_of
from hxl_kit.hdx.upload import as_form
from hxl_kit.reading.remote import RemotePolicy, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hxl_kit.hdx.upload import Progress, Upload

REDIRECTIONS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for, in seconds.

    Attributes:
        connect: for a connection.
        answer: for the next byte of an answer.
        attempts: how often something is asked for in all.
        pause: before the second attempt; it doubles with each further one.
        longest: at most between two attempts, also where the server asks for more.
        whole: for all attempts together.
    """

    connect: float = 10.0
    answer: float = 120.0
    attempts: int = 5
    pause: float = 0.5
    longest: float = 30.0
    whole: float = 300.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False, compare=False)

    @property
    def timeout(self) -> tuple[float, float]:
        """The time-outs as requests takes them."""
        return self.connect, self.answer

    def attempts_of(self) -> Retrying:
        """Return what asks again while no answer comes, and raises the last error in the end."""
        return Retrying(
            stop=stop_after_attempt(self.attempts) | stop_after_delay(self.whole),
            wait=self._wait,
            retry=retry_if_exception_type(UnansweredError),
            sleep=self.sleep,
            reraise=True,
        )

    def _wait(self, state: RetryCallState) -> float:
        usual = wait_exponential_jitter(multiplier=self.pause, max=self.longest, jitter=self.pause)(state)
        error = state.outcome.exception() if state.outcome else None
        asked = error.wait if isinstance(error, UnansweredError) else 0.0
        return min(max(usual, asked), self.longest)


class _Key(AuthBase):
    """Sends the key to the site and to no other host; also keeps a .netrc file from speaking up."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers.pop("Authorization", None)
        if self._site.key and origin_of(str(request.url)) == self._site.origin:
            request.headers["Authorization"] = self._site.key
        return request


class Connection:
    """A connection to a site; it may be used by several threads."""

    def __init__(self, site: Site, patience: Patience | None = None) -> None:
        self.site, self.patience = site, patience or Patience()
        self._session = Session()
        self._session.auth = _Key(site)
        self._session.headers["User-Agent"] = USER_AGENT

    def read(self, action: str, **params: str | int) -> Any:
        """Return the result of an action that changes nothing, asked for again while no answer comes.

        Raises:
            NotFoundError, RefusedError: the server said no.
            UnansweredError: it cannot be reached, or gives no answer that can be understood.
        """
        return self.patience.attempts_of()(self._read, action, params)

    def write(
        self,
        action: str,
        data: Mapping[str, Any],
        uploads: Sequence[Upload] = (),
        progress: Progress | None = None,
    ) -> Any:
        """Return the result of an action that changes something; it is sent once.

        With uploads it is a form whose values that are no text are written as JSON, as `package_revise` takes them.

        Raises:
            RefusedError: the server said no: nothing was done, if it says the truth.
            UnansweredError: nobody knows whether it was done; read back.
            InputError: a file cannot be read.
        """
        place, url = self._place(action)
        if not self.site.key:
            raise TargetError(f"{place}: no key; set HDX_KEY, or put hdx_key into ~/.hdx_configuration.yaml")
        if not uploads:
            return self._written(place, url, json.dumps(data).encode(), "application/json")
        fields = {k: v if isinstance(v, str) else json.dumps(v) for k, v in data.items()}
        try:
            with as_form(fields, uploads, progress) as (body, kind):
                return self._written(place, url, body, kind)
        except OSError as error:
            if isinstance(error, RequestException):
                raise
            raise InputError(f"{error.filename or place}: {reason_of(error)}; nothing was sent") from error

    @contextmanager
    def open(self, url: str, headers: Mapping[str, str] | None = None) -> Iterator[Response]:
        """Give the answer for an address, to be read as it comes (`iter_content`); redirections are followed.

        Each address is judged before it is asked: http or https, and nothing that only this machine can see, but for
        the site itself. Reading further may raise requests' RequestException.

        Raises:
            TargetError: an address may not be asked, or there are too many redirections.
            UnansweredError: the server cannot be reached or is not ready.
        """
        response = self.patience.attempts_of()(self._opened, url, dict(headers or {}))
        with response:
            yield response

    def _place(self, action: str) -> tuple[str, str]:
        return f"{self.site.text}: {action}", f"{self.site.url}/api/3/action/{action}"

    def _read(self, action: str, params: Mapping[str, str | int]) -> Any:
        place, url = self._place(action)
        response = self._asked(place, "GET", url, params=params)
        return result_of(place, response.status_code, self._body(place, response), wait_of(response))

    def _written(self, place: str, url: str, body: Any, kind: str) -> Any:
        response = self._asked(place, "POST", url, data=body, headers={"Content-Type": kind})
        return result_of(place, response.status_code, self._body(place, response), wait_of(response))

    def _asked(self, place: str, method: str, url: str, **given: Any) -> Response:
        try:
            return self._session.request(
                method, url, timeout=self.patience.timeout, allow_redirects=False, **given
            )
        except RequestException as error:
            raise UnansweredError(f"{place}: {told(error)}") from None

    def _body(self, place: str, response: Response) -> bytes:
        try:
            return response.content
        except RequestException as error:
            raise UnansweredError(f"{place}: {told(error)}") from None

    def _opened(self, url: str, headers: dict[str, str]) -> Response:
        for _ in range(REDIRECTIONS):
            place = self._require_harmless(url)
            response = self._asked(place, "GET", url, stream=True, headers=headers)
            if response.status_code not in _MOVED:
                return _ready(place, response)
            response.close()
            url = urljoin(url, response.headers.get("Location", ""))
        raise TargetError(f"{self.site.text}: {urlsplit(url).hostname}: too many redirections")

    def _require_harmless(self, url: str) -> str:
        """Return what messages call an address (without its query, which may be a permit to read).

        Raises:
            TargetError: it is one that must not be asked.
        """
        policy = RemotePolicy(
            allowed=True, hosts=frozenset({self.site.origin[1]}) if self._is_own(url) else frozenset()
        )
        reason = refusal(url, policy)
        if reason:
            raise TargetError(f"{self.site.text}: an address that it names is refused: {reason}")
        parts = urlsplit(url)
        return f"{self.site.text}: {parts.hostname}{parts.path}"

    def _is_own(self, url: str) -> bool:
        try:
            return origin_of(url) == self.site.origin
        except ValueError:
            return False


def _ready(place: str, response: Response) -> Response:
    """Return an answer, whatever it says, if the server is ready to give one."""
    if response.status_code in (408, 425, 429) or response.status_code >= 500:  # noqa: PLR2004 - HTTP's server errors
        wait = wait_of(response)
        response.close()
        raise UnansweredError(
            f"{place}: the server is not ready (status {response.status_code})", wait, response.status_code
        )
    return response


def wait_of(response: Response) -> float:
    """Return how many seconds a server asks to be left alone (Retry-After in seconds); 0 where it does not say."""
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdecimal() else 0.0


def told(error: RequestException) -> str:
    """Return why there is no answer, in words that hold no address and no header."""
    reasons = {
        "ConnectTimeout": "no connection in time",
        "ReadTimeout": "no answer in time",
        "SSLError": "the connection is not safe (its certificate is not valid)",
        "ProxyError": "the proxy cannot be reached",
        "ChunkedEncodingError": "the answer broke off",
        "ContentDecodingError": "the answer is damaged",
    }
    if isinstance(error, InvalidURL):
        return "the address is not a well-formed one"
    return reasons.get(type(error).__name__, "no connection, or it broke off")
