"""An author's posts, page by page."""

from typing import TYPE_CHECKING, NamedTuple

from blog import clock
from blog.ownership import missing

if TYPE_CHECKING:
    from blog.clock import Clock
    from blog.posts.cursor import Cursors
    from blog.posts.model import PageRequest, Post
    from blog.posts.store import PostStore
    from blog.users.store import UserStore


class Page(NamedTuple):
    """A page of posts, newest first, and the cursor of the next one; None on the last."""

    posts: list["Post"]
    next_cursor: str | None


class Listing:
    """The posts of each author, which anyone reads."""

    def __init__(self, posts: "PostStore", users: "UserStore", cursors: "Cursors", now: "Clock" = clock.utc) -> None:
        self._posts = posts
        self._users = users
        self._cursors = cursors
        self._now = now

    def page(self, user_id: str, wanted: "PageRequest") -> Page:
        """Find a page of a user's posts. Those of a user that was deleted stay.

        Raises:
            InvalidError: If the cursor is not one of this list, or has expired.
            NotFoundError: If nobody has this handle and nothing was written under it.
        """
        now = int(self._now().timestamp())
        after = self._cursors.read(user_id, wanted.cursor, now) if wanted.cursor else None
        posts, last = self._posts.of_author(user_id, limit=wanted.limit, after=after, now=now)
        # Only an empty list asks for its author: the others need not, and a read costs.
        if not posts and after is None and self._users.get(user_id) is None:
            raise missing(f"user {user_id!r}")
        return Page(posts, self._cursors.write(user_id, last, now) if last else None)
