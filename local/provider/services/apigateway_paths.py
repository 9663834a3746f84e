"""The paths of REST APIs: resources, their methods, what answers them, and their deployment.

Sources: https://docs.aws.amazon.com/apigateway/latest/api/ and
https://www.pulumi.com/registry/packages/aws/api-docs/apigateway/.
"""

from functools import partial
from typing import TYPE_CHECKING, cast

from local.provider.aws import Aws
from local.provider.resource import Live, ResourceType
from local.provider.services.apigateway import alike, of_api, patched
from local.provider.shapes import request
from local.provider.wire import Props

if TYPE_CHECKING:
    from botocore.model import StructureShape

RESOURCE = ResourceType(
    "aws:apigateway/resource:Resource",
    service="apigateway",
    create="CreateResource",
    read="GetResource",
    update="UpdateResource",
    delete="DeleteResource",
    keys={"restApiId": "restApi", "resourceId": "id"},
    id=("{id}",),
    import_id=("{restApi}/{id}",),
    request=patched({"pathPart": "/pathPart", "parentId": "/parentId"}),
    state=of_api,
    replaces=frozenset({"restApi"}),
    changing=frozenset({"path"}),
    named="",
    namesake=partial(alike, operation="GetResources", names=("parentId", "pathPart")),
)

METHOD = ResourceType(
    "aws:apigateway/method:Method",
    service="apigateway",
    create="PutMethod",
    read="GetMethod",
    update="UpdateMethod",
    delete="DeleteMethod",
    keys={"restApiId": "restApi", "resourceId": "resourceId", "httpMethod": "httpMethod"},
    id=("agm-{restApi}-{resourceId}-{httpMethod}",),
    import_id=("{restApi}/{resourceId}/{httpMethod}",),
    names={"authorization": "authorizationType"},
    request=patched(
        {
            "authorization": "/authorizationType",
            "authorizerId": "/authorizerId",
            "apiKeyRequired": "/apiKeyRequired",
            "operationName": "/operationName",
            "requestValidatorId": "/requestValidatorId",
        }
    ),
    state=lambda _aws, props, _live: {"restApi": props["restApi"], "resourceId": props["resourceId"]},
    # The real provider changes scopes, models and parameters in place; the local AWS takes no list by JSON Patch.
    replaces=frozenset(
        {"restApi", "resourceId", "httpMethod", "authorizationScopes", "requestModels", "requestParameters"}
    ),
    defaults={"apiKeyRequired": False},
    absent={"operationName": "", "authorizerId": "", "requestValidatorId": ""},
    unordered=frozenset({"authorizationScopes"}),
    named="",
)

_NAMES = {"timeoutMilliseconds": "timeoutInMillis", "httpMethod": ""}


def _put_integration(aws: Aws, props: Props) -> Live:
    """The answer names the method behind the integration as the request names the one before it: it is left out."""
    shape = cast("StructureShape", aws.operation("apigateway", "PutIntegration").input_shape)
    aws.call(
        "apigateway", "PutIntegration", **request(shape, {**props, "tags": None}, _NAMES),
        restApiId=props["restApi"], httpMethod=props["httpMethod"],
    )  # fmt: skip
    return {}


INTEGRATION = ResourceType(
    "aws:apigateway/integration:Integration",
    service="apigateway",
    create=_put_integration,
    read="GetIntegration",
    update=_put_integration,
    delete="DeleteIntegration",
    keys={"restApiId": "restApi", "resourceId": "resourceId", "httpMethod": "httpMethod"},
    id=("agi-{restApi}-{resourceId}-{httpMethod}",),
    import_id=("{restApi}/{resourceId}/{httpMethod}",),
    names=_NAMES,
    state=lambda _aws, props, live: {
        **{name: props[name] for name in ("restApi", "resourceId", "httpMethod")},
        "integrationHttpMethod": live["httpMethod"],
    },
    replaces=frozenset({"restApi", "resourceId", "httpMethod", "type"}),
    defaults={"connectionType": "INTERNET", "timeoutMilliseconds": 29000},
    computed=frozenset({"cacheNamespace", "passthroughBehavior", "integrationHttpMethod"}),
    unordered=frozenset({"cacheKeyParameters"}),
    named="",
)


def _of_method(_aws: Aws, props: Props, _live: Live) -> Props:
    return {name: props[name] for name in ("restApi", "resourceId", "httpMethod")}


METHOD_RESPONSE = ResourceType(
    "aws:apigateway/methodResponse:MethodResponse",
    service="apigateway",
    create="PutMethodResponse",
    read="GetMethodResponse",
    delete="DeleteMethodResponse",
    keys={"restApiId": "restApi", "resourceId": "resourceId", "httpMethod": "httpMethod", "statusCode": "statusCode"},
    id=("agmr-{restApi}-{resourceId}-{httpMethod}-{statusCode}",),
    import_id=("{restApi}/{resourceId}/{httpMethod}/{statusCode}",),
    state=_of_method,
    # The real provider changes parameters and models in place; the local AWS has no update of them.
    replaces=frozenset({"restApi", "resourceId", "httpMethod", "statusCode", "responseParameters", "responseModels"}),
    absent={"responseModels": {}, "responseParameters": {}},
    named="",
)

INTEGRATION_RESPONSE = ResourceType(
    "aws:apigateway/integrationResponse:IntegrationResponse",
    service="apigateway",
    create="PutIntegrationResponse",
    read="GetIntegrationResponse",
    update="PutIntegrationResponse",
    delete="DeleteIntegrationResponse",
    keys={"restApiId": "restApi", "resourceId": "resourceId", "httpMethod": "httpMethod", "statusCode": "statusCode"},
    id=("agir-{restApi}-{resourceId}-{httpMethod}-{statusCode}",),
    import_id=("{restApi}/{resourceId}/{httpMethod}/{statusCode}",),
    state=_of_method,
    replaces=frozenset({"restApi", "resourceId", "httpMethod", "statusCode"}),
    absent={"selectionPattern": "", "responseParameters": {}, "responseTemplates": {}},
    named="",
)

DEPLOYMENT = ResourceType(
    "aws:apigateway/deployment:Deployment",
    service="apigateway",
    create="CreateDeployment",
    read="GetDeployment",
    update="UpdateDeployment",
    delete="DeleteDeployment",
    keys={"restApiId": "restApi", "deploymentId": "id"},
    id=("{id}",),
    import_id=("{restApi}/{id}",),
    request=patched({"description": "/description"}),
    state=of_api,
    replaces=frozenset({"restApi", "triggers", "variables"}),
    absent={"description": ""},
    unread=frozenset({"triggers", "variables"}),
    named="",
)

AUTHORIZER = ResourceType(
    "aws:apigateway/authorizer:Authorizer",
    service="apigateway",
    create="CreateAuthorizer",
    read="GetAuthorizer",
    update="UpdateAuthorizer",
    delete="DeleteAuthorizer",
    keys={"restApiId": "restApi", "authorizerId": "id"},
    id=("{id}",),
    import_id=("{restApi}/{id}",),
    request=patched(
        {
            "name": "/name",
            "authorizerUri": "/authorizerUri",
            "authorizerResultTtlInSeconds": "/authorizerResultTtlInSeconds",
            "identitySource": "/identitySource",
        }
    ),
    state=lambda aws, props, live: {
        "restApi": props["restApi"],
        "arn": aws.arn("apigateway", f"/restapis/{props['restApi']}/authorizers/{live['id']}", account=False),
    },
    replaces=frozenset({"restApi"}),
    defaults={
        "authorizerResultTtlInSeconds": 300,
        "identitySource": "method.request.header.Authorization",
        "type": "TOKEN",
    },
    absent={"authorizerUri": "", "identityValidationExpression": ""},
    unordered=frozenset({"providerArns"}),
    twin=partial(alike, operation="GetAuthorizers"),
)

MODEL = ResourceType(
    "aws:apigateway/model:Model",
    service="apigateway",
    create="CreateModel",
    read="GetModel",
    update="UpdateModel",
    delete="DeleteModel",
    keys={"restApiId": "restApi", "modelName": "name"},
    id=("{id}",),
    import_id=("{restApi}/{name}",),
    request=patched({"description": "/description", "schema": "/schema"}),
    state=of_api,
    replaces=frozenset({"restApi", "name", "contentType"}),
    absent={"description": "", "schema": ""},
)

VALIDATOR = ResourceType(
    "aws:apigateway/requestValidator:RequestValidator",
    service="apigateway",
    create="CreateRequestValidator",
    read="GetRequestValidator",
    update="UpdateRequestValidator",
    delete="DeleteRequestValidator",
    keys={"restApiId": "restApi", "requestValidatorId": "id"},
    id=("{id}",),
    import_id=("{restApi}/{id}",),
    request=patched(
        {
            "name": "/name",
            "validateRequestBody": "/validateRequestBody",
            "validateRequestParameters": "/validateRequestParameters",
        }
    ),
    state=of_api,
    replaces=frozenset({"restApi"}),
    absent={"validateRequestBody": False, "validateRequestParameters": False},
    twin=partial(alike, operation="GetRequestValidators"),
)


def _find_response(aws: Aws, props: Props) -> Live | None:
    """A response that nobody has changed is there all the same, as the service's default."""
    found = aws.call(
        "apigateway", "GetGatewayResponse", restApiId=props["restApiId"], responseType=props["responseType"]
    )
    return None if found.get("defaultResponse") else found


RESPONSE = ResourceType(
    "aws:apigateway/response:Response",
    service="apigateway",
    create="PutGatewayResponse",
    read=_find_response,
    update="PutGatewayResponse",
    delete="DeleteGatewayResponse",
    keys={"restApiId": "restApiId", "responseType": "responseType"},
    id=("aggr-{restApiId}-{responseType}",),
    import_id=("{restApiId}/{responseType}",),
    state=lambda _aws, props, _live: {"restApiId": props["restApiId"]},
    replaces=frozenset({"restApiId", "responseType"}),
    computed=frozenset({"responseTemplates", "statusCode"}),
    named="",
)
