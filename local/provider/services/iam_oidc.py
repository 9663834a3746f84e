"""Identity and Access Management: providers of identities outside of AWS.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html and
https://www.pulumi.com/registry/packages/aws/api-docs/iam/openidconnectprovider/.
"""

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType, Tags
from local.provider.wire import Props, nested


def _request(props: Props) -> Live:
    return {
        "Url": props["url"],
        "ClientIDList": props["clientIdLists"],
        "ThumbprintList": props.get("thumbprintLists", []),
    }


def _create(aws: Aws, props: Props) -> Live:
    tags = [{"Key": key, "Value": value} for key, value in nested(props, "tagsAll").items()]
    return aws.call("iam", "CreateOpenIDConnectProvider", **_request(props), Tags=tags)


def _recreate(aws: Aws, props: Props) -> None:
    """The local AWS has no operation that changes one; a new one of the same address has the same ARN."""
    aws.call("iam", "DeleteOpenIDConnectProvider", OpenIDConnectProviderArn=props["id"])
    _create(aws, props)


OPEN_ID_CONNECT_PROVIDER = ResourceType(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    service="iam",
    create=_create,
    read="GetOpenIDConnectProvider",
    update=_recreate,
    delete="DeleteOpenIDConnectProvider",
    keys={"OpenIDConnectProviderArn": "id"},
    id=("{arn}", "{OpenIDConnectProviderArn}"),
    import_id=("{id}",),
    names={"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"},
    state=lambda _aws, props, live: {
        "arn": props["id"],
        "url": f"https://{live['Url'].removeprefix('https://')}",
    },
    replaces=frozenset({"url"}),
    computed=frozenset({"thumbprintLists"}),
    unordered=frozenset({"clientIdLists"}),
    named="",
    tags=Tags(on={"OpenIDConnectProviderArn": "id"}, write=_recreate, read="GetOpenIDConnectProvider"),
    namesake=lambda aws, props: aws.arn("iam", f"oidc-provider/{props['url'].removeprefix('https://')}", region=False),
)
