"""The HTTP API: routes to functions, a JWT authorizer before those that are not public."""

import pulumi
import pulumi_aws as aws

from components.api.api import (
    CORS_EXPOSED,
    CORS_HEADERS,
    CORS_METHODS,
    CORS_SECONDS,
    ApiDefinition,
    Route,
    access_logs,
    invoked_by_api,
    log_format,
)
from components.compute.function import Function

STAGE = "$default"
"""The stage that adds nothing to the path."""


class HttpApi(pulumi.ComponentResource):
    """An HTTP API with throttling and access logs, whose routes need a token of the identity unless they are public.

    Args:
        name: The physical name of the API.
        definition: What it answers, to whom and how often.
        opts: Options of the component.
    """

    functions: list[Function]
    id: pulumi.Output[str]
    url: pulumi.Output[str]
    stage: pulumi.Output[str]

    def __init__(self, name: str, definition: ApiDefinition, *, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("blog:http_api:HttpApi", name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self.functions = definition.functions
        self._api = aws.apigatewayv2.Api(
            name,
            name=name,
            protocol_type="HTTP",
            disable_execute_api_endpoint=not definition.default_address,
            cors_configuration=aws.apigatewayv2.ApiCorsConfigurationArgs(
                allow_origins=list(definition.cors_origins),
                allow_methods=list(CORS_METHODS),
                allow_headers=list(CORS_HEADERS),
                expose_headers=list(CORS_EXPOSED),
                max_age=CORS_SECONDS,
            )
            if definition.cors_origins
            else None,
            opts=self._child,
        )
        self.id = self._api.id
        identity = definition.identity
        authorizer = aws.apigatewayv2.Authorizer(
            name,
            name=name,
            api_id=self._api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=aws.apigatewayv2.AuthorizerJwtConfigurationArgs(
                issuer=identity.issuer, audiences=[identity.client_id]
            ),
            opts=self._child,
        )
        for route in definition.routes:
            self._route(route, authorizer)
        stage = self._stage(definition)
        self.stage = stage.name
        # Of the default stage, AWS gives the address with a slash at its end.
        self.url = stage.invoke_url.apply(lambda url: url.rstrip("/"))
        self.register_outputs({"url": self.url})

    def _stage(self, definition: ApiDefinition) -> aws.apigatewayv2.Stage:
        logs = access_logs(self._name, deployment=definition.deployment, parent=self)
        return aws.apigatewayv2.Stage(
            self._name,
            name=STAGE,
            api_id=self._api.id,
            auto_deploy=True,
            access_log_settings=aws.apigatewayv2.StageAccessLogSettingsArgs(
                destination_arn=logs.arn, format=log_format({"routeKey": "$context.routeKey"})
            ),
            default_route_settings=aws.apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_rate_limit=definition.throttle_rate,
                throttling_burst_limit=definition.throttle_burst,
                detailed_metrics_enabled=True,
            ),
            opts=self._child,
        )

    def _route(self, route: Route, authorizer: aws.apigatewayv2.Authorizer) -> None:
        name = f"{self._name} {route.key}"
        integration = aws.apigatewayv2.Integration(
            name,
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_uri=route.function.alias.invoke_arn,
            integration_method="POST",
            payload_format_version="2.0",
            opts=self._child,
        )
        source_arn = pulumi.Output.concat(self._api.execution_arn, f"/*/{route.method}{route.path}")
        permission = invoked_by_api(name, route, source_arn, opts=self._child)
        aws.apigatewayv2.Route(
            name,
            api_id=self._api.id,
            route_key=route.key,
            target=pulumi.Output.concat("integrations/", integration.id),
            authorization_type="NONE" if route.public else "JWT",
            authorizer_id=None if route.public else authorizer.id,
            # A route that answers before its function may be called would answer 500.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
