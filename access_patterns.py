"""The ways in which the application touches its table; each function is granted those that it uses, and no other."""

from components.data.table import AccessPattern

ACCESS_PATTERNS = {
    "create-user": AccessPattern(actions=("PutItem",), leading_keys="USER#*"),
    "get-user": AccessPattern(actions=("GetItem",), leading_keys="USER#*"),
    "update-user": AccessPattern(actions=("UpdateItem",), leading_keys="USER#*"),
    # The user gives way to a mark that its handle was taken.
    "delete-user": AccessPattern(actions=("PutItem",), leading_keys="USER#*"),
    "create-post": AccessPattern(actions=("PutItem",), leading_keys="POST#*"),
    "check-author": AccessPattern(actions=("ConditionCheckItem",), leading_keys="USER#*"),
    "get-post": AccessPattern(actions=("GetItem",), leading_keys="POST#*"),
    "list-posts": AccessPattern(actions=("Query",), leading_keys="AUTHOR#*", index="GSI1"),
    "delete-post": AccessPattern(actions=("DeleteItem",), leading_keys="POST#*"),
    "keep-import": AccessPattern(actions=("GetItem", "PutItem"), leading_keys="IMPORT#*"),
    # A scan names no key, so it is held to the attributes that tell what an item is.
    "daily-report": AccessPattern(actions=("Scan",), attributes=("SK", "deletedAt", "expiresAt")),
}
