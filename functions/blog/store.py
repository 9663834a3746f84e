"""The table: the only place that speaks DynamoDB. Each method is one call, so that a grant names one action.

A user is the item ``USER#<userId>``/``PROFILE``. A create request with an idempotency key leaves a receipt,
``USER#RECEIPT#<digest>``/``RECEIPT``, which the table's TTL removes (attribute ``expiresAt``); no handle has a ``#``,
so the two cannot meet. ``GSI1PK`` and ``GSI1SK`` stay free on both.
"""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import boto3
from botocore.config import Config

from blog.models import User

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    type Item = Mapping[str, AttributeValueTypeDef]

# Three attempts of 4 s each and the pauses between them (at most 1 s and 2 s) end well before a function's 30 s.
# DynamoDB answers in milliseconds: what takes seconds is lost, and a new attempt is the cure.
_CLIENT = Config(
    connect_timeout=1,
    read_timeout=3,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
)


class ConditionFailedError(Exception):
    """The item is not what the caller took it for.

    Attributes:
        current: The user as stored, or None if there is none.
    """

    def __init__(self, current: User | None) -> None:
        super().__init__("a condition on the stored item failed")
        self.current = current


class ReceiptExistsError(Exception):
    """A request was made under this idempotency key before.

    Attributes:
        receipt: What it left.
    """

    def __init__(self, receipt: "Receipt") -> None:
        super().__init__("the idempotency key was used before")
        self.receipt = receipt


class ContendedError(Exception):
    """A transaction on the same item is under way."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a create request was carried out.

    Attributes:
        key: Digest of the owner and the idempotency key.
        fingerprint: Digest of the request's content.
        created_at: The creation time that the first answer gave.
        expires_at: Seconds since the epoch after which the key is free again.
    """

    key: str
    fingerprint: str
    created_at: str
    expires_at: int


def connect() -> "DynamoDBClient":
    """Build the client. It costs tens of milliseconds: once a function, outside of its handler."""
    # The overloads of the other services, whose types are not installed, make this member partially unknown.
    return boto3.client("dynamodb", config=_CLIENT)  # pyright: ignore[reportUnknownMemberType]


class UserStore:
    """Users in the table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, user_id: str) -> User | None:
        """Read a user as of now: what caches keep must not be older than the change that emptied them."""
        found = self._client.get_item(TableName=self._table, Key=_key(user_id), ConsistentRead=True)
        return _user(found["Item"]) if "Item" in found else None

    def create(self, user: User) -> None:
        """Add a user.

        Raises:
            ConditionFailedError: If the handle is taken.
            ContendedError: If it is being taken.
        """
        with self._refusals():
            self._client.put_item(
                TableName=self._table,
                Item=_user_item(user),
                ConditionExpression="attribute_not_exists(PK)",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    def create_once(self, user: User, receipt: Receipt, now: int) -> None:
        """Add a user and the receipt of the request, both or neither.

        The transaction's items are granted as ``dynamodb:PutItem``:
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html

        Args:
            user: The user to add.
            receipt: What is left under the idempotency key.
            now: Seconds since the epoch: TTL removes items late, so an expired receipt may still be there.

        Raises:
            ReceiptExistsError: If the key was used before, whatever became of the user since.
            ConditionFailedError: If the handle is taken.
            ContendedError: If the same key or handle is in use by another request.
        """
        try:
            self._client.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": _receipt_item(receipt),
                            "ConditionExpression": "attribute_not_exists(PK) OR expiresAt < :now",
                            "ExpressionAttributeValues": {":now": {"N": str(now)}},
                            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        }
                    },
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": _user_item(user),
                            "ConditionExpression": "attribute_not_exists(PK)",
                            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                        }
                    },
                ]
            )
        except self._client.exceptions.TransactionCanceledException as error:
            of_receipt, of_user = _response(error)["CancellationReasons"]
            match of_receipt["Code"], of_user["Code"]:
                case "ConditionalCheckFailed", _:
                    raise ReceiptExistsError(_receipt(of_receipt["Item"])) from error
                case _, "ConditionalCheckFailed":
                    raise ConditionFailedError(_user(of_user["Item"])) from error
                case ("TransactionConflict", _) | (_, "TransactionConflict"):
                    raise ContendedError from error
                case _:
                    raise

    def update(self, user_id: str, owner: str, version: int | None, changes: "Mapping[str, str]") -> User:
        """Change a user.

        Args:
            user_id: Which one.
            owner: Whom it must belong to.
            version: The version that it must have; None for any.
            changes: New values by attribute name.

        Returns:
            The user as it is now.

        Raises:
            ConditionFailedError: If there is none, it is another's or has another version.
            ContendedError: If a transaction on it is under way.
        """
        condition, values = _owned(owner, version)
        values |= {":one": {"N": "1"}, **{f":{name}": {"S": value} for name, value in changes.items()}}
        assignments = ", ".join(f"#{name} = :{name}" for name in changes)
        with self._refusals():
            updated = self._client.update_item(
                TableName=self._table,
                Key=_key(user_id),
                UpdateExpression=f"SET #version = #version + :one, {assignments}",
                ConditionExpression=condition,
                ExpressionAttributeNames={f"#{name}": name for name in ("owner", "version", *changes)},
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        return _user(updated["Attributes"])

    def delete(self, user_id: str, owner: str, version: int | None) -> None:
        """Remove a user, under the conditions and with the errors of ``update``."""
        condition, values = _owned(owner, version)
        names = {"#owner": "owner"} if version is None else {"#owner": "owner", "#version": "version"}
        with self._refusals():
            self._client.delete_item(
                TableName=self._table,
                Key=_key(user_id),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )

    @contextmanager
    def _refusals(self) -> "Generator[None]":
        """Turn DynamoDB's refusals of a single write into the store's own errors."""
        try:
            yield
        except self._client.exceptions.ConditionalCheckFailedException as error:
            item = _response(error).get("Item")
            raise ConditionFailedError(_user(item) if item else None) from error
        except self._client.exceptions.TransactionConflictException as error:
            raise ContendedError from error


def _owned(owner: str, version: int | None) -> "tuple[str, dict[str, AttributeValueTypeDef]]":
    """The condition that an item exists, is the owner's and has the version, with its values."""
    if version is None:
        return "#owner = :owner", {":owner": {"S": owner}}
    return "#owner = :owner AND #version = :version", {":owner": {"S": owner}, ":version": {"N": str(version)}}


def _response(error: "ClientError") -> dict[str, Any]:
    """The whole of DynamoDB's answer: the types of the client leave out what the single errors add."""
    return cast("dict[str, Any]", error.response)


def _key(user_id: str) -> "dict[str, AttributeValueTypeDef]":
    return {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": "PROFILE"}}


def _user_item(user: User) -> "Item":
    return {
        **_key(user.user_id),
        "userId": {"S": user.user_id},
        "name": {"S": user.name},
        "email": {"S": user.email},
        "owner": {"S": user.owner},
        "version": {"N": str(user.version)},
        "createdAt": {"S": user.created_at},
        "updatedAt": {"S": user.updated_at},
    }


def _user(item: "Mapping[str, Any]") -> User:
    return User(
        user_id=item["userId"]["S"],
        name=item["name"]["S"],
        email=item["email"]["S"],
        owner=item["owner"]["S"],
        version=int(item["version"]["N"]),
        created_at=item["createdAt"]["S"],
        updated_at=item["updatedAt"]["S"],
    )


def _receipt_item(receipt: Receipt) -> "Item":
    return {
        "PK": {"S": f"USER#RECEIPT#{receipt.key}"},
        "SK": {"S": "RECEIPT"},
        "fingerprint": {"S": receipt.fingerprint},
        "createdAt": {"S": receipt.created_at},
        "expiresAt": {"N": str(receipt.expires_at)},
    }


def _receipt(item: "Mapping[str, Any]") -> Receipt:
    return Receipt(
        key=item["PK"]["S"].removeprefix("USER#RECEIPT#"),
        fingerprint=item["fingerprint"]["S"],
        created_at=item["createdAt"]["S"],
        expires_at=int(item["expiresAt"]["N"]),
    )
