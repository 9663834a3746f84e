"""Systems Manager's Parameter Store.

Sources: https://docs.aws.amazon.com/systems-manager/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/ssm/parameter/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props


def _find_parameter(aws: Aws, props: Props) -> Live | None:
    """Its value, and what only the description tells."""
    name = props["name"]
    try:
        value = aws.call("ssm", "GetParameter", Name=name, WithDecryption=True)["Parameter"]
    except AwsError as error:
        if error.gone:
            return None
        raise
    described = aws.call("ssm", "DescribeParameters", ParameterFilters=[{"Key": "Name", "Values": [name]}])[
        "Parameters"
    ]
    return {**(described[0] if described else {}), **value}


PARAMETER = ResourceType(
    "aws:ssm/parameter:Parameter",
    service="ssm",
    create="PutParameter",
    read=_find_parameter,
    update="PutParameter",
    delete="DeleteParameter",
    keys={"Name": "name"},
    request=lambda props: {"Overwrite": True} if "id" in props else {},
    replaces=frozenset({"name", "dataType"}),
    absent={"description": "", "allowedPattern": ""},
    computed=frozenset({"arn", "dataType", "insecureValue", "keyId", "tier", "value"}),
    unread=frozenset({"overwrite"}),
    changing=frozenset({"version"}),
    tags=Tags(
        on={"ResourceType": "tagged", "ResourceId": "name"},
        write="AddTagsToResource",
        remove="RemoveTagsFromResource",
        read="ListTagsForResource",
    ),
    state=lambda _aws, _props, _live: {"tagged": "Parameter"},
)
