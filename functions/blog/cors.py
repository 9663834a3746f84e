"""The headers by which pages of another origin may read an answer; an HTTP API sends its own in their place."""

from blog import env

EXPOSED = ("etag", "location", "x-request-id")
"""What such a page may read besides the body."""


def headers(origin: str | None) -> dict[str, str]:
    """The headers for pages of an origin; none without one."""
    if origin is None:
        return {}
    return {"access-control-allow-origin": origin, "access-control-expose-headers": ",".join(EXPOSED)}


CORS = headers(env.optional("CORS_ORIGIN"))
