"""Posts in the table."""

from typing import TYPE_CHECKING, Any

from blog import keys
from blog.attributes import number, text
from blog.posts.model import Post

if TYPE_CHECKING:
    from collections.abc import Mapping

    from blog.receipts import Receipt
    from blog.table import Item, Table


class PostStore:
    """Posts in the table. What is refused raises the table's errors."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, post_id: str, now: int) -> Post | None:
        """Read a post as of now (seconds since the epoch); None if there is none, or none any more."""
        found = self._table.get(keys.post(post_id))
        post = _post(found) if found else None
        return post if post and _lives(post, now) else None

    def create(self, post: Post, receipt: "Receipt | None", now: int) -> None:
        """Add a post of a user that is the owner's, with the receipt of the request if it leaves one.

        Args:
            post: The post to add.
            receipt: What is left under the idempotency key.
            now: Seconds since the epoch.

        Raises:
            ReceiptExistsError: If the key was used before, whatever became of the post since.
            CheckFailedError: If there is no such user, or it is another's.
            ConditionFailedError: If there is a post with this id.
            ContendedError: If the same key, user or post is in use by another request.
        """
        owned = (keys.user(post.user_id), post.owner)
        self._table.create_with(_item(post), now=now, receipt=receipt, owned=owned)

    def add(self, post: Post, receipt: "Receipt | None", now: int) -> None:
        """Add a post whose owner is known, as ``create`` does without looking at its user.

        Transactions that look at the same user get in each other's way.
        """
        self._table.create_with(_item(post), now=now, receipt=receipt)

    def of_author(self, user_id: str, *, limit: int, after: str | None, now: int) -> tuple[list[Post], str | None]:
        """Read posts of a user, newest first.

        Args:
            user_id: The author.
            limit: How many at most; DynamoDB stops at 1 MB, too.
            after: The place of the last post that the reader has; None for the newest.
            now: Seconds since the epoch.

        Returns:
            The posts, and the place after which there may be more; None at the end.
        """
        start: dict[str, Any] = {}
        if after:
            post_id = after.rpartition("#")[2]
            start["ExclusiveStartKey"] = {**keys.post(post_id), **keys.of_author(user_id, after)}
        found = self._table.client.query(
            TableName=self._table.name,
            IndexName=keys.AUTHOR_INDEX,
            KeyConditionExpression="GSI1PK = :author",
            ExpressionAttributeValues={":author": {"S": keys.author(user_id)}},
            ScanIndexForward=False,
            Limit=limit + 1,  # one more than asked for: only so is it known whether there is a next page
            **start,
        )
        posts = [_post(item) for item in found["Items"]]
        more = len(posts) > limit or "LastEvaluatedKey" in found
        posts = posts[:limit]
        return [post for post in posts if _lives(post, now)], posts[-1].place if more and posts else None

    def delete(self, post_id: str, owner: str, version: int | None) -> None:
        """Remove a post of an owner in a version (None for any)."""
        self._table.delete(keys.post(post_id), owner, version)


def _lives(post: Post, now: int) -> bool:
    return post.expires_at is None or post.expires_at > now


def _item(post: Post) -> "Item":
    return {
        **keys.post(post.post_id),
        **keys.of_author(post.user_id, post.place),
        "postId": {"S": post.post_id},
        "userId": {"S": post.user_id},
        "title": {"S": post.title},
        "text": {"S": post.text},
        "owner": {"S": post.owner},
        "version": {"N": str(post.version)},
        "createdAt": {"S": post.created_at},
        **({} if post.expires_at is None else {"expiresAt": {"N": str(post.expires_at)}}),
    }


def _post(item: "Mapping[str, Any]") -> Post:
    """Read a stored post, with defaults as a stored user is read. Author and time stand in its place in the index."""
    created_at, _, post_id = text(item, "GSI1SK").rpartition("#")
    return Post(
        post_id=post_id,
        user_id=text(item, "GSI1PK").removeprefix(keys.author("")),
        title=text(item, "title"),
        text=text(item, "text"),
        owner=text(item, "owner"),
        version=number(item, "version", 1),
        created_at=created_at,
        expires_at=number(item, "expiresAt", None),
    )
