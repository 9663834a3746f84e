"""API Gateway's REST APIs: the API, its stages and what holds for all of it. The paths are in `apigateway_paths`.

Sources: https://docs.aws.amazon.com/apigateway/latest/api/ and
https://www.pulumi.com/registry/packages/aws/api-docs/apigateway/.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from local.provider.aws import Aws, endpoint
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props, nested

_TAGGED = {"resourceArn": "arn"}


def patched(paths: Mapping[str, str]) -> Callable[[Props], Live]:
    """What an update sends: an operation of JSON Patch for each property, by the path that the API has for it."""
    return lambda props: {"patchOperations": _replacements({path: props.get(name) for name, path in paths.items()})}


def _replacements(values: Mapping[str, Any]) -> list[dict[str, str]]:
    texts = {path: str(value).lower() if isinstance(value, bool) else str(value) for path, value in values.items()}
    return [{"op": "replace", "path": path, "value": texts[path]} for path in texts if values[path] is not None]


def alike(aws: Aws, props: Props, *, operation: str, names: Sequence[str] = ("name",)) -> str | None:
    """The id of the first one that has the same values under some names."""
    parent = {"restApiId": props["restApi"]} if "restApi" in props else {}
    listed = aws.call("apigateway", operation, **parent, limit=500)["items"]
    return next((each["id"] for each in listed if all(each.get(name) == props[name] for name in names)), None)


def of_api(_aws: Aws, props: Props, _live: Live) -> Props:
    """What the service does not repeat of a part of an API: which API that is."""
    return {"restApi": props["restApi"]}


def _api_state(aws: Aws, _props: Props, live: Live) -> Props:
    resources = aws.call("apigateway", "GetResources", restApiId=live["id"], limit=500)["items"]
    return {
        "arn": aws.arn("apigateway", f"/restapis/{live['id']}", account=False),
        "executionArn": aws.arn("execute-api", live["id"]),
        "rootResourceId": next(each["id"] for each in resources if each["path"] == "/"),
    }


REST_API = ResourceType(
    "aws:apigateway/restApi:RestApi",
    service="apigateway",
    create="CreateRestApi",
    read="GetRestApi",
    update="UpdateRestApi",
    delete="DeleteRestApi",
    keys={"restApiId": "id"},
    id=("{id}",),
    import_id=("{id}",),
    request=patched(
        {
            "name": "/name",
            "description": "/description",
            "apiKeySource": "/apiKeySource",
            "disableExecuteApiEndpoint": "/disableExecuteApiEndpoint",
            "minimumCompressionSize": "/minimumCompressionSize",
        }
    ),
    state=_api_state,
    absent={"description": "", "disableExecuteApiEndpoint": False, "binaryMediaTypes": []},
    computed=frozenset(
        {"apiKeySource", "endpointConfiguration", "policy", "minimumCompressionSize", "securityPolicy",
         "endpointAccessMode"}
    ),
    unread=frozenset({"body", "failOnWarnings", "parameters", "putRestApiMode"}),
    twin=partial(alike, operation="GetRestApis"),
    tags=Tags(on=_TAGGED, write="TagResource", remove="UntagResource", read="GetTags"),
)  # fmt: skip


def _stage_state(aws: Aws, props: Props, live: Live) -> Props:
    api, stage = props["restApi"], live["stageName"]
    return {
        "restApi": api,
        "deployment": live["deploymentId"],
        "arn": aws.arn("apigateway", f"/restapis/{api}/stages/{stage}", account=False),
        "executionArn": aws.arn("execute-api", f"{api}/{stage}"),
        # Where the local AWS serves it. The real one gives it a host of its own, which not every machine resolves.
        "invokeUrl": f"{endpoint().rstrip('/')}/_aws/execute-api/{api}/{stage}",
    }


def _patch_stage(aws: Aws, props: Props, operations: list[dict[str, str]]) -> Live:
    return aws.call(
        "apigateway", "UpdateStage", restApiId=props["restApi"], stageName=props["stageName"],
        patchOperations=operations,
    )  # fmt: skip


def _write_access_log(aws: Aws, props: Props) -> None:
    settings = nested(props, "accessLogSettings")
    if settings:
        values = {f"/accessLogSettings/{name}": settings[name] for name in ("destinationArn", "format")}
        _patch_stage(aws, props, _replacements(values))
    else:
        _patch_stage(aws, props, [{"op": "remove", "path": "/accessLogSettings"}])


STAGE = ResourceType(
    "aws:apigateway/stage:Stage",
    service="apigateway",
    create="CreateStage",
    read="GetStage",
    update="UpdateStage",
    delete="DeleteStage",
    keys={"restApiId": "restApi", "stageName": "stageName", "deploymentId": "deployment"},
    id=("ags-{restApi}-{stageName}",),
    import_id=("{restApi}/{stageName}",),
    # The local AWS keeps the tags that a stage is made with apart from those that it is asked for later.
    names={"xrayTracingEnabled": "tracingEnabled", "tags": ""},
    request=patched(
        {
            "deployment": "/deploymentId",
            "description": "/description",
            "cacheClusterEnabled": "/cacheClusterEnabled",
            "cacheClusterSize": "/cacheClusterSize",
            "xrayTracingEnabled": "/tracingEnabled",
        }
    ),
    state=_stage_state,
    replaces=frozenset({"restApi", "stageName"}),
    absent={"description": "", "cacheClusterEnabled": False, "xrayTracingEnabled": False, "variables": {}},
    computed=frozenset({"cacheClusterSize", "clientCertificateId", "documentationVersion"}),
    facets=(Facet(inputs=frozenset({"accessLogSettings"}), write=_write_access_log),),
    tags=Tags(on=_TAGGED, write="TagResource", remove="UntagResource", read="GetTags"),
    named="",
)

_SETTINGS = {
    "metricsEnabled": "metrics/enabled",
    "loggingLevel": "logging/loglevel",
    "dataTraceEnabled": "logging/dataTrace",
    "throttlingBurstLimit": "throttling/burstLimit",
    "throttlingRateLimit": "throttling/rateLimit",
    "cachingEnabled": "caching/enabled",
    "cacheTtlInSeconds": "caching/ttlInSeconds",
    "cacheDataEncrypted": "caching/dataEncrypted",
    "requireAuthorizationForCacheControl": "caching/requireAuthorizationForCacheControl",
    "unauthorizedCacheControlHeaderStrategy": "caching/unauthorizedCacheControlHeaderStrategy",
}


def _write_settings(aws: Aws, props: Props) -> Live:
    settings = nested(props, "settings")
    values = {f"/{props['methodPath']}/{path}": settings.get(name) for name, path in _SETTINGS.items()}
    return _patch_stage(aws, props, _replacements(values))


def _find_settings(aws: Aws, props: Props) -> Live | None:
    stage = aws.call("apigateway", "GetStage", restApiId=props["restApi"], stageName=props["stageName"])
    settings = stage.get("methodSettings", {}).get(props["methodPath"])
    return {"settings": settings} if settings else None


def _delete_settings(aws: Aws, props: Props) -> None:
    path, _, method = props["methodPath"].rpartition("/")
    _patch_stage(aws, props, [{"op": "remove", "path": f"/{path.replace('/', '~1')}/{method}"}])


METHOD_SETTINGS = ResourceType(
    "aws:apigateway/methodSettings:MethodSettings",
    service="apigateway",
    create=_write_settings,
    read=_find_settings,
    update=_write_settings,
    delete=_delete_settings,
    keys={"restApiId": "restApi", "stageName": "stageName", "path": "methodPath"},
    id=("{restApi}-{stageName}-{methodPath}",),
    import_id=("{restApi}/{stageName}/{methodPath}",),
    state=lambda _aws, props, _live: {name: props[name] for name in ("restApi", "stageName", "methodPath")},
    replaces=frozenset({"restApi", "stageName", "methodPath"}),
    computed=frozenset(f"settings.{name}" for name in _SETTINGS),
    changing=frozenset({"settings"}),
    named="",
)


def _write_account(aws: Aws, props: Props) -> Live:
    role = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": props.get("cloudwatchRoleArn") or ""}]
    return aws.call("apigateway", "UpdateAccount", patchOperations=role)


ACCOUNT = ResourceType(
    "aws:apigateway/account:Account",
    service="apigateway",
    create=_write_account,
    read="GetAccount",
    update=_write_account,
    keys={},
    id=("api-gateway-account",),
    import_id=("api-gateway-account",),
    absent={"cloudwatchRoleArn": ""},
    named="",
)
