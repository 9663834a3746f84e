"""A call of the deployed API as a person would make it: create a user, read it back, delete it."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass


class SmokeError(RuntimeError):
    """The deployed API did not answer as it should; the message holds what it answered."""


@dataclass(frozen=True)
class Answer:
    """What the API answered: the status, and the body as it came."""

    status: int
    body: str


def call(
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send one request and return the answer, whatever its status.

    Args:
        method: The HTTP method.
        url: The whole address.
        token: A token of the user pool, for routes that need one.
        body: What is sent as JSON.
        headers: Further headers.

    Raises:
        SmokeError: Nothing answers at the address.
    """
    sent = {"content-type": "application/json", **(headers or {})}
    if token:
        sent["authorization"] = f"Bearer {token}"
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, sent, method=method)  # noqa: S310  # the stack's own output
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  # as above
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode())
    except urllib.error.URLError as error:
        raise SmokeError(f"nothing answers at {url}: {error.reason}") from error


def run(api_url: str, token: str) -> None:
    """Create a user, read it back without a token, delete it; print each request and answer.

    Args:
        api_url: The stack's output `apiUrl`.
        token: A token of the stack's user pool.

    Raises:
        SmokeError: An answer has another status than it should, or the user does not come back as it was created.
    """
    user = {"userId": f"smoke-{secrets.token_hex(4)}", "name": "Smoke Test", "email": "smoke@example.com"}
    address = f"{api_url}/users/{user['userId']}"
    _expect(201, "POST", f"{api_url}/users", token=token, body=user)
    read = _expect(200, "GET", address)
    if json.loads(read.body).get("name") != user["name"]:
        raise SmokeError(f"GET {address} did not give back what was created: {read.body}")
    _expect(204, "DELETE", address, token=token, headers={"if-match": "*"})


def _expect(
    status: int,
    method: str,
    url: str,
    *,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    print(f"  {method} {url}" + (f"\n    {json.dumps(body)}" if body else ""))
    answer = call(method, url, token=token, body=body, headers=headers)
    print(f"    -> {answer.status} {answer.body}".rstrip())
    if answer.status != status:
        raise SmokeError(f"{method} {url} answered {answer.status} instead of {status}: {answer.body}")
    return answer
