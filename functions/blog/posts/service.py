"""What one can do with posts, and who may."""

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from blog import clock
from blog.ownership import held, missing
from blog.posts.model import NewPost, Post
from blog.receipts import Receipt, create_once, digest

if TYPE_CHECKING:
    from blog.clock import Clock
    from blog.posts.store import PostStore


class Posts:
    """The posts of the blog: anyone reads them, each owner writes and deletes their own.

    Args:
        store: Where they are.
        lifetime: How long a post stays before it leaves for the archive; nothing for ever.
        now: What time it is.
    """

    def __init__(self, store: "PostStore", lifetime: timedelta = timedelta(), now: "Clock" = clock.utc) -> None:
        self._store = store
        self._lifetime = lifetime
        self._now = now

    def get(self, post_id: str) -> Post:
        """Find a post.

        Raises:
            NotFoundError: If there is none.
        """
        if post := self._store.get(post_id, int(self._now().timestamp())):
            return post
        raise missing(f"post {post_id!r}")

    def create(self, owner: str, new: NewPost, idempotency_key: str | None) -> tuple[Post, bool]:
        """Add a post of a user, once for each idempotency key.

        Args:
            owner: The ``sub`` of who asks, whose user it must be.
            new: What it will be.
            idempotency_key: The same key with the same content gives the first answer again, even after the post
                was deleted; None makes each request a new one.

        Returns:
            The post as first created, and whether it was this request that created it.

        Raises:
            NotFoundError: If there is no such user.
            ForbiddenError: If the user is another's.
            KeyReusedError: If the key came with other content before.
            BusyError: If another request uses the key or changes the user right now.
        """
        now = self._now()
        receipt = Receipt.of("POST", owner, idempotency_key, (new.user_id, new.title, new.text), now)
        seed = receipt.digest if receipt else secrets.token_hex()

        def first(at: str) -> Post:
            # Made of what the receipt holds, so that a repeated request finds the same id.
            post_id = digest(seed, at)[:32]
            expires_at = int((datetime.fromisoformat(at) + self._lifetime).timestamp()) if self._lifetime else None
            return Post(post_id, new.user_id, new.title, new.text, owner, 1, at, expires_at)

        def store(post: Post) -> None:
            self._store.create(post, receipt, int(now.timestamp()))

        with held(f"user {new.user_id!r}", owner):
            return create_once(first, store, receipt, now)

    def delete(self, caller: str, post_id: str, version: int | None) -> None:
        """Remove a post.

        Args:
            caller: The ``sub`` of who asks.
            post_id: Which post.
            version: The version that the caller read; None removes any.

        Raises:
            RefusedError: As ``held`` says it.
        """
        with held(f"post {post_id!r}", caller):
            self._store.delete(post_id, caller, version)
