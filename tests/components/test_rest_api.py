"""The REST API: the routes of the HTTP API, tokens by their scope, a cache that knows what tells answers apart."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from components.access.identity import Identity
from components.alarms import Alarm, Signal, signals_of
from components.api.api import ApiDefinition, Route
from components.api.rest_api import RestApi
from components.api.rest_stage import StageCache
from components.compute.function import Function, FunctionDefaults
from components.deployment import Deployment
from tests.components.recording import Registration, record
from tests.components.test_contract import DEFAULTS, DEPLOYMENT
from tests.openapi.conformance import DESCRIPTION, resolve, validate

ORIGIN = "https://blog.example.com"
GET, LIST, POST = "GET /users/{userId}", "GET /users/{userId}/posts", "POST /users/{userId}/posts"
CACHE = StageCache(gigabytes="0.5", seconds=60)


def function(module: str, defaults: FunctionDefaults = DEFAULTS) -> Function:
    return Function(module, defaults=defaults, grants=[])


def definition(
    routes: Sequence[Route],
    *,
    origins: Sequence[str] = (),
    own_name: bool = False,
    deployment: Deployment = DEPLOYMENT,
) -> ApiDefinition:
    return ApiDefinition(
        deployment=deployment,
        identity=Identity("blog-test-users", deployment=deployment, mfa="ON"),
        routes=routes,
        cors_origins=origins,
        throttle_rate=50,
        throttle_burst=100,
        default_address=not own_name,
    )


def made(
    *, without: str = "", origins: Sequence[str] = (ORIGIN,), cache: StageCache | None = CACHE, own_name: bool = False
) -> dict[tuple[str, str], Registration]:
    """What an API of three routes is made of, by kind and by the name after the API's."""

    def program() -> None:
        routes = [
            Route(GET, function("get_user"), public=True),
            Route(LIST, function("list_posts"), public=True, query=["limit", "cursor"]),
            Route(POST, function("create_post"), body=("NewPost", {"type": "object", "required": ["title"]})),
        ]
        wanted = [route for route in routes if route.key != without]
        RestApi("api", definition(wanted, origins=origins, own_name=own_name), cache=cache)

    return {
        (one.type.split(":")[2], one.name.removeprefix("api").strip()): one
        for one in record(program)
        if one.type.startswith("aws:apigateway/") or one.name.startswith("api ")
    }


def inputs(kind: str, name: str = "", **changes: Any) -> dict[str, Any]:
    return made(**changes)[kind, name].inputs


def test_public_routes_take_anybody_and_others_an_access_token_never_an_id_token() -> None:
    method, public = inputs("Method", POST), inputs("Method", GET)
    assert (method["authorization"], method["authorizationScopes"]) == (
        "COGNITO_USER_POOLS",
        ["aws.cognito.signin.user.admin"],
    )
    assert method["authorizerId"] == "api-id"
    assert (public["authorization"], public.get("authorizerId"), public["operationName"]) == ("NONE", None, "getUser")


def test_only_what_has_a_body_has_it_checked() -> None:
    assert inputs("Method", POST)["requestModels"] == {"application/json": "NewPost"}
    assert json.loads(inputs("Model", "NewPost")["schema"]) == {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": "NewPost",
        "type": "object",
    }
    assert "requestValidatorId" in inputs("Method", POST)
    assert "requestValidatorId" not in inputs("Method", GET)


def test_a_function_is_invoked_for_its_route_of_its_stage_alone() -> None:
    permission = inputs("Permission", LIST)
    assert permission["sourceArn"] == "execution:api/live/GET/users/*/posts"
    assert permission["statementId"] == "rest-GET-users-userId-posts"


def test_the_cache_is_keyed_by_path_and_query_and_method_and_integration_name_the_same() -> None:
    keys = ["method.request.path.userId", "method.request.querystring.limit", "method.request.querystring.cursor"]
    assert inputs("Integration", LIST)["cacheKeyParameters"] == keys
    assert inputs("Method", LIST)["requestParameters"] == dict(zip(keys, [True, False, False], strict=True))
    assert "cacheKeyParameters" not in inputs("Integration", POST)


def test_only_public_reads_are_cached_and_what_is_kept_is_encrypted_and_emptied_by_nobody_without_a_right() -> None:
    parts = made()
    settings = {name: one.inputs["settings"] for (kind, name), one in parts.items() if kind == "MethodSettings"}
    assert {name: one["cachingEnabled"] for name, one in settings.items()} == {
        "*/*": False,
        "users/{userId}/GET": True,
        "users/{userId}/posts/GET": True,
    }
    for one in settings.values():
        assert (one["cacheDataEncrypted"], one["requireAuthorizationForCacheControl"]) == (True, True)
        assert (one["throttlingRateLimit"], one["throttlingBurstLimit"], one["loggingLevel"]) == (50, 100, "ERROR")
        assert one["dataTraceEnabled"] is False
    assert settings["users/{userId}/GET"]["cacheTtlInSeconds"] == 60
    stage = parts["Stage", ""].inputs
    assert (stage["cacheClusterEnabled"], stage["cacheClusterSize"]) == (True, "0.5")


def test_without_a_cache_nothing_is_kept() -> None:
    parts = made(cache=None)
    assert [name for kind, name in parts if kind == "MethodSettings"] == ["*/*"]
    assert parts["Stage", ""].inputs["cacheClusterEnabled"] is False
    assert "cacheClusterSize" not in parts["Stage", ""].inputs


def test_a_deployment_waits_for_all_parts_and_is_made_anew_when_one_changes_and_only_then() -> None:
    parts = made()
    copied = {"Method", "MethodResponse", "Integration", "IntegrationResponse", "Resource", "Response", "Authorizer"}
    deployment = parts["Deployment", ""]
    awaited = set(deployment.depends_on)
    assert {one.urn for (kind, _), one in parts.items() if kind in copied} <= awaited
    variants = (made(), made(without=GET), made(origins=["https://other.example.com"]), made(origins=[]))
    digests = [one["Deployment", ""].inputs["triggers"]["parts"] for one in variants]
    assert deployment.inputs["triggers"]["parts"] == digests[0]
    assert len(set(digests)) == 4
    assert inputs("Deployment", cache=None)["triggers"]["parts"] == digests[0]


def test_browsers_are_told_what_pages_of_the_origin_may_send_and_may_read_what_goes_wrong() -> None:
    parts = made()
    told = parts["IntegrationResponse", "OPTIONS /users/{userId}/posts"].inputs["responseParameters"]
    assert told["method.response.header.Access-Control-Allow-Origin"] == f"'{ORIGIN}'"
    assert told["method.response.header.Access-Control-Allow-Methods"] == "'GET,POST,PATCH,DELETE'"
    assert parts["Method", "OPTIONS /users/{userId}/posts"].inputs["authorization"] == "NONE"
    answers = {name: one.inputs["responseParameters"] for (kind, name), one in parts.items() if kind == "Response"}
    assert set(answers) >= {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "BAD_REQUEST_BODY"}
    assert {one["gatewayresponse.header.Access-Control-Allow-Origin"] for one in answers.values()} == {f"'{ORIGIN}'"}


def test_without_origins_no_page_may() -> None:
    parts = made(origins=[])
    assert [key for key in parts if "OPTIONS" in key[1]] == []
    assert parts["Response", "MISSING_AUTHENTICATION_TOKEN"].inputs["responseParameters"] == {
        "gatewayresponse.header.Cache-Control": "'no-store'",
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.X-Request-Id": "context.requestId",
    }


def test_what_the_gateway_answers_by_itself_are_problem_details_that_the_description_has() -> None:
    for (kind, name), response in made(origins=[]).items():
        if kind == "Response":
            problem = json.loads(response.inputs["responseTemplates"]["application/json"])
            assert str(problem["status"]) == response.inputs["statusCode"], name
            schema = resolve(DESCRIPTION["components"]["responses"][response.inputs["statusCode"]])
            validate(schema["content"]["application/problem+json"]["schema"], problem)


def test_its_failures_its_slowness_and_its_cache_are_watched_by_name_and_stage() -> None:
    signals: list[Signal] = []

    def program() -> None:
        signals.extend(signals_of(RestApi("api", definition([]), cache=CACHE)))

    record(program)
    metrics = [signal.metric if isinstance(signal, Alarm) else signal for signal in signals]
    assert {metric.dimensions["ApiName"] for metric in metrics} == {"api"}
    assert {"Stage", "ApiName"} == {name for metric in metrics for name in metric.dimensions}
    assert {metric.name for metric in metrics} == {
        *("Count", "4XXError", "5XXError", "Latency"),
        *("CacheHitCount", "CacheMissCount"),
    }
    assert [signal.name for signal in signals if isinstance(signal, Alarm)] == ["api-5xx", "api-latency"]


def test_under_a_name_of_its_own_the_default_address_does_not_answer() -> None:
    assert inputs("RestApi")["disableExecuteApiEndpoint"] is False
    assert inputs("RestApi", own_name=True)["disableExecuteApiEndpoint"] is True


def test_the_log_of_errors_has_the_name_that_the_gateway_writes_to_and_an_end() -> None:
    def program() -> None:
        short = replace(DEPLOYMENT, log_retention_days=3)
        RestApi("api", definition([], deployment=short), cache=None)

    groups = [one.inputs for one in record(program) if one.type == "aws:cloudwatch/logGroup:LogGroup"]
    assert {(group["name"], group["retentionInDays"]) for group in groups} == {
        ("/aws/vendedlogs/apigateway/api", 3),
        ("API-Gateway-Execution-Logs_api-id/live", 3),
    }
