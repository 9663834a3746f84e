"""The REST API: the same routes as those of the HTTP API, with a cache of its own before the functions."""

import pulumi
from pulumi_aws import apigateway

from components.api.api import CORS_EXPOSED, ApiDefinition
from components.api.rest_errors import add_errors
from components.api.rest_parts import Parts
from components.api.rest_paths import Paths
from components.api.rest_stage import STAGE, StageCache, make_stage
from components.compute.function import Function


class RestApi(pulumi.ComponentResource):
    """A REST API, traced and logged, whose methods need an access token of the identity unless they are public.

    Its logs need the role that API Gateway writes logs with, which an account has once in each region: bootstrap/ gives
    it. Behind it, functions send CORS headers themselves.

    Args:
        name: The physical name of the API.
        definition: What it answers, to whom and how often; one origin at most, for what it answers by itself is fixed.
        cache: What keeps the answers of its public GET routes, where something does.
        opts: Options of the component.
    """

    functions: list[Function]
    name: str
    cached: bool
    id: pulumi.Output[str]
    url: pulumi.Output[str]
    stage: pulumi.Output[str]
    stage_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        definition: ApiDefinition,
        *,
        cache: StageCache | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:rest_api:RestApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.name, self.functions, self.cached = name, definition.functions, cache is not None
        api = apigateway.RestApi(
            name,
            name=name,
            endpoint_configuration=apigateway.RestApiEndpointConfigurationArgs(types="REGIONAL"),
            disable_execute_api_endpoint=not definition.default_address,
            opts=child,
        )
        self.id = api.id
        parts = Parts(name, api.id, child)
        self._add(parts, api, definition)
        deployment = apigateway.Deployment(
            name,
            rest_api=api.id,
            triggers={"parts": parts.digest()},
            opts=pulumi.ResourceOptions(parent=self, depends_on=parts.made),
        )
        stage = make_stage(name, api, deployment, definition=definition, cache=cache, parent=self)
        self.url, self.stage, self.stage_arn = stage.invoke_url, stage.stage_name, stage.arn
        self.register_outputs({"url": self.url})

    def _add(self, parts: Parts, api: apigateway.RestApi, definition: ApiDefinition) -> None:
        """Add what the deployment copies: methods, preflights, and what the gateway answers by itself."""
        authorizer = parts.add(
            apigateway.Authorizer,
            name=self.name,
            type="COGNITO_USER_POOLS",
            provider_arns=[definition.identity.pool_arn],
        )
        paths = Paths(parts, api, authorizer, pulumi.ResourceOptions(parent=self))
        for route in definition.routes:
            paths.route(route, STAGE)
        cors: dict[str, str] = {}
        for origin in definition.cors_origins:
            cors = {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": ",".join(CORS_EXPOSED)}
            for path in dict.fromkeys(route.path for route in definition.routes):
                paths.preflight(path, origin)
        add_errors(parts, cors)
