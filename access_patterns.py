"""The ways in which the application touches its table; each function is granted the one that it is named after."""

from components.table import AccessPattern

ACCESS_PATTERNS = {
    "create-user": AccessPattern(actions=("PutItem",), leading_keys="USER#*"),
    "get-user": AccessPattern(actions=("GetItem",), leading_keys="USER#*"),
    "update-user": AccessPattern(actions=("UpdateItem",), leading_keys="USER#*"),
    "delete-user": AccessPattern(actions=("DeleteItem",), leading_keys="USER#*"),
}
