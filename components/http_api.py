"""The HTTP API: routes to functions, a JWT authorizer before those that write."""

import json
import re
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.function import Function
from components.identity import Identity
from components.protection import stateful

ACCESS_LOG = {
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "subject": "$context.authorizer.claims.sub",
    "requestTime": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latency": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
}
"""The fields of a line of the access log,
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html."""


class HttpApi(pulumi.ComponentResource):
    """An HTTP API with throttling and access logs, whose routes need a token of the identity unless they say otherwise.

    Args:
        name: The physical name of the API.
        deployment: What it shares with the other parts.
        identity: Whose tokens are taken.
        cors_origins: Origins of the web pages that may call it; none by default.
        throttle_rate: Requests a second in the long run.
        throttle_burst: Requests at once.
        opts: Options of the component.
    """

    functions: list[Function]
    id: pulumi.Output[str]
    url: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        identity: Identity,
        cors_origins: Sequence[str],
        throttle_rate: int,
        throttle_burst: int,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:http_api:HttpApi", name, None, opts)
        self._name = name
        self.functions = []
        self._child = pulumi.ResourceOptions(parent=self)
        self._api = aws.apigatewayv2.Api(
            name,
            name=name,
            protocol_type="HTTP",
            cors_configuration=aws.apigatewayv2.ApiCorsConfigurationArgs(
                allow_origins=list(cors_origins),
                allow_methods=["GET", "POST", "PATCH", "DELETE"],
                allow_headers=["authorization", "content-type", "idempotency-key", "if-match"],
                expose_headers=["etag", "location", "x-request-id"],
                max_age=600,
            )
            if cors_origins
            else None,
            opts=self._child,
        )
        self.id = self._api.id
        self._authorizer = aws.apigatewayv2.Authorizer(
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
        logs = aws.cloudwatch.LogGroup(
            name,
            # Below /aws/vendedlogs/, log groups share one resource policy instead of filling it up to its size limit.
            name=f"/aws/vendedlogs/apigateway/{name}",
            retention_in_days=deployment.log_retention_days,
            kms_key_id=deployment.key_arn,
            deletion_protection_enabled=deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        stage = aws.apigatewayv2.Stage(
            name,
            name="$default",
            api_id=self._api.id,
            auto_deploy=True,
            access_log_settings=aws.apigatewayv2.StageAccessLogSettingsArgs(
                destination_arn=logs.arn, format=json.dumps(ACCESS_LOG)
            ),
            default_route_settings=aws.apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_rate_limit=throttle_rate,
                throttling_burst_limit=throttle_burst,
                detailed_metrics_enabled=True,
            ),
            opts=self._child,
        )
        # Of the default stage, AWS gives the address with a slash at its end.
        self.url = stage.invoke_url.apply(lambda url: url.rstrip("/"))
        self.register_outputs({"url": self.url})

    def route(self, key: str, function: Function, *, public: bool = False) -> None:
        """Send requests of a route key, such as `GET /users/{userId}`, to a function.

        Args:
            key: Method and path.
            function: What answers.
            public: Whether it answers without a token.
        """
        method, path = key.split(" ")
        if function not in self.functions:
            self.functions.append(function)
        name = f"{self._name} {key}"
        integration = aws.apigatewayv2.Integration(
            name,
            api_id=self._api.id,
            integration_type="AWS_PROXY",
            integration_uri=function.alias.invoke_arn,
            integration_method="POST",
            payload_format_version="2.0",
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            name,
            statement_id="-".join(re.findall(r"\w+", key)),
            action="lambda:InvokeFunction",
            principal="apigateway.amazonaws.com",
            function=function.alias.function_name,
            qualifier=function.alias.name,
            source_arn=pulumi.Output.concat(self._api.execution_arn, f"/*/{method}{path}"),
            opts=self._child,
        )
        aws.apigatewayv2.Route(
            name,
            api_id=self._api.id,
            route_key=key,
            target=pulumi.Output.concat("integrations/", integration.id),
            authorization_type="NONE" if public else "JWT",
            authorizer_id=None if public else self._authorizer.id,
            # A route that answers before its function may be called would answer 500.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
