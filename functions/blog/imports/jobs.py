"""Writes the rows that were sent to the queue."""

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from blog import clock
from blog.attributes import number, text
from blog.errors import RefusedError, TakenError
from blog.imports.rows import Row, UnreadableError, moment
from blog.ownership import missing
from blog.posts.model import Post
from blog.receipts import Receipt, ReceiptExistsError, digest
from blog.table import ConditionFailedError
from blog.telemetry import count, logger
from blog.users.model import User

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blog.clock import Clock
    from blog.posts.store import PostStore
    from blog.users.store import UserStore


class Jobs:
    """The rows that wait to be written; each is written once, however often it comes.

    A row leaves a receipt for a day, as a request with an idempotency key does: a message that SQS delivers again does
    not bring back what was deleted in the meantime.

    Args:
        users: Where users are.
        posts: Where posts are.
        lifetime: How long a post stays, from its import on; nothing for ever.
        now: What time it is.
    """

    def __init__(
        self,
        users: "UserStore",
        posts: "PostStore",
        lifetime: timedelta = timedelta(),
        now: "Clock" = clock.utc,
    ) -> None:
        self._users = users
        self._posts = posts
        self._lifetime = lifetime
        self._now = now

    def take(self, records: "Sequence[Mapping[str, Any]]") -> list[str]:
        """Write the rows of a batch of messages.

        The log has a line for each row, with the id of its upload as the correlation id. Of a row that cannot be
        written it has its place in the file and the columns at fault, never what they hold.

        Returns:
            The ids of the messages that failed, to be handed over again.
        """
        failed: list[str] = []
        written: Counter[str] = Counter()
        for record in records:
            row = _row(record["body"])
            with logger.append_context_keys(correlation_id=row.upload, line=row.line, message_id=record["messageId"]):
                try:
                    new = self._write(row)
                except Exception as error:  # noqa: BLE001  # whatever it is, the other rows are not to suffer from it
                    failed.append(record["messageId"])
                    _tell(row, error)
                else:
                    logger.info("imported", upload=row.upload, kind=row.kind, new=new)
                    written[row.kind] += new
        for kind, many in (+written).items():
            count(f"{kind.capitalize()}Imported", many)
        if failed:
            count("RowsFailed", len(failed))
        return failed

    def _write(self, row: Row) -> bool:
        """Write a row, unless it was before; return whether it was this call that did.

        Raises:
            UnreadableError: It is no row.
            RefusedError: It cannot be written as it is, or not yet.
        """
        values = row.read()
        try:
            if row.kind == "users":
                self._create_user(**values)
            else:
                self._create_post(**values)
        except ReceiptExistsError as error:
            # The id of a post is made of what it says, that of a user is chosen.
            if row.kind == "users" and error.fingerprint != digest(values["name"], values["email"]):
                raise TakenError("another row with this userId was imported") from error
            return False
        except ConditionFailedError as error:
            if row.kind == "users" and error.owner != values["owner"]:
                raise TakenError("the userId is taken, or was") from error
            if row.kind == "users" and _differs(error.item, values):
                raise TakenError("the user is there already, and the row says something else") from error
            return False
        return True

    def _create_user(self, *, userId: str, name: str, email: str, owner: str) -> None:  # noqa: N803  # as the columns are called
        now = self._now()
        at = clock.text(now)
        # No idempotency key of the API has a space in it.
        receipt = Receipt.of("USER", owner, f"import {userId}", (name, email), now)
        self._users.create(User(userId, name, email, owner, 1, at, at), receipt, int(now.timestamp()))

    def _create_post(self, *, author: str, title: str, text: str, createdAt: str) -> None:  # noqa: N803  # as above
        now = self._now()
        at = clock.text(moment(createdAt))
        user = self._users.get(author)
        if user is None:
            raise missing("user that is its author")
        post_id = digest(author, at, title, text)[:32]
        receipt = Receipt.of("POST", user.owner, f"import {post_id}", (), now)
        expires_at = int((now + self._lifetime).timestamp()) if self._lifetime else None
        post = Post(post_id, author, title, text, user.owner, 1, at, expires_at)
        self._posts.add(post, receipt, int(now.timestamp()))


def _differs(stored: "Mapping[str, Any]", values: "Mapping[str, str]") -> bool:
    """Tell whether a stored user was created from other values; one that was changed since may have been from these."""
    return number(stored, "version", 1) == 1 and any(text(stored, name) != values[name] for name in ("name", "email"))


def _row(message: str) -> Row:
    """Read a message; one that nobody of this application has sent is a row of no upload that cannot be read."""
    try:
        return Row.of(message)
    except (ValueError, TypeError) as error:
        return Row("", 0, "", None, f"the message is no row: {type(error).__name__}")


def _tell(row: Row, error: Exception) -> None:
    columns = [wrong.field for wrong in error.fields] if isinstance(error, RefusedError) else []
    # Other errors, and what is refused of a column, may repeat what the row holds.
    reason = str(error) if isinstance(error, UnreadableError | RefusedError) and not columns else type(error).__name__
    logger.error("not imported", upload=row.upload, columns=columns, reason=reason)
