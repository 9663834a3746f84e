"""What lies where in the table.

| What | PK | SK | GSI1PK | GSI1SK |
|---|---|---|---|---|
| a user, or that its handle was taken | USER#<userId> | PROFILE | | |
| a post | POST#<postId> | METADATA | AUTHOR#<userId> | <createdAt>#<postId> |
| that an upload was imported | IMPORT#<uploadId> | IMPORT | | |
| how far its import has come | IMPORT#<uploadId> | PROGRESS | | |
| that a create request was carried out | <USER or POST>#RECEIPT#<digest> | RECEIPT | | |

No identifier has a `#`, so that none of them can meet. The table's TTL removes what has an `expiresAt` (seconds since
the epoch), and does so late: until then, whoever reads it has to look away.
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

type Key = dict[str, AttributeValueTypeDef]
type Kind = Literal["USER", "POST"]

AUTHOR_INDEX = "GSI1"


def user(user_id: str) -> Key:
    """Where a user lies."""
    return _key(f"USER#{user_id}", "PROFILE")


def post(post_id: str) -> Key:
    """Where a post lies."""
    return _key(f"POST#{post_id}", "METADATA")


def of_author(user_id: str, place: str) -> Key:
    """Where a post lies in the index of its author.

    Args:
        user_id: The author.
        place: Its creation time and its id, joined by `#`: posts of the same moment have an order too.
    """
    return {"GSI1PK": {"S": author(user_id)}, "GSI1SK": {"S": place}}


def author(user_id: str) -> str:
    """The partition of an author's posts in the index."""
    return f"AUTHOR#{user_id}"


def imported(upload_id: str) -> Key:
    """Where it is said that an upload was imported."""
    return _key(f"IMPORT#{upload_id}", "IMPORT")


def import_progress(upload_id: str) -> Key:
    """Where it is said how far the import of an upload has come."""
    return _key(f"IMPORT#{upload_id}", "PROGRESS")


def receipt(kind: Kind, digest: str) -> Key:
    """Where the receipt of a create request lies."""
    return _key(f"{kind}#RECEIPT#{digest}", "RECEIPT")


def _key(partition: str, sort: str) -> Key:
    return {"PK": {"S": partition}, "SK": {"S": sort}}
