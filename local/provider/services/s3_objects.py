"""Simple Storage Service: an object that belongs to a stack, such as a page.

Sources: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html and
https://www.pulumi.com/registry/packages/aws/api-docs/s3/bucketobjectv2/.
"""

import base64

from local.provider.archives import text
from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.shapes import request
from local.provider.wire import Props, items, nested

_NAMES = {"kmsKeyId": "SSEKMSKeyId", "websiteRedirect": "WebsiteRedirectLocation", "etag": ""}


def _body(props: Props) -> bytes:
    if props.get("source"):
        return text(nested(props, "source"))
    if props.get("contentBase64"):
        return base64.b64decode(props["contentBase64"])
    return str(props.get("content", "")).encode()


def _write_object(aws: Aws, props: Props) -> Live:
    """A new version, where the bucket keeps versions."""
    shape = aws.operation("s3", "PutObject").service_model.shape_for("PutObjectRequest")
    return aws.call("s3", "PutObject", **request(shape, props, _NAMES), Body=_body(props))


def _delete_object(aws: Aws, props: Props) -> None:
    """All versions go, for a bucket that keeps some cannot be deleted."""
    page = aws.call("s3", "ListObjectVersions", Bucket=props["bucket"], Prefix=props["key"])
    for each in (*items(page, "Versions"), *items(page, "DeleteMarkers")):
        if each["Key"] == props["key"]:
            aws.call("s3", "DeleteObject", Bucket=props["bucket"], Key=each["Key"], VersionId=each["VersionId"])


def _object_state(aws: Aws, props: Props, live: Live) -> Props:
    bucket, key = props["bucket"], props["key"]
    return {
        "bucket": bucket,
        "key": key,
        "arn": aws.arn("s3", f"{bucket}/{key}", account=False, region=False),
        "etag": live["ETag"].strip('"'),
        "storageClass": live.get("StorageClass", "STANDARD"),
    }


def _write_tags(aws: Aws, props: Props) -> None:
    tags = [{"Key": key, "Value": value} for key, value in nested(props, "tagsAll").items()]
    aws.call("s3", "PutObjectTagging", Bucket=props["bucket"], Key=props["key"], Tagging={"TagSet": tags})


OBJECT = ResourceType(
    "aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    create=_write_object,
    read="HeadObject",
    update=_write_object,
    delete=_delete_object,
    keys={"Bucket": "bucket", "Key": "key"},
    id=("{bucket}/{key}",),
    names=_NAMES,
    state=_object_state,
    replaces=frozenset({"bucket", "key"}),
    defaults={"forceDestroy": False},
    computed=frozenset({"bucketKeyEnabled", "contentType", "etag", "kmsKeyId", "serverSideEncryption", "storageClass"}),
    unread=frozenset(
        {
            "acl",
            "checksumAlgorithm",
            "content",
            "contentBase64",
            "forceDestroy",
            "overrideProvider",
            "source",
            "sourceHash",
        }
    ),
    changing=frozenset({"etag", "versionId"}),
    named="",
    tags=Tags(on={"Bucket": "bucket", "Key": "key"}, write=_write_tags, read="GetObjectTagging"),
)
