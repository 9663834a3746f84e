"""Lives of the API and its users."""

from tests.local.life import Life

LIVES = [
    Life(
        "aws:apigatewayv2/api:Api",
        inputs=lambda _: {
            "protocolType": "HTTP",
            "corsConfiguration": {"allowOrigins": ["https://blog.example.com"], "maxAge": 600},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_api", ApiId=it["id"]))["ProtocolType"],
            live.get("CorsConfiguration", {}).get("AllowOrigins"),
            live.get("Description", ""),
            world.call("apigatewayv2", "get_tags", ResourceArn=it["arn"])["Tags"],
        ),
        made=("HTTP", ["https://blog.example.com"], "", {"service": "blog", "environment": "test"}),
        changed=lambda _: {"corsConfiguration": None, "description": "The blog", "tags": {"public": "yes"}},
        changes=("HTTP", None, "The blog", {"service": "blog", "environment": "test", "public": "yes"}),
        replaced={"protocolType": "WEBSOCKET"},
    ),
    Life(
        "aws:apigatewayv2/stage:Stage",
        inputs=lambda world: {
            "name": "$default",
            "apiId": world.api["id"],
            "autoDeploy": True,
            "accessLogSettings": {"destinationArn": world.log_group["arn"], "format": '{"id":"$context.requestId"}'},
            "defaultRouteSettings": {"throttlingRateLimit": 50, "throttlingBurstLimit": 100},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_stage", ApiId=it["apiId"], StageName=it["name"]))["AutoDeploy"],
            live["AccessLogSettings"]["Format"],
            live["DefaultRouteSettings"]["ThrottlingRateLimit"],
        ),
        made=(True, '{"id":"$context.requestId"}', 50),
        changed=lambda _: {"defaultRouteSettings": {"throttlingRateLimit": 20.5, "throttlingBurstLimit": 100}},
        changes=(True, '{"id":"$context.requestId"}', 20.5),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/integration:Integration",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "integrationType": "AWS_PROXY",
            "integrationUri": world.alias["invokeArn"],
            "integrationMethod": "POST",
            "payloadFormatVersion": "2.0",
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_integration", ApiId=it["apiId"], IntegrationId=it["id"]))[
                "IntegrationType"
            ],
            live["PayloadFormatVersion"],
            live["TimeoutInMillis"],
        ),
        made=("AWS_PROXY", "2.0", 30000),
        changed=lambda _: {"timeoutMilliseconds": 5000},
        changes=("AWS_PROXY", "2.0", 5000),
        replaced={"integrationType": "HTTP_PROXY"},
    ),
    Life(
        "aws:apigatewayv2/authorizer:Authorizer",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"issuer": f"https://{world.pool['endpoint']}", "audiences": ["client"]},
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_authorizer", ApiId=it["apiId"], AuthorizerId=it["id"]))[
                "AuthorizerType"
            ],
            live["JwtConfiguration"]["Audience"],
        ),
        made=("JWT", ["client"]),
        changed=lambda world: {
            "jwtConfiguration": {"issuer": f"https://{world.pool['endpoint']}", "audiences": ["other"]}
        },
        changes=("JWT", ["other"]),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/route:Route",
        inputs=lambda world: {
            "apiId": world.api["id"],
            "routeKey": "GET /users/{userId}",
            "target": f"integrations/{world.integration['id']}",
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_route", ApiId=it["apiId"], RouteId=it["id"]))["RouteKey"],
            live["AuthorizationType"],
        ),
        made=("GET /users/{userId}", "NONE"),
        changed=lambda _: {"authorizationType": "AWS_IAM"},
        changes=("GET /users/{userId}", "AWS_IAM"),
        replaced={"apiId": "another"},
    ),
    Life(
        "aws:apigatewayv2/domainName:DomainName",
        inputs=lambda _: {
            "domainName": "api.example.com",
            "domainNameConfiguration": {
                "certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/one",
                "endpointType": "REGIONAL",
                "securityPolicy": "TLS_1_2",
            },
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_domain_name", DomainName=it["id"]))["DomainNameConfigurations"][0][
                "CertificateArn"
            ].rpartition("/")[2],
            live["DomainNameConfigurations"][0]["SecurityPolicy"],
            live["DomainNameConfigurations"][0]["ApiGatewayDomainName"]
            == it["domainNameConfiguration"]["targetDomainName"],
            world.call("apigatewayv2", "get_tags", ResourceArn=it["arn"])["Tags"],
        ),
        made=("one", "TLS_1_2", True, {"service": "blog", "environment": "test"}),
        changed=lambda _: {
            "domainNameConfiguration": {
                "certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/two",
                "endpointType": "REGIONAL",
                "securityPolicy": "TLS_1_2",
            },
            "tags": {"public": "yes"},
        },
        changes=("two", "TLS_1_2", True, {"service": "blog", "environment": "test", "public": "yes"}),
        replaced={"domainName": "other.example.com"},
    ),
    Life(
        "aws:apigatewayv2/apiMapping:ApiMapping",
        inputs=lambda world: {
            "apiId": world.stage["apiId"],
            "domainName": world.domain["id"],
            "stage": world.stage["name"],
        },
        look=lambda world, it: (
            (live := world.call("apigatewayv2", "get_api_mapping", DomainName=it["domainName"], ApiMappingId=it["id"]))[
                "Stage"
            ],
            live.get("ApiMappingKey", ""),
        ),
        made=("named", ""),
        changed=lambda _: {"apiMappingKey": "v1"},
        changes=("named", "v1"),
        replaced={"domainName": "other.example.com"},
    ),
    Life(
        "aws:cognito/userPool:UserPool",
        inputs=lambda _: {
            "passwordPolicy": {
                "minimumLength": 12,
                "requireLowercase": True,
                "requireUppercase": True,
                "requireNumbers": True,
                "requireSymbols": True,
                "temporaryPasswordValidityDays": 1,
            },
            "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
            "autoVerifiedAttributes": ["email"],
            "deletionProtection": "ACTIVE",
        },
        look=lambda world, it: (
            (live := world.call("cognito-idp", "describe_user_pool", UserPoolId=it["id"])["UserPool"])["Policies"][
                "PasswordPolicy"
            ]["MinimumLength"],
            live["AutoVerifiedAttributes"],
            live["DeletionProtection"],
            live["MfaConfiguration"],
        ),
        made=(12, ["email"], "ACTIVE", "OFF"),
        changed=lambda _: {
            "deletionProtection": "INACTIVE",
            "mfaConfiguration": "OPTIONAL",
            "softwareTokenMfaConfiguration": {"enabled": True},
        },
        changes=(12, ["email"], "INACTIVE", "OPTIONAL"),
        replaced={"usernameAttributes": ["email"], "name": "another"},
    ),
    Life(
        "aws:cognito/userPoolClient:UserPoolClient",
        inputs=lambda world: {
            "userPoolId": world.pool["id"],
            "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "preventUserExistenceErrors": "ENABLED",
            "accessTokenValidity": 1,
        },
        look=lambda world, it: (
            (
                live := world.call(
                    "cognito-idp", "describe_user_pool_client", UserPoolId=it["userPoolId"], ClientId=it["id"]
                )["UserPoolClient"]
            )["ExplicitAuthFlows"],
            live["AccessTokenValidity"],
        ),
        made=(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], 1),
        changed=lambda _: {"accessTokenValidity": 2},
        changes=(["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], 2),
        replaced={"generateSecret": True},
    ),
]
