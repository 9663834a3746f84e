"""HTTP APIs, REST APIs and their custom domains.

APIs, stages and domain names have tags; what is within an API (routes, integrations, authorizers, resources, methods)
has none, so that no condition that demands a tag ever holds for it. A creation with tags
is checked as a PUT of the tags too.

Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, Grant, allow, service_role


def _path(path: str) -> str:
    return f"arn:{{partition}}:apigateway:{{region}}::{path}"


# PUT and DELETE of tags: the ARN is part of the path, and the reference names no condition key on the resource's tags.
_TAGS = allow("apigateway", "PUT", _path("/tags/*"), when=TAGGING)
_RETAG = [_TAGS, allow("apigateway", "DELETE", _path("/tags/*"), when=NOT_ANOTHERS)]


def _read(*paths: str) -> list[Grant]:
    return [allow("apigateway", "GET", *map(_path, paths), when=NOT_ANOTHERS)]


def _tagged(collection: str, *first: Grant) -> Access:
    """A kind of resource that has tags, `_tagged("/apis")`, and what its first creation in an account needs."""
    one = _path(f"{collection}/*")
    return Access(
        create=[allow("apigateway", "POST", _path(collection), when=TAGGING), _TAGS, *first],
        read=_read(f"{collection}/*"),
        update=[allow("apigateway", "PATCH PUT", one, when=TAGGED), *_RETAG],
        delete=[allow("apigateway", "DELETE", one, when=TAGGED)],
    )


def _untagged(collection: str, *, update: str = "PATCH") -> Access:
    """A kind of resource that has no tags and is posted to a collection, such as `/apis/*/routes`."""
    one = _path(f"{collection}/*")
    return Access(
        create=[allow("apigateway", "POST", _path(collection), when=NOT_ANOTHERS)],
        read=_read(f"{collection}/*"),
        update=[allow("apigateway", update, one, when=NOT_ANOTHERS)] if update else [],
        delete=[allow("apigateway", "DELETE", one, when=NOT_ANOTHERS)],
    )


def _put(path: str) -> Access:
    """A kind of resource that has no tags and is put under its own path."""
    return Access(
        create=[allow("apigateway", "PUT", _path(path), when=NOT_ANOTHERS)],
        read=_read(path),
        update=[allow("apigateway", "PATCH PUT DELETE", _path(path), when=NOT_ANOTHERS)],
        delete=[allow("apigateway", "DELETE", _path(path), when=NOT_ANOTHERS)],
    )


METHOD = "/restapis/*/resources/*/methods/*"

ACCESS: Mapping[str, Access] = {
    "aws:apigatewayv2/api:Api": _tagged("/apis"),
    "aws:apigatewayv2/stage:Stage": _tagged("/apis/*/stages"),
    "aws:apigatewayv2/route:Route": _untagged("/apis/*/routes"),
    "aws:apigatewayv2/integration:Integration": _untagged("/apis/*/integrations"),
    "aws:apigatewayv2/authorizer:Authorizer": _untagged("/apis/*/authorizers"),
    "aws:apigatewayv2/domainName:DomainName": _tagged("/domainnames", service_role("ops.apigateway.amazonaws.com")),
    "aws:apigatewayv2/apiMapping:ApiMapping": _untagged("/domainnames/*/apimappings"),
    "aws:apigateway/restApi:RestApi": _tagged("/restapis"),
    "aws:apigateway/stage:Stage": _tagged("/restapis/*/stages"),
    "aws:apigateway/deployment:Deployment": _untagged("/restapis/*/deployments"),
    # A resource is posted to the one above it.
    "aws:apigateway/resource:Resource": Access(
        create=[allow("apigateway", "POST", _path("/restapis/*/resources/*"), when=NOT_ANOTHERS)],
        read=_read("/restapis/*/resources/*"),
        update=[allow("apigateway", "PATCH", _path("/restapis/*/resources/*"), when=NOT_ANOTHERS)],
        delete=[allow("apigateway", "DELETE", _path("/restapis/*/resources/*"), when=NOT_ANOTHERS)],
    ),
    "aws:apigateway/authorizer:Authorizer": _untagged("/restapis/*/authorizers"),
    "aws:apigateway/model:Model": _untagged("/restapis/*/models"),
    "aws:apigateway/requestValidator:RequestValidator": _untagged("/restapis/*/requestvalidators"),
    "aws:apigateway/response:Response": _put("/restapis/*/gatewayresponses/*"),
    "aws:apigateway/method:Method": _put(METHOD),
    "aws:apigateway/methodResponse:MethodResponse": _put(f"{METHOD}/responses/*"),
    "aws:apigateway/integration:Integration": _put(f"{METHOD}/integration"),
    "aws:apigateway/integrationResponse:IntegrationResponse": _put(f"{METHOD}/integration/responses/*"),
    # Settings of methods are a part of the stage, and end with an update of it.
    "aws:apigateway/methodSettings:MethodSettings": Access(
        create=[allow("apigateway", "PATCH", _path("/restapis/*/stages/*"), when=TAGGED)],
        read=_read("/restapis/*/stages/*"),
    ),
}
