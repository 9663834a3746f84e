"""The stage of a REST API: which deployment it serves, what it logs, how much it admits, what it keeps."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import apigateway

from components.api.api import ApiDefinition, access_logs, log_format

STAGE = "live"

EXECUTION_LOGS = f"API-Gateway-Execution-Logs_*/{STAGE}"
"""The names of the log groups that API Gateway writes errors to, one an API,
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html."""

REQUEST = {
    "routeKey": "$context.httpMethod $context.resourcePath",
    "error": "$context.error.message",
    "trace": "$context.xrayTraceId",
}
"""What only a REST API can log of a request,
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html."""


@dataclass(frozen=True, kw_only=True)
class StageCache:
    """What keeps public answers.

    Attributes:
        gigabytes: Its size, as AWS has it; it is paid for by the hour.
        seconds: How long an answer is kept.
    """

    gigabytes: str
    seconds: int


def make_stage(
    name: str,
    api: apigateway.RestApi,
    deployment: apigateway.Deployment,
    *,
    definition: ApiDefinition,
    cache: StageCache | None,
    parent: pulumi.Resource,
) -> apigateway.Stage:
    """Make the stage of an API.

    Args:
        name: The API's.
        api: The API.
        deployment: What is served.
        definition: What the API is.
        cache: What keeps its public answers, where something does.
        parent: The component that it belongs to.
    """
    logs = access_logs(name, deployment=definition.deployment, parent=parent)
    # AWS would make this one at the first error, and keep what it holds for good.
    of_errors = api.id.apply(lambda id_: EXECUTION_LOGS.replace("*", id_))
    errors = access_logs(name, deployment=definition.deployment, parent=parent, log_name=of_errors)
    stage = apigateway.Stage(
        name,
        rest_api=api.id,
        stage_name=STAGE,
        deployment=deployment.id,
        cache_cluster_enabled=cache is not None,
        cache_cluster_size=cache and cache.gigabytes,
        xray_tracing_enabled=True,
        access_log_settings=apigateway.StageAccessLogSettingsArgs(destination_arn=logs.arn, format=log_format(REQUEST)),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[errors]),
    )
    settings = _Settings(name, stage, definition, cache)
    every = settings.make("*/*", cached=False, opts=pulumi.ResourceOptions(parent=parent))
    for route in definition.routes if cache else ():
        if route.public and route.method == "GET":
            # AWS changes a stage once at a time.
            opts = pulumi.ResourceOptions(parent=parent, depends_on=[every])
            settings.make(f"{route.path.removeprefix('/')}/GET", cached=True, opts=opts)
    return stage


@dataclass(frozen=True)
class _Settings:
    """What holds for methods of a stage: those of one stand instead of those of all, so that each states everything."""

    name: str
    stage: apigateway.Stage
    definition: ApiDefinition
    cache: StageCache | None

    def make(self, method_path: str, *, cached: bool, opts: pulumi.ResourceOptions) -> apigateway.MethodSettings:
        """Make the settings of a method, or of all (`*/*`)."""
        return apigateway.MethodSettings(
            f"{self.name} {method_path}",
            rest_api=self.stage.rest_api,
            stage_name=self.stage.stage_name,
            method_path=method_path,
            settings=apigateway.MethodSettingsSettingsArgs(
                metrics_enabled=True,
                logging_level="ERROR",
                data_trace_enabled=False,
                throttling_rate_limit=self.definition.throttle_rate,
                throttling_burst_limit=self.definition.throttle_burst,
                caching_enabled=cached,
                cache_data_encrypted=True,
                cache_ttl_in_seconds=self.cache.seconds if self.cache and cached else None,
                # Nobody empties the cache by a header without a right to; a browser that reloads gets what is kept.
                require_authorization_for_cache_control=True,
                unauthorized_cache_control_header_strategy="SUCCEED_WITH_RESPONSE_HEADER",
            ),
            opts=opts,
        )
