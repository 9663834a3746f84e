"""Key Management Service.

Sources: https://docs.aws.amazon.com/kms/latest/APIReference/ and https://www.pulumi.com/registry/packages/aws/api-docs/kms/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props


def _find_key(aws: Aws, props: Props) -> Live | None:
    """A key that waits for its deletion is gone: nobody can use it any more."""
    try:
        key = aws.call("kms", "DescribeKey", KeyId=props["id"])["KeyMetadata"]
    except AwsError as error:
        if error.gone:
            return None
        raise
    return None if key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion") else key


def _write_policy(aws: Aws, props: Props) -> None:
    aws.call("kms", "PutKeyPolicy", KeyId=props["id"], PolicyName="default", Policy=props["policy"])


def _read_policy(aws: Aws, props: Props) -> Props:
    return {"policy": aws.call("kms", "GetKeyPolicy", KeyId=props["id"], PolicyName="default")["Policy"]}


def _write_rotation(aws: Aws, props: Props) -> None:
    days = props.get("rotationPeriodInDays")
    if props.get("enableKeyRotation"):
        aws.call("kms", "EnableKeyRotation", KeyId=props["id"], **({"RotationPeriodInDays": days} if days else {}))
    else:
        aws.call("kms", "DisableKeyRotation", KeyId=props["id"])


def _read_rotation(aws: Aws, props: Props) -> Props:
    rotation = aws.call("kms", "GetKeyRotationStatus", KeyId=props["id"])
    enabled = rotation["KeyRotationEnabled"]
    return {
        "enableKeyRotation": enabled,
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays", 365) if enabled else 0,
    }


def _write_description(aws: Aws, props: Props) -> None:
    aws.call("kms", "UpdateKeyDescription", KeyId=props["id"], Description=props.get("description", ""))


def _write_enabled(aws: Aws, props: Props) -> None:
    aws.call("kms", "EnableKey" if props.get("isEnabled", True) else "DisableKey", KeyId=props["id"])


def _delete_key(aws: Aws, props: Props) -> None:
    if _find_key(aws, props) is not None:
        days = props.get("deletionWindowInDays") or 30
        aws.call("kms", "ScheduleKeyDeletion", KeyId=props["id"], PendingWindowInDays=days)


KEY = ResourceType(
    "aws:kms/key:Key",
    service="kms",
    create="CreateKey",
    read=_find_key,
    delete=_delete_key,
    keys={"KeyId": "id"},
    id=("{KeyId}",),
    import_id=("{id}",),
    names={"isEnabled": "Enabled", "customerMasterKeySpec": "KeySpec", "keyId": "KeyId", "policy": "Policy"},
    replaces=frozenset({"customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId"}),
    defaults={
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "enableKeyRotation": False,
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    computed=frozenset({"description", "multiRegion", "policy", "rotationPeriodInDays"}),
    unread=frozenset({"bypassPolicyLockoutSafetyCheck", "deletionWindowInDays"}),
    named="",
    facets=(
        Facet(inputs=frozenset({"isEnabled"}), write=_write_enabled, created=True),
        Facet(inputs=frozenset({"policy"}), write=_write_policy, read=_read_policy, created=True),
        Facet(inputs=frozenset({"description"}), write=_write_description, created=True),
        Facet(
            inputs=frozenset({"enableKeyRotation", "rotationPeriodInDays"}), write=_write_rotation, read=_read_rotation
        ),
    ),
    tags=Tags(on={"KeyId": "id"}, write="TagResource", remove="UntagResource", read="ListResourceTags"),
)


def _find_alias(aws: Aws, props: Props) -> Live | None:
    marker: dict[str, str] = {}
    while True:
        page = aws.call("kms", "ListAliases", **marker)
        for alias in page["Aliases"]:
            if alias["AliasName"] == props["name"]:
                return alias
        if not page.get("Truncated"):
            return None
        marker = {"Marker": page["NextMarker"]}


ALIAS = ResourceType(
    "aws:kms/alias:Alias",
    service="kms",
    create="CreateAlias",
    read=_find_alias,
    update="UpdateAlias",
    delete="DeleteAlias",
    keys={"AliasName": "name"},
    names={"name": "AliasName", "arn": "AliasArn"},
    state=lambda aws, _props, live: {"targetKeyArn": aws.arn("kms", f"key/{live['TargetKeyId']}")},
    replaces=frozenset({"name", "namePrefix"}),
    unread=frozenset({"namePrefix"}),
)
