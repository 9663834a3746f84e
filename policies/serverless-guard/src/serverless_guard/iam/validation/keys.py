"""Condition keys: which exist, and of what type their values are.

Source: IAM User Guide, "AWS global condition context keys" (through `condition_keys`), Service Authorization Reference
(through `service_data`), and `PAGE`.
"""

from functools import lru_cache
from typing import Final

from serverless_guard.iam import condition_keys, service_data
from serverless_guard.iam.condition_keys import Kind
from serverless_guard.iam.validation.texts import suggestion

_GLOBAL: Final = tuple(key.name for key in condition_keys.KEYS if key.name.startswith("aws:"))
_LISTED: Final = frozenset(key.name.lower() for key in condition_keys.KEYS)
_OPEN: Final = tuple(name for name in _LISTED if name.endswith("/"))
_TAGS: Final = ("aws:principaltag", "aws:resourcetag", "aws:requesttag")
_KINDS: Final[dict[str, Kind]] = {
    "String": "string", "ARN": "arn", "Bool": "bool", "Numeric": "numeric", "Date": "date", "IPAddress": "ip",
}  # fmt: skip
SENSITIVE: Final = frozenset(
    {
        "aws:principalaccount", "aws:principalorgid", "aws:resourceaccount", "aws:resourceorgid", "aws:sourceaccount",
        "aws:sourceorgid", "aws:sourcevpc", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid",
    }
)  # fmt: skip
"""Keys, in lower case, for which a wildcard has no use: "AWS global condition context keys", "Sensitive condition
keys"."""


@lru_cache(maxsize=1024)
def refusal(key: str) -> tuple[str, str] | None:
    """Say why AWS does not evaluate a condition key, None where it does."""
    service, colon, name = key.partition(":")
    lower = key.lower()
    if not colon or not service or not name:
        return "INVALID_CONDITION_KEY_FORMAT", "a condition key is written service:name"
    if service.lower() == "aws":
        return _global(lower)
    if lower in _OPEN or f"{lower}/" in _OPEN:
        return "MISSING_TAG_KEY_IN_CONDITION", "write the tag's key after a slash"
    # A claim of a token is named by its issuer.
    if lower in _LISTED or lower.startswith(_OPEN) or "." in service or service_data.names_issuer(service):
        return None
    return _of_service(service, key)


def _of_service(service: str, key: str) -> tuple[str, str] | None:
    if not service_data.exists(service):
        return "INVALID_SERVICE", f"AWS has no service {service}{suggestion(service, tuple(service_data.prefixes()))}"
    known, without = service_data.service(service), key.rstrip("/")
    if known.condition_key(key) is not None:
        return None
    if without.lower().endswith("tag") and known.condition_key(f"{without}/name") is not None:
        return "MISSING_TAG_KEY_IN_CONDITION", "write the tag's key after a slash"
    meant = suggestion(key, tuple(known.condition_keys))
    return "INVALID_SERVICE_CONDITION_KEY", f"{service} has no such condition key{meant}"


def _global(lower: str) -> tuple[str, str] | None:
    if lower.rstrip("/") in _TAGS:
        return "MISSING_TAG_KEY_IN_CONDITION", "write the tag's key after a slash"
    if lower == "aws:arn":
        return "UNSUPPORTED_GLOBAL_CONDITION_KEY", "use aws:PrincipalArn or aws:SourceArn"
    if lower in _LISTED or lower.startswith(tuple(f"{tag}/" for tag in _TAGS)):
        return None
    return "INVALID_GLOBAL_CONDITION_KEY", f"AWS has no such global condition key{suggestion(lower, _GLOBAL)}"


@lru_cache(maxsize=1024)
def kind(key: str) -> tuple[Kind, bool] | None:
    """Give the type of a key's values, and whether a request carries several; None where that is not known."""
    if key.lower() in _LISTED or key.lower().startswith("aws:"):
        found = condition_keys.find(key)
        return found.kind, found.multivalued
    listed = service_data.service(key.partition(":")[0]).condition_key(key)
    if listed is None:
        return None
    return _KINDS.get(listed.removeprefix("ArrayOf"), "string"), listed.startswith("ArrayOf")


def evaluated(key: str, action: service_data.Action) -> bool:
    """Tell whether a service's condition key is evaluated for an action: by itself or for its kinds of resource."""
    service = service_data.service(action.service)
    if any(service_data.names_key(one, key) for one in action.condition_keys):
        return True
    types = (service.resource_types.get(name.lower()) for name in action.resource_types)
    return any(service_data.names_key(one, key) for kind in types if kind for one in kind.condition_keys)


def across_services(key: str) -> bool:
    """Tell whether a key with a service's prefix is in the requests to other services too.

    Those are the properties of a role session: which instance, function or build holds the credentials.
    """
    found = condition_keys.find(key)
    return found.about == "session" or key.partition(":")[0].lower() in {"aws", "identitystore"}
