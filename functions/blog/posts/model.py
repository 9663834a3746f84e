"""What a post is, and what a request may ask for."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blog import fields
from blog.fields import Field, line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

POST_ID = Field("postId", re.compile(r"[0-9a-f]{32}"), "32 characters out of 0-9 and a-f")
TITLE = line("title", 200)
TEXT = Field(
    "text",
    # Well below the 400 KB of an item, in any script.
    re.compile(r"(?=[\s\S]*\S)[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]{1,50000}"),
    "1 to 50000 characters, not only space, without control characters other than line breaks and tabs",
)
LIMIT = Field("limit", re.compile(r"[1-9][0-9]?|100"), "a whole number from 1 to 100")
CURSOR = Field("cursor", re.compile(r"[A-Za-z0-9_-]{1,200}"), "the nextCursor of an earlier page")

DEFAULT_LIMIT = 20


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post that somebody wants to create."""

    user_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Post:
    """A post as stored.

    Attributes:
        post_id: Names it for good; part of its address.
        user_id: The handle of the user that wrote it.
        title: Its first line.
        text: The rest, in Markdown.
        owner: The ``sub`` claim of the person whose post this is. Never leaves the service.
        version: Grows by one with each change, from 1.
        created_at: UTC in ISO 8601 with milliseconds.
        expires_at: Seconds since the epoch after which it leaves for the archive; None for never.
    """

    post_id: str
    user_id: str
    title: str
    text: str
    owner: str
    version: int
    created_at: str
    expires_at: int | None = None

    @property
    def place(self) -> str:
        """Where it stands among its author's posts, by time; the id keeps two of the same moment apart."""
        return f"{self.created_at}#{self.post_id}"

    def public(self) -> dict[str, str]:
        """What anybody may read: not the owner."""
        return {
            "postId": self.post_id,
            "userId": self.user_id,
            "title": self.title,
            "text": self.text,
            "createdAt": self.created_at,
        }


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which of an author's posts somebody wants to see.

    Attributes:
        limit: How many at most.
        cursor: What the page before it gave, as it came; None for the first page.
    """

    limit: int
    cursor: str | None


def post_id(value: str) -> str:
    """Check an identifier that came in a path.

    Raises:
        InvalidError: If no post can have it.
    """
    return fields.one(POST_ID, value)


def new_post(user_id: str, body: "Mapping[str, object]") -> NewPost:
    """Check the body of a request that creates a post of a user: title and text, nothing else.

    Raises:
        InvalidError: Naming each field that is missing, unknown or wrong.
    """
    given = fields.read(body, (TITLE, TEXT))
    return NewPost(user_id, given["title"], given["text"])


def page_request(query: "Mapping[str, str]", usual_limit: "Callable[[], int]") -> PageRequest:
    """Check the query of a request for a page: limit and cursor, if they are there.

    Caches are keyed by these two. Another parameter is left aside: if it changed the answer, the caches would hand that
    answer to those who did not send it.

    Args:
        query: The query.
        usual_limit: Says how long a page is where the query does not.

    Raises:
        InvalidError: Naming each parameter that is wrong.
    """
    known = {field.name: query[field.name] for field in (LIMIT, CURSOR) if field.name in query}
    given = fields.read(known, (LIMIT, CURSOR), required=False)
    return PageRequest(int(given["limit"]) if "limit" in given else usual_limit(), given.get("cursor"))
