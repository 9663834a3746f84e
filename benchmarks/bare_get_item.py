"""The least that answers GET /users/{userId}: what a function may cost is measured beside it."""

import json
import os
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Mapping

# The overloads of the other services, whose types are not installed, make this member partially unknown.
client = boto3.client("dynamodb")  # pyright: ignore[reportUnknownMemberType]
table = os.environ["TABLE_NAME"]


def handler(event: "Mapping[str, Any]", _context: object) -> dict[str, object]:
    """Answer with the item as it is."""
    key = {"PK": {"S": f"USER#{event['pathParameters']['userId']}"}, "SK": {"S": "PROFILE"}}
    found = client.get_item(TableName=table, Key=key)
    return {"statusCode": 200, "body": json.dumps(found.get("Item"))}
