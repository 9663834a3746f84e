"""Simple Storage Service: a bucket, and the settings that are resources of their own.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/ and https://www.pulumi.com/registry/packages/aws/api-docs/s3/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, items, nested


def _create_bucket(aws: Aws, props: Props) -> Live:
    elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}} if aws.region != "us-east-1" else {}
    locked = {"ObjectLockEnabledForBucket": True} if props.get("objectLockEnabled") else {}
    aws.call("s3", "CreateBucket", Bucket=props["bucket"], **elsewhere, **locked)
    return {}


def _delete_bucket(aws: Aws, props: Props) -> None:
    bucket = props["bucket"]
    while props.get("forceDestroy"):
        page = aws.call("s3", "ListObjectVersions", Bucket=bucket)
        listed = [*items(page, "Versions"), *items(page, "DeleteMarkers")]
        if not listed:
            break
        objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in listed]
        aws.call("s3", "DeleteObjects", Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    aws.call("s3", "DeleteBucket", Bucket=bucket)


def _write_tags(aws: Aws, props: Props) -> None:
    tags = [{"Key": key, "Value": value} for key, value in nested(props, "tagsAll").items()]
    if tags:
        aws.call("s3", "PutBucketTagging", Bucket=props["bucket"], Tagging={"TagSet": tags})
    else:
        aws.call("s3", "DeleteBucketTagging", Bucket=props["bucket"])


def _bucket_state(aws: Aws, props: Props, _live: Live) -> Props:
    bucket = props["bucket"]
    return {
        "bucket": bucket,
        "arn": aws.arn("s3", bucket, account=False, region=False),
        "bucketDomainName": f"{bucket}.s3.amazonaws.com",
        "bucketRegion": aws.region,
        "bucketRegionalDomainName": f"{bucket}.s3.{aws.region}.amazonaws.com",
    }


BUCKET = ResourceType(
    "aws:s3/bucket:Bucket",
    service="s3",
    create=_create_bucket,
    read="HeadBucket",
    delete=_delete_bucket,
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    state=_bucket_state,
    replaces=frozenset({"bucket", "bucketNamespace", "bucketPrefix", "objectLockEnabled"}),
    defaults={"forceDestroy": False},
    unread=frozenset({"bucketPrefix", "forceDestroy", "objectLockEnabled"}),
    named="bucket",
    tags=Tags(on={"Bucket": "bucket"}, write=_write_tags, read="GetBucketTagging"),
)


_ONE_A_BUCKET = frozenset({"bucket", "expectedBucketOwner"})

PUBLIC_ACCESS_BLOCK = ResourceType(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    service="s3",
    create="PutPublicAccessBlock",
    read="GetPublicAccessBlock",
    update="PutPublicAccessBlock",
    delete="DeletePublicAccessBlock",
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    at="PublicAccessBlockConfiguration",
    within="PublicAccessBlockConfiguration",
    replaces=_ONE_A_BUCKET,
    unread=frozenset({"bucket", "skipDestroy"}),
    named="",
)


def _suspend_versioning(aws: Aws, props: Props) -> None:
    """Versioning cannot be taken back, only suspended."""
    aws.call("s3", "PutBucketVersioning", Bucket=props["bucket"], VersioningConfiguration={"Status": "Suspended"})


def _find_versioning(aws: Aws, props: Props) -> Live | None:
    try:
        live = aws.call("s3", "GetBucketVersioning", Bucket=props["bucket"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    return {"VersioningConfiguration": live} if live.get("Status") == "Enabled" else None


VERSIONING = ResourceType(
    "aws:s3/bucketVersioning:BucketVersioning",
    service="s3",
    create="PutBucketVersioning",
    read=_find_versioning,
    update="PutBucketVersioning",
    delete=_suspend_versioning,
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    replaces=_ONE_A_BUCKET,
    computed=frozenset({"versioningConfiguration.mfaDelete"}),
    unread=frozenset({"bucket", "mfa"}),
    named="",
)

ENCRYPTION = ResourceType(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    service="s3",
    create="PutBucketEncryption",
    read="GetBucketEncryption",
    update="PutBucketEncryption",
    delete="DeleteBucketEncryption",
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    at="ServerSideEncryptionConfiguration",
    within="ServerSideEncryptionConfiguration",
    replaces=_ONE_A_BUCKET,
    computed=frozenset({"rules.blockedEncryptionTypes"}),
    unread=frozenset({"bucket"}),
    named="",
)

OWNERSHIP_CONTROLS = ResourceType(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    service="s3",
    create="PutBucketOwnershipControls",
    read="GetBucketOwnershipControls",
    update="PutBucketOwnershipControls",
    delete="DeleteBucketOwnershipControls",
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    at="OwnershipControls",
    within="OwnershipControls",
    names={"rule": "Rules"},
    replaces=_ONE_A_BUCKET,
    unread=frozenset({"bucket"}),
    named="",
)

POLICY = ResourceType(
    "aws:s3/bucketPolicy:BucketPolicy",
    service="s3",
    create="PutBucketPolicy",
    read="GetBucketPolicy",
    update="PutBucketPolicy",
    delete="DeleteBucketPolicy",
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    replaces=_ONE_A_BUCKET,
    unread=frozenset({"bucket"}),
    named="",
)

LIFECYCLE_CONFIGURATION = ResourceType(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    service="s3",
    create="PutBucketLifecycleConfiguration",
    read="GetBucketLifecycleConfiguration",
    update="PutBucketLifecycleConfiguration",
    delete="DeleteBucketLifecycle",
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    within="LifecycleConfiguration",
    replaces=_ONE_A_BUCKET,
    computed=frozenset({"rules.filter", "rules.prefix", "transitionDefaultMinimumObjectSize"}),
    unordered=frozenset({"rules.transitions", "rules.noncurrentVersionTransitions"}),
    unread=frozenset({"bucket", "timeouts"}),
    named="",
)

_TARGETS = {
    "lambdaFunctions": ("LambdaFunctionConfigurations", "LambdaFunctionArn", "lambdaFunctionArn"),
    "queues": ("QueueConfigurations", "QueueArn", "queueArn"),
    "topics": ("TopicConfigurations", "TopicArn", "topicArn"),
}
"""The properties of a notification, with the member for each, and the names of a target in AWS and in Pulumi."""


def _notification_request(props: Props) -> Live:
    configuration: Live = {"EventBridgeConfiguration": {}} if props.get("eventbridge") else {}
    for name, (member, arn, property_) in _TARGETS.items():
        configuration[member] = [
            {
                arn: target[property_],
                "Events": target["events"],
                **({"Id": target["id"]} if target.get("id") else {}),
                **_filter(target),
            }
            for target in items(props, name)
        ]
    return {"NotificationConfiguration": configuration}


def _filter(target: Props) -> Live:
    rules = [
        {"Name": name, "Value": target[property_]}
        for name, property_ in (("prefix", "filterPrefix"), ("suffix", "filterSuffix"))
        if target.get(property_)
    ]
    return {"Filter": {"Key": {"FilterRules": rules}}} if rules else {}


def _find_notification(aws: Aws, props: Props) -> Live | None:
    """A notification that tells nobody is gone."""
    try:
        live = aws.call("s3", "GetBucketNotificationConfiguration", Bucket=props["bucket"])
    except AwsError as error:
        if error.gone:
            return None
        raise
    told = [member for member, *_ in _TARGETS.values()] + ["EventBridgeConfiguration"]
    return live if any(member in live for member in told) else None


def _notification_state(_aws: Aws, _props: Props, live: Live) -> Props:
    return {
        "eventbridge": "EventBridgeConfiguration" in live,
        **{
            name: [_target(each, each[arn], property_) for each in items(live, member)]
            for name, (member, arn, property_) in _TARGETS.items()
        },
    }


def _target(live: Live, arn: str, property_: str) -> Props:
    rules = {
        rule["Name"].lower(): rule["Value"] for rule in items(nested(nested(live, "Filter"), "Key"), "FilterRules")
    }
    return {
        property_: arn,
        "events": live["Events"],
        "id": live.get("Id", ""),
        "filterPrefix": rules.get("prefix", ""),
        "filterSuffix": rules.get("suffix", ""),
    }


def _delete_notification(aws: Aws, props: Props) -> None:
    aws.call("s3", "PutBucketNotificationConfiguration", Bucket=props["bucket"], NotificationConfiguration={})


NOTIFICATION = ResourceType(
    "aws:s3/bucketNotification:BucketNotification",
    service="s3",
    create="PutBucketNotificationConfiguration",
    read=_find_notification,
    update="PutBucketNotificationConfiguration",
    delete=_delete_notification,
    keys={"Bucket": "bucket"},
    id=("{bucket}",),
    request=_notification_request,
    state=_notification_state,
    replaces=_ONE_A_BUCKET,
    defaults={"eventbridge": False},
    computed=frozenset({f"{name}.id" for name in _TARGETS}),
    unordered=frozenset({*_TARGETS, *(f"{name}.events" for name in _TARGETS)}),
    unread=frozenset({"bucket"}),
    named="",
)
