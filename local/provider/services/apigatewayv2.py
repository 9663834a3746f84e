"""API Gateway's HTTP APIs.

Sources: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/api-reference.html and
https://www.pulumi.com/registry/packages/aws/api-docs/apigatewayv2/.
"""

from functools import partial

from local.provider.aws import Aws, endpoint
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.shapes import camel, pascal
from local.provider.wire import Props, items, nested

_TAGS = Tags(on={"ResourceArn": "arn"}, write="TagResource", remove="UntagResource", read="GetTags")


def _address(api: str) -> str:
    """Where the local AWS serves an API. The real one gives it a host of its own, which not every machine resolves."""
    return f"{endpoint().rstrip('/')}/_aws/execute-api/{api}"


def _api_state(aws: Aws, _props: Props, live: Live) -> Props:
    api = live["ApiId"]
    return {
        "apiEndpoint": _address(api),
        "arn": aws.arn("apigateway", f"/apis/{api}", account=False),
        "executionArn": aws.arn("execute-api", api),
    }


def _write_cors(aws: Aws, props: Props) -> None:
    """Only a removal needs an operation of its own: an update leaves alone what it does not name."""
    if not props.get("corsConfiguration"):
        aws.call("apigatewayv2", "DeleteCorsConfiguration", ApiId=props["id"])


def _twin(aws: Aws, props: Props, *, operation: str, member: str, name: str, id_: str) -> str | None:
    """The id of the first one whose member has the value of a property."""
    parent = {"ApiId": props["apiId"]} if "apiId" in props else {}
    listed = aws.call("apigatewayv2", operation, **parent, MaxResults="500")["Items"]
    return next((each[id_] for each in listed if each[member] == props[name]), None)


def _mapping(aws: Aws, props: Props) -> str | None:
    """The id of the mapping of a domain's path."""
    listed = aws.call("apigatewayv2", "GetApiMappings", DomainName=props["domainName"])["Items"]
    key = props.get("apiMappingKey") or ""
    return next((each["ApiMappingId"] for each in listed if each.get("ApiMappingKey", "") == key), None)


API = ResourceType(
    "aws:apigatewayv2/api:Api",
    service="apigatewayv2",
    create="CreateApi",
    read="GetApi",
    update="UpdateApi",
    delete="DeleteApi",
    keys={"ApiId": "id"},
    id=("{ApiId}",),
    import_id=("{id}",),
    state=_api_state,
    replaces=frozenset({"protocolType", "routeKey", "target", "credentialsArn"}),
    defaults={
        "apiKeySelectionExpression": "$request.header.x-api-key",
        "routeSelectionExpression": "$request.method $request.path",
    },
    absent={"description": "", "version": "", "disableExecuteApiEndpoint": False},
    computed=frozenset({"ipAddressType"}),
    unordered=frozenset(
        f"corsConfiguration.{name}" for name in ("allowHeaders", "allowMethods", "allowOrigins", "exposeHeaders")
    ),
    unread=frozenset({"body", "credentialsArn", "failOnWarnings", "routeKey", "target"}),
    facets=(Facet(inputs=frozenset({"corsConfiguration"}), write=_write_cors, created=True, with_main=True),),
    tags=_TAGS,
    twin=partial(_twin, operation="GetApis", member="Name", name="name", id_="ApiId"),
)


def _stage_request(props: Props) -> Live:
    settings = items(props, "routeSettings")
    by_key = {each["routeKey"]: pascal({**each, "routeKey": None}) for each in settings}
    return {"RouteSettings": by_key} if by_key else {}


STAGE = ResourceType(
    "aws:apigatewayv2/stage:Stage",
    service="apigatewayv2",
    create="CreateStage",
    read="GetStage",
    update="UpdateStage",
    delete="DeleteStage",
    keys={"ApiId": "apiId", "StageName": "name"},
    import_id=("{apiId}/{name}",),
    names={"name": "StageName", "routeSettings": ""},
    request=_stage_request,
    state=lambda aws, props, live: {
        "apiId": props["apiId"],
        "arn": aws.arn("apigateway", f"/apis/{props['apiId']}/stages/{live['StageName']}", account=False),
        "executionArn": aws.arn("execute-api", f"{props['apiId']}/{live['StageName']}"),
        "routeSettings": [
            {"routeKey": key, **camel(settings)} for key, settings in nested(live, "RouteSettings").items()
        ],
        "invokeUrl": f"{_address(props['apiId'])}/{'' if live['StageName'] == '$default' else live['StageName']}",
    },
    replaces=frozenset({"apiId", "name"}),
    defaults={"autoDeploy": False},
    absent={"description": "", "stageVariables": {}, "defaultRouteSettings": {}},
    computed=frozenset(
        {"deploymentId", "defaultRouteSettings.loggingLevel", "routeSettings.loggingLevel", "clientCertificateId"}
    ),
    unordered=frozenset({"routeSettings"}),
    changing=frozenset({"deploymentId"}),
    tags=_TAGS,
)


ROUTE = ResourceType(
    "aws:apigatewayv2/route:Route",
    service="apigatewayv2",
    create="CreateRoute",
    read="GetRoute",
    update="UpdateRoute",
    delete="DeleteRoute",
    keys={"ApiId": "apiId", "RouteId": "id"},
    id=("{RouteId}",),
    import_id=("{apiId}/{id}",),
    state=lambda _aws, props, _live: {"apiId": props["apiId"]},
    replaces=frozenset({"apiId"}),
    defaults={"apiKeyRequired": False, "authorizationType": "NONE"},
    absent={"authorizerId": "", "operationName": ""},
    unordered=frozenset({"authorizationScopes"}),
    named="",
    twin=partial(_twin, operation="GetRoutes", member="RouteKey", name="routeKey", id_="RouteId"),
)

INTEGRATION = ResourceType(
    "aws:apigatewayv2/integration:Integration",
    service="apigatewayv2",
    create="CreateIntegration",
    read="GetIntegration",
    update="UpdateIntegration",
    delete="DeleteIntegration",
    keys={"ApiId": "apiId", "IntegrationId": "id"},
    id=("{IntegrationId}",),
    import_id=("{apiId}/{id}",),
    names={"timeoutMilliseconds": "TimeoutInMillis"},
    state=lambda _aws, props, _live: {"apiId": props["apiId"]},
    replaces=frozenset({"apiId", "integrationType", "integrationSubtype"}),
    defaults={"connectionType": "INTERNET", "payloadFormatVersion": "1.0"},
    absent={"description": ""},
    computed=frozenset({"timeoutMilliseconds", "passthroughBehavior", "contentHandlingStrategy"}),
    named="",
)

AUTHORIZER = ResourceType(
    "aws:apigatewayv2/authorizer:Authorizer",
    service="apigatewayv2",
    create="CreateAuthorizer",
    read="GetAuthorizer",
    update="UpdateAuthorizer",
    delete="DeleteAuthorizer",
    keys={"ApiId": "apiId", "AuthorizerId": "id"},
    id=("{AuthorizerId}",),
    import_id=("{apiId}/{id}",),
    names={"identitySources": "IdentitySource", "jwtConfiguration.audiences": "Audience"},
    state=lambda _aws, props, live: {
        "apiId": props["apiId"],
        # A JWT authorizer has no payload; the local AWS reports a format all the same.
        "authorizerPayloadFormatVersion": live.get("AuthorizerPayloadFormatVersion")
        if live["AuthorizerType"] == "REQUEST"
        else None,
    },
    replaces=frozenset({"apiId", "authorizerType"}),
    computed=frozenset({"authorizerResultTtlInSeconds"}),
    unordered=frozenset({"identitySources", "jwtConfiguration.audiences"}),
    twin=partial(_twin, operation="GetAuthorizers", member="Name", name="name", id_="AuthorizerId"),
)

DOMAIN_NAME = ResourceType(
    "aws:apigatewayv2/domainName:DomainName",
    service="apigatewayv2",
    create="CreateDomainName",
    read="GetDomainName",
    update="UpdateDomainName",
    delete="DeleteDomainName",
    keys={"DomainName": "domainName"},
    id=("{domainName}",),
    names={
        "domainNameConfiguration": "DomainNameConfigurations",
        "domainNameConfiguration.targetDomainName": "ApiGatewayDomainName",
    },
    state=lambda aws, _props, live: {
        "arn": aws.arn("apigateway", f"/domainnames/{live['DomainName']}", account=False),
    },
    replaces=frozenset({"domainName"}),
    computed=frozenset(
        {
            "domainNameConfiguration.hostedZoneId",
            "domainNameConfiguration.ipAddressType",
            "domainNameConfiguration.ownershipVerificationCertificateArn",
            "domainNameConfiguration.targetDomainName",
            "routingMode",
        }
    ),
    changing=frozenset({"domainNameConfiguration"}),
    named="",
    tags=_TAGS,
)

API_MAPPING = ResourceType(
    "aws:apigatewayv2/apiMapping:ApiMapping",
    service="apigatewayv2",
    create="CreateApiMapping",
    read="GetApiMapping",
    update="UpdateApiMapping",
    delete="DeleteApiMapping",
    keys={"DomainName": "domainName", "ApiMappingId": "id"},
    id=("{ApiMappingId}",),
    import_id=("{id}/{domainName}",),
    state=lambda _aws, props, _live: {"domainName": props["domainName"]},
    replaces=frozenset({"domainName", "apiId"}),
    absent={"apiMappingKey": ""},
    named="",
    twin=_mapping,
)
