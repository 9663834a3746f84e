"""Secrets Manager.

Sources: https://docs.aws.amazon.com/secretsmanager/latest/apireference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/secretsmanager/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, items


def _find_secret(aws: Aws, props: Props) -> Live | None:
    """A secret that waits for its deletion is gone: nobody can read it any more."""
    try:
        secret = aws.call("secretsmanager", "DescribeSecret", SecretId=props["id"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    return None if secret.get("DeletedDate") else secret


def _delete_secret(aws: Aws, props: Props) -> Live:
    days = props.get("recoveryWindowInDays", 30)
    window = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    return aws.call("secretsmanager", "DeleteSecret", SecretId=props["id"], **window)


SECRET = ResourceType(
    "aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    create="CreateSecret",
    read=_find_secret,
    update="UpdateSecret",
    delete=_delete_secret,
    keys={"SecretId": "id"},
    id=("{ARN}",),
    import_id=("{id}",),
    names={"policy": ""},
    replaces=frozenset({"name", "namePrefix", "type"}),
    defaults={"forceOverwriteReplicaSecret": False, "recoveryWindowInDays": 30},
    absent={"description": ""},
    computed=frozenset({"policy", "replicas", "type"}),
    unread=frozenset({"forceOverwriteReplicaSecret", "namePrefix", "recoveryWindowInDays"}),
    tags=Tags(on={"SecretId": "id"}, write="TagResource", remove="UntagResource", read="DescribeSecret"),
    namesake=lambda _aws, props: props["name"],
)


def _find_version(aws: Aws, props: Props) -> Live | None:
    secret, version = props["id"].split("|")
    try:
        return aws.call("secretsmanager", "GetSecretValue", SecretId=secret, VersionId=version)
    except AwsError as error:
        if error.gone or "marked for deletion" in str(error):
            return None
        raise


def _delete_version(aws: Aws, props: Props) -> None:
    """A version cannot be deleted; without its labels it is forgotten. The current one stays, as AWS demands."""
    for stage in items(props, "versionStages"):
        if stage != "AWSCURRENT":
            aws.call(
                "secretsmanager", "UpdateSecretVersionStage", SecretId=props["secretId"], VersionStage=stage,
                RemoveFromVersionId=props["versionId"],
            )  # fmt: skip


SECRET_VERSION = ResourceType(
    "aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    create="PutSecretValue",
    read=_find_version,
    delete=_delete_version,
    keys={"SecretId": "secretId"},
    id=("{secretId}|{VersionId}",),
    import_id=("{id}",),
    names={"arn": "ARN"},
    state=lambda _aws, props, live: {"secretId": props["id"].split("|")[0], "secretArn": live["ARN"]},
    replaces=frozenset({"secretBinary", "secretId", "secretString"}),
    computed=frozenset({"versionStages"}),
    unordered=frozenset({"versionStages"}),
    named="",
)


def _find_rotation(aws: Aws, props: Props) -> Live | None:
    secret = _find_secret(aws, props)
    return secret if secret and secret.get("RotationEnabled") else None


SECRET_ROTATION = ResourceType(
    "aws:secretsmanager/secretRotation:SecretRotation",
    service="secretsmanager",
    create="RotateSecret",
    read=_find_rotation,
    update="RotateSecret",
    delete="CancelRotateSecret",
    keys={"SecretId": "secretId"},
    id=("{secretId}",),
    names={"rotationRules.automaticallyAfterDays": "AutomaticallyAfterDays"},
    state=lambda _aws, props, _live: {"secretId": props["secretId"]},
    replaces=frozenset({"secretId"}),
    defaults={"rotateImmediately": True},
    computed=frozenset({"rotationEnabled"}),
    unread=frozenset({"rotateImmediately"}),
    named="",
)
