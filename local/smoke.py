"""Calls of the deployed API as a person would make them: a user and its posts, created, read, paged and deleted."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import partial
from urllib.parse import urljoin, urlsplit


class SmokeError(RuntimeError):
    """The deployed API did not answer as it should; the message holds what it answered."""


@dataclass(frozen=True)
class Answer:
    """What the API answered: the status, the body as it came, and the headers by their names in lower case."""

    status: int
    body: str
    headers: Mapping[str, str]


def call(
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    via: str | None = None,
) -> Answer:
    """Send one request and return the answer, whatever its status.

    Args:
        method: The HTTP method.
        url: The whole address.
        token: A token of the user pool, for routes that need one.
        body: What is sent as JSON.
        headers: Further headers.
        via: Where to send it instead, for a host that no DNS record leads to: it is named in the request all the same.

    Raises:
        SmokeError: Nothing answers at the address.
    """
    sent = {"content-type": "application/json", **(headers or {})}
    if via:
        address = urlsplit(url)
        sent["host"] = address.netloc
        url = urljoin(via, address._replace(scheme="", netloc="").geturl())
    if token:
        sent["authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310  # the stack's own output
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # as above
            return _answer(response.status, response.read(), response.headers)
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.read(), error.headers)
    except urllib.error.URLError as error:
        raise SmokeError(f"nothing answers at {url}: {error.reason}") from error


def _answer(status: int, body: bytes, headers: Message) -> Answer:
    return Answer(status, body.decode(), {name.lower(): value for name, value in headers.items()})


def run(api_url: str, token: str, *, via: str | None = None) -> None:
    """Create a user with two posts, read them without a token, delete all; print each request and answer.

    Args:
        api_url: The stack's output `apiUrl`.
        token: A token of the stack's user pool.
        via: Where to send the requests instead, as for `call`.

    Raises:
        SmokeError: An answer has another status than it should, or what was created does not come back as it was.
    """
    expect = partial(_expect, via=via)
    user = {"userId": f"smoke-{secrets.token_hex(4)}", "name": "Smoke Test", "email": "smoke@example.com"}
    address = f"{api_url}/users/{user['userId']}"
    expect(201, "POST", f"{api_url}/users", token=token, body=user)
    read = expect(200, "GET", address)
    if json.loads(read.body).get("name") != user["name"]:
        raise SmokeError(f"GET {address} did not give back what was created: {read.body}")
    posts = [
        json.loads(expect(201, "POST", f"{address}/posts", token=token, body={"title": title, "text": "Smoke."}).body)
        for title in ("The first", "The second")
    ]
    newest = json.loads(expect(200, "GET", f"{address}/posts?limit=1").body)
    oldest = json.loads(expect(200, "GET", f"{address}/posts?limit=1&cursor={newest['nextCursor']}").body)
    if [*oldest["posts"], *newest["posts"]] != posts:
        raise SmokeError(f"GET {address}/posts did not give back what was created, newest first: {newest} {oldest}")
    for post in posts:
        expect(204, "DELETE", f"{api_url}/posts/{post['postId']}", token=token)
    expect(204, "DELETE", address, token=token, headers={"if-match": "*"})


def _expect(
    status: int,
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    via: str | None,
) -> Answer:
    print(f"  {method} {url}" + (f"\n    {json.dumps(body)}" if body else ""))
    answer = call(method, url, token=token, body=body, headers=headers, via=via)
    print(f"    -> {answer.status} {answer.body}".rstrip())
    if answer.status != status:
        raise SmokeError(f"{method} {url} answered {answer.status} instead of {status}: {answer.body}")
    return answer
