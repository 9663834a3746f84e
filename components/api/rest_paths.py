"""The paths of a REST API: resources, their methods, the functions behind them, and what browsers ask first."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import apigateway

from components.api.api import CORS_HEADERS, CORS_METHODS, CORS_SECONDS, Route, invoked_by_api
from components.api.rest_parts import Parts

SIGNED_IN = "aws.cognito.signin.user.admin"
"""The scope of every access token that signing in gives. Without a scope, the authorizer would take ID tokens instead,
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-integrate-with-cognito.html."""


def cache_keys(route: Route) -> list[str]:
    """What tells one answer of a route from another, as the cache has to know."""
    return [
        *(f"method.request.path.{name}" for name in re.findall(r"{(\w+)}", route.path)),
        *(f"method.request.querystring.{name}" for name in route.query),
    ]


class Paths:
    """Makes methods on the resources of an API, and each resource on the way once.

    Args:
        parts: The parts of the API.
        api: The API.
        authorizer: Who judges the tokens.
        opts: Options of what is no part of the API.
    """

    def __init__(
        self, parts: Parts, api: apigateway.RestApi, authorizer: apigateway.Authorizer, opts: pulumi.ResourceOptions
    ) -> None:
        self._parts, self._api, self._authorizer, self._opts = parts, api, authorizer, opts
        self._ids: dict[str, pulumi.Output[str]] = {"": api.root_resource_id}
        self._models: dict[str, pulumi.Output[str]] = {}
        self._validator = parts.add(
            apigateway.RequestValidator, name="bodies", validate_request_body=True, validate_request_parameters=True
        )

    def route(self, route: Route, stage: str) -> None:
        """Have a function answer a route of a stage."""
        name = route.key
        # The gateway names the request by its path as it was called.
        path = re.sub(r"{\w+}", "*", route.path)
        permission = invoked_by_api(
            f"{self._parts.name} {name}",
            route,
            pulumi.Output.concat(self._api.execution_arn, f"/{stage}/{route.method}{path}"),
            statement_prefix="rest-",
            opts=self._opts,
        )
        keys = cache_keys(route)
        method = self._parts.add(
            apigateway.Method,
            name,
            resource_id=self._at(route.path),
            http_method=route.method,
            operation_name=_camel(route.function.module),
            authorization="NONE" if route.public else "COGNITO_USER_POOLS",
            authorizer_id=None if route.public else self._authorizer.id,
            authorization_scopes=None if route.public else [SIGNED_IN],
            request_parameters={key: ".path." in key for key in keys},
            request_models={"application/json": self._model(*route.body)} if route.body else None,
            request_validator_id=self._validator.id if route.body else None,
        )
        self._parts.add(
            apigateway.Integration,
            name,
            resource_id=method.resource_id,
            http_method=method.http_method,
            type="AWS_PROXY",
            integration_http_method="POST",
            uri=route.function.alias.invoke_arn,
            cache_key_parameters=keys if route.public else None,
            after=permission,
        )

    def preflight(self, path: str, origin: str) -> None:
        """Tell browsers what pages of an origin may send to a path, without a function."""
        allowed = {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": ",".join(CORS_METHODS),
            "Access-Control-Allow-Headers": ",".join(CORS_HEADERS),
            "Access-Control-Max-Age": str(CORS_SECONDS),
        }
        key = f"OPTIONS {path}"
        method = self._parts.add(
            apigateway.Method, key, resource_id=self._at(path), http_method="OPTIONS", authorization="NONE"
        )
        integration = self._parts.add(
            apigateway.Integration,
            key,
            resource_id=method.resource_id,
            http_method=method.http_method,
            type="MOCK",
            request_templates={"application/json": '{"statusCode": 204}'},
        )
        answer = self._parts.add(
            apigateway.MethodResponse,
            key,
            resource_id=method.resource_id,
            http_method=method.http_method,
            status_code="204",
            response_parameters={f"method.response.header.{name}": True for name in allowed},
            after=integration,
        )
        self._parts.add(
            apigateway.IntegrationResponse,
            key,
            resource_id=method.resource_id,
            http_method=method.http_method,
            status_code=answer.status_code,
            response_parameters={f"method.response.header.{name}": f"'{value}'" for name, value in allowed.items()},
        )

    def _model(self, name: str, schema: Mapping[str, Any]) -> pulumi.Output[str]:
        """Make the model of a body once: of its schema only the type.

        The gateway's refusal cannot name the fields that are wrong, and the function's does.
        """
        if name not in self._models:
            checked = {"$schema": "http://json-schema.org/draft-04/schema#", "title": name, "type": schema["type"]}
            model = self._parts.add(
                apigateway.Model, name, name=name, content_type="application/json", schema=json.dumps(checked)
            )
            self._models[name] = model.name
        return self._models[name]

    def _at(self, path: str) -> pulumi.Output[str]:
        if path not in self._ids:
            parent, _, part = path.rpartition("/")
            made = self._parts.add(apigateway.Resource, path, parent_id=self._at(parent), path_part=part)
            self._ids[path] = made.id
        return self._ids[path]


def _camel(module: str) -> str:
    """The name of an operation, by the function that carries it out: `get_user` as `getUser`."""
    first, *rest = module.split("_")
    return first + "".join(part.capitalize() for part in rest)
