"""Origins of pages that an API's CORS configuration lets call it."""

import re
from collections.abc import Iterator
from typing import Final

from serverless_guard.record import Resource

ANY_ORIGIN: Final = re.compile(r"(?:\*|https?)?:?(?://)?\*(?::(?:\*|\d+))?")
"""`*`, `https://*`, `http://*` and `*://*`, also with a port: every origin, or every one of a scheme. Source: API
Gateway Developer Guide, "Configure CORS for HTTP APIs", which takes `https://*` and `http://*` as such."""


def any_origin(resource: Resource, cors: str) -> Iterator[str]:
    """Word a finding where a CORS configuration allows every origin, with the credentials that it lets pages send."""
    found = [one for one in resource.props.texts(f"{cors}.allowOrigins") if ANY_ORIGIN.fullmatch(one)]
    if found:
        with_credentials = ", together with allowCredentials" if resource.props.flag(f"{cors}.allowCredentials") else ""
        yield f"{cors}.allowOrigins has {', '.join(found)}{with_credentials}"
