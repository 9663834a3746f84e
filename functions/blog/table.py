"""The table: the only place that speaks DynamoDB. Each method is one call, so that a grant names its actions.

A write whose answer is lost is repeated by the SDK; if its condition then fails because of its own effect, it is a
success. Things have an `owner`, the ``sub`` of whose they are, and a `version`, which grows by one with each change.
"""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self, cast

import boto3

from blog.client import PATIENCE
from blog.receipts import ReceiptExistsError

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from botocore.exceptions import ClientError
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    from blog.keys import Key
    from blog.receipts import Receipt

    type Item = Mapping[str, AttributeValueTypeDef]


class ConditionFailedError(Exception):
    """A thing is not what the caller took it for.

    Attributes:
        item: The item as stored; an empty one if there is none.
        owner: Whose it is, or None if there is none.
        repeated: Whether the SDK had sent the write before and got no answer, so that the write may have met itself.
    """

    def __init__(self, item: "Mapping[str, Any]", *, repeated: bool = False) -> None:
        """Take the item as stored, and whether the write was repeated."""
        super().__init__("a condition on the stored item failed")
        self.item = item
        self.owner: str | None = item["owner"]["S"] if "owner" in item else None
        self.repeated = repeated

    def met_itself(self, written: "Mapping[str, Any]") -> bool:
        """Tell whether a repeated write failed because its first attempt had succeeded.

        Args:
            written: The attributes that the write leaves; none for a deletion, which leaves no item.
        """
        return self.repeated and (self.holds(written) if written else not self.item)

    def holds(self, written: "Mapping[str, Any]") -> bool:
        """Tell whether the stored item has these attributes."""
        return all(self.item.get(name) == value for name, value in written.items())


class CheckFailedError(ConditionFailedError):
    """Another thing, on which a creation depends, is not what the caller took it for; ``owner`` is that one's."""


class ContendedError(Exception):
    """A transaction on the same item is under way."""


class Table:
    """One table.

    Args:
        client: Where it is asked.
        name: Its name.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.client = client
        self.name = name

    @classmethod
    def connect(cls, name: str) -> Self:
        """Build the client too. It costs tens of milliseconds: once a function, outside of its handler."""
        # The overloads of the other services, whose types are not installed, make this member partially unknown.
        return cls(boto3.client("dynamodb", config=PATIENCE), name)  # pyright: ignore[reportUnknownMemberType]

    def get(self, key: "Key") -> "dict[str, Any] | None":
        """Read an item as of now: what caches keep must not be older than the change that emptied them."""
        return cast(
            "dict[str, Any] | None",
            self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item"),
        )

    def put(self, item: "Item") -> None:
        """Put an item, in the place of one with the same key if there is one."""
        self.client.put_item(TableName=self.name, Item=item)

    def create(self, item: "Item") -> None:
        """Add an item.

        Raises:
            ConditionFailedError: If there is one with this key.
            ContendedError: If it is being written.
        """
        with self._refusals(leaving=item):
            self.client.put_item(TableName=self.name, **_new(item))

    def create_with(
        self,
        item: "Item",
        *,
        now: int,
        receipt: "Receipt | None" = None,
        owned: "tuple[Key, str] | None" = None,
    ) -> None:
        """Add an item together with a receipt, on condition that another item is somebody's: all or nothing.

        Each part is granted by the action of its own:
        https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html

        Args:
            item: What is added.
            now: Seconds since the epoch: TTL removes items late, so an expired receipt may still be there.
            receipt: What is left under the idempotency key.
            owned: The key of the other item, and whose it must be.

        Raises:
            ReceiptExistsError: If the key was used before, whatever became of the item since.
            CheckFailedError: If the other item is missing or another's.
            ConditionFailedError: If there is an item with this key.
            ContendedError: If any of them is in use by another request.
        """
        parts: list[tuple[Any, type[ReceiptExistsError | ConditionFailedError]]] = []
        if receipt:
            kept = _new(receipt.item()) | {
                "ConditionExpression": "attribute_not_exists(PK) OR expiresAt < :now",
                "ExpressionAttributeValues": {":now": {"N": str(now)}},
            }
            parts.append(({"Put": {"TableName": self.name, **kept}}, ReceiptExistsError))
        if owned:
            key, owner = owned
            check = {"Key": key, **_owned(owner, None), "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
            parts.append(({"ConditionCheck": {"TableName": self.name, **check}}, CheckFailedError))
        parts.append(({"Put": {"TableName": self.name, **_new(item)}}, ConditionFailedError))
        try:
            self.client.transact_write_items(TransactItems=[part for part, _ in parts])
        except self.client.exceptions.TransactionCanceledException as error:
            reasons: list[dict[str, Any]] = _response(error)["CancellationReasons"]
            for (_, refusal), reason in zip(parts, reasons, strict=True):
                if reason["Code"] == "ConditionalCheckFailed":
                    raise refusal(reason.get("Item", {})) from error
            if any(reason["Code"] == "TransactionConflict" for reason in reasons):
                raise ContendedError from error
            raise
        except self.client.exceptions.TransactionInProgressException as error:
            raise ContendedError from error

    def update(self, key: "Key", owner: str, version: int | None, changes: "Mapping[str, str]") -> dict[str, Any]:
        """Change an item.

        Args:
            key: Which one.
            owner: Whom it must belong to.
            version: The version that it must have; None for any.
            changes: New values by attribute name; with the time of the change, a repeated one knows itself.

        Returns:
            The item as it is now.

        Raises:
            ConditionFailedError: If there is none, it is another's or has another version.
            ContendedError: If a transaction on it is under way.
        """
        condition = _owned(owner, version)
        if version is None:
            # A repeated change finds all of its values there, and fails instead of counting the version again.
            differs = " OR ".join(f"#{name} <> :{name}" for name in changes)
            condition["ConditionExpression"] += f" AND ({differs})"
        names = {**condition.pop("ExpressionAttributeNames"), **{f"#{name}": name for name in ("version", *changes)}}
        values = {**condition.pop("ExpressionAttributeValues"), ":one": {"N": "1"}}
        assignments = ", ".join(f"#{name} = :{name}" for name in changes)
        written = {name: {"S": value} for name, value in changes.items()}
        try:
            with self._refusals():
                updated = self.client.update_item(
                    TableName=self.name,
                    Key=key,
                    UpdateExpression=f"SET #version = if_not_exists(#version, :one) + :one, {assignments}",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues={**values, **{f":{name}": value for name, value in written.items()}},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **condition,
                )
        except ConditionFailedError as error:
            if error.owner == owner and (error.holds(written) if version is None else error.met_itself(written)):
                return dict(error.item)
            raise
        return cast("dict[str, Any]", updated["Attributes"])

    def replace(self, item: "Item", owner: str, version: int | None) -> None:
        """Put an item in the place of the one with its key, under the conditions and with the errors of ``update``."""
        with self._refusals(leaving=item):
            self.client.put_item(
                TableName=self.name,
                Item=item,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_owned(owner, version),
            )

    def delete(self, key: "Key", owner: str, version: int | None) -> None:
        """Remove an item, under the conditions and with the errors of ``update``."""
        with self._refusals(leaving={}):
            self.client.delete_item(
                TableName=self.name,
                Key=key,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_owned(owner, version),
            )

    @contextmanager
    def _refusals(self, leaving: "Item | None" = None) -> "Generator[None]":
        """Turn DynamoDB's refusals of a single write into the table's own errors.

        Args:
            leaving: What the write leaves, so that a repeated one which meets itself is a success; empty for a
                deletion, None for a write that has to read what it left.
        """
        try:
            yield
        except self.client.exceptions.ConditionalCheckFailedException as error:
            response = _response(error)
            repeated = response.get("ResponseMetadata", {}).get("RetryAttempts", 0) > 0
            failed = ConditionFailedError(response.get("Item", {}), repeated=repeated)
            if leaving is None or not failed.met_itself(leaving):
                raise failed from error
        except self.client.exceptions.TransactionConflictException as error:
            raise ContendedError from error


def _new(item: "Item") -> dict[str, Any]:
    """A put of an item that must not be there yet."""
    return {
        "Item": item,
        "ConditionExpression": "attribute_not_exists(PK)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _owned(owner: str, version: int | None) -> dict[str, Any]:
    """The condition that an item exists, is the owner's and has the version."""
    if version is None:
        return {
            "ConditionExpression": "#owner = :owner",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": {":owner": {"S": owner}},
        }
    return {
        "ConditionExpression": "#owner = :owner AND #version = :version",
        "ExpressionAttributeNames": {"#owner": "owner", "#version": "version"},
        "ExpressionAttributeValues": {":owner": {"S": owner}, ":version": {"N": str(version)}},
    }


def _response(error: "ClientError") -> dict[str, Any]:
    """The whole of DynamoDB's answer: the types of the client leave out what the single errors add."""
    return cast("dict[str, Any]", error.response)
