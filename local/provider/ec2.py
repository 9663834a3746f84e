"""What the types of EC2 have in common: their tags, and how one is found among many.

Sources: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html,
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeTags.html.
"""

from collections.abc import Callable

from local.provider.aws import Aws
from local.provider.resource import Live, Step, Tags
from local.provider.shapes import pairs
from local.provider.wire import Props, nested


def one(operation: str, by: str, within: str) -> Step:
    """A read by the id, of an operation that describes many.

    Args:
        operation: The operation, such as `DescribeVpcs`.
        by: The member of its request that takes ids.
        within: The member of its answer that lists what it found.
    """

    def read(aws: Aws, props: Props) -> Live | None:
        return next(iter(aws.call("ec2", operation, **{by: [props["id"]]})[within]), None)

    return read


def filtered(**values: str) -> list[Live]:
    """Filters, such as `filtered(vpc_id="vpc-1")`."""
    return [{"Name": name.replace("_", "-"), "Values": [value]} for name, value in values.items()]


def tagged(kind: str) -> Callable[[Props], Live]:
    """The members by which a resource is made with its tags, so that an interrupted run leaves none without.

    Args:
        kind: What EC2 calls the type, such as `vpc`.
    """

    def request(props: Props) -> Live:
        tags = [{"Key": key, "Value": value} for key, value in nested(props, "tagsAll").items()]
        return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}

    return request


def twin(prefix: str) -> Callable[[Aws, Props], str | None]:
    """Finds a resource by its Name, the tag that stands for a name in EC2, and by what its ids begin with."""

    def find(aws: Aws, props: Props) -> str | None:
        name = nested(props, "tagsAll").get("Name")
        filters = [{"Name": "key", "Values": ["Name"]}, {"Name": "value", "Values": [name]}]
        if name is None:
            return None
        tags = aws.call("ec2", "DescribeTags", Filters=filters)["Tags"]
        return next((tag["ResourceId"] for tag in tags if tag["ResourceId"].startswith(f"{prefix}-")), None)

    return find


def _read(aws: Aws, props: Props) -> Live:
    return aws.call("ec2", "DescribeTags", Filters=filtered(resource_id=props["id"]))


def _write(aws: Aws, props: Props) -> None:
    wanted, live = nested(props, "tagsAll"), pairs([_pair(tag) for tag in _read(aws, props)["Tags"]])
    if gone := sorted(live.keys() - wanted.keys()):
        aws.call("ec2", "DeleteTags", Resources=[props["id"]], Tags=[{"Key": key} for key in gone])
    if news := {key: value for key, value in wanted.items() if live.get(key) != value}:
        tags = [{"Key": key, "Value": value} for key, value in news.items()]
        aws.call("ec2", "CreateTags", Resources=[props["id"]], Tags=tags)


def _pair(tag: Live) -> Live:
    return {"Key": tag["Key"], "Value": tag["Value"]}


TAGS = Tags(write=_write, read=_read)
