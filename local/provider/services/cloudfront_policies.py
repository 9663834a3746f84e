"""What distributions share: how origins are signed for, what a cache is keyed by, which headers go where.

Sources: https://docs.aws.amazon.com/cloudfront/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/cloudfront/.
"""

from functools import partial

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType
from local.provider.wire import Props


def _find(aws: Aws, props: Props, *, kind: str, config: str) -> Live:
    answer = aws.call("cloudfront", f"Get{kind}", Id=props["id"])
    held = answer[kind]
    return {**held[config], "Id": held["Id"], "ETag": answer["ETag"]}


def _arn(aws: Aws, props: Props, _live: Live, *, resource: str) -> Props:
    return {"arn": aws.arn("cloudfront", f"{resource}/{props['id']}", region=False)}


def _delete(aws: Aws, props: Props, *, kind: str) -> Live:
    answer = aws.call("cloudfront", f"Get{kind}", Id=props["id"])
    return aws.call("cloudfront", f"Delete{kind}", Id=props["id"], IfMatch=answer["ETag"])


def _policy_of_same_name(aws: Aws, props: Props, *, kind: str) -> str | None:
    listed = aws.call("cloudfront", f"List{kind.removesuffix('y')}ies")[f"{kind}List"].get("Items", [])
    held = (each[kind] for each in listed)
    return next((each["Id"] for each in held if each[f"{kind}Config"]["Name"] == props["name"]), None)


def _control_of_same_name(aws: Aws, props: Props) -> str | None:
    listed = aws.call("cloudfront", "ListOriginAccessControls")["OriginAccessControlList"].get("Items", [])
    return next((each["Id"] for each in listed if each["Name"] == props["name"]), None)


ORIGIN_ACCESS_CONTROL = ResourceType(
    "aws:cloudfront/originAccessControl:OriginAccessControl",
    service="cloudfront",
    create="CreateOriginAccessControl",
    read=partial(_find, kind="OriginAccessControl", config="OriginAccessControlConfig"),
    update="UpdateOriginAccessControl",
    delete=partial(_delete, kind="OriginAccessControl"),
    keys={"Id": "id", "IfMatch": "etag"},
    id=("{Id}",),
    import_id=("{id}",),
    within="OriginAccessControlConfig",
    state=partial(_arn, resource="origin-access-control"),
    absent={"description": ""},
    computed=frozenset({"description"}),
    changing=frozenset({"etag"}),
    namesake=_control_of_same_name,
)

CACHE_POLICY = ResourceType(
    "aws:cloudfront/cachePolicy:CachePolicy",
    service="cloudfront",
    create="CreateCachePolicy",
    read=partial(_find, kind="CachePolicy", config="CachePolicyConfig"),
    update="UpdateCachePolicy",
    delete=partial(_delete, kind="CachePolicy"),
    keys={"Id": "id", "IfMatch": "etag"},
    id=("{Id}",),
    import_id=("{id}",),
    within="CachePolicyConfig",
    state=partial(_arn, resource="cache-policy"),
    defaults={"defaultTtl": 86400, "maxTtl": 31536000, "minTtl": 0},
    absent={"comment": ""},
    unordered=frozenset(
        f"parametersInCacheKeyAndForwardedToOrigin.{path}.items"
        for path in ("headersConfig.headers", "cookiesConfig.cookies", "queryStringsConfig.queryStrings")
    ),
    changing=frozenset({"etag"}),
    namesake=partial(_policy_of_same_name, kind="CachePolicy"),
)

ORIGIN_REQUEST_POLICY = ResourceType(
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
    service="cloudfront",
    create="CreateOriginRequestPolicy",
    read=partial(_find, kind="OriginRequestPolicy", config="OriginRequestPolicyConfig"),
    update="UpdateOriginRequestPolicy",
    delete=partial(_delete, kind="OriginRequestPolicy"),
    keys={"Id": "id", "IfMatch": "etag"},
    id=("{Id}",),
    import_id=("{id}",),
    within="OriginRequestPolicyConfig",
    state=partial(_arn, resource="origin-request-policy"),
    absent={"comment": ""},
    unordered=frozenset({"headersConfig.headers.items", "queryStringsConfig.queryStrings.items"}),
    changing=frozenset({"etag"}),
    namesake=partial(_policy_of_same_name, kind="OriginRequestPolicy"),
)

RESPONSE_HEADERS_POLICY = ResourceType(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    service="cloudfront",
    create="CreateResponseHeadersPolicy",
    read=partial(_find, kind="ResponseHeadersPolicy", config="ResponseHeadersPolicyConfig"),
    update="UpdateResponseHeadersPolicy",
    delete=partial(_delete, kind="ResponseHeadersPolicy"),
    keys={"Id": "id", "IfMatch": "etag"},
    id=("{Id}",),
    import_id=("{id}",),
    within="ResponseHeadersPolicyConfig",
    names={
        "securityHeadersConfig.xssProtection": "XSSProtection",
        "serverTimingHeadersConfig": "ServerTimingHeadersConfig",
    },
    state=partial(_arn, resource="response-headers-policy"),
    absent={"comment": ""},
    computed=frozenset({"serverTimingHeadersConfig", "customHeadersConfig", "removeHeadersConfig", "corsConfig"}),
    changing=frozenset({"etag"}),
    namesake=partial(_policy_of_same_name, kind="ResponseHeadersPolicy"),
)
