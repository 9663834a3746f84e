"""Lives of REST APIs."""

from tests.local.life import Life

LIVES = [
    Life(
        "aws:apigateway/restApi:RestApi",
        inputs=lambda _: {"endpointConfiguration": {"types": "REGIONAL"}},
        look=lambda world, it: (
            (live := world.call("apigateway", "get_rest_api", restApiId=it["id"]))["endpointConfiguration"]["types"],
            live.get("description", ""),
            live["disableExecuteApiEndpoint"],
            world.call("apigateway", "get_tags", resourceArn=it["arn"])["tags"],
        ),
        made=(["REGIONAL"], "", False, {"service": "blog", "environment": "test"}),
        changed=lambda _: {"description": "The blog", "disableExecuteApiEndpoint": True, "tags": {"public": "yes"}},
        changes=(["REGIONAL"], "The blog", True, {"service": "blog", "environment": "test", "public": "yes"}),
    ),
    Life(
        "aws:apigateway/resource:Resource",
        inputs=lambda world: {
            "restApi": world.rest_api["id"],
            "parentId": world.rest_api["rootResourceId"],
            "pathPart": "users",
        },
        look=lambda world, it: world.call("apigateway", "get_resource", restApiId=it["restApi"], resourceId=it["id"])[
            "path"
        ],
        made="/users",
        changed=lambda _: {"pathPart": "people"},
        changes="/people",
        replaced={"restApi": "another"},
    ),
    Life(
        "aws:apigateway/method:Method",
        inputs=lambda world: {
            "restApi": world.rest_api["id"],
            "resourceId": world.rest_api["rootResourceId"],
            "httpMethod": "GET",
            "authorization": "NONE",
            "requestParameters": {"method.request.querystring.limit": False},
        },
        look=lambda world, it: (
            (
                live := world.call(
                    "apigateway", "get_method", restApiId=it["restApi"], resourceId=it["resourceId"], httpMethod="GET"
                )
            )["authorizationType"],
            live["requestParameters"],
        ),
        made=("NONE", {"method.request.querystring.limit": False}),
        changed=lambda _: {"authorization": "AWS_IAM"},
        changes=("AWS_IAM", {"method.request.querystring.limit": False}),
        replaced={"httpMethod": "POST", "resourceId": "another"},
    ),
    Life(
        "aws:apigateway/integration:Integration",
        inputs=lambda world: {
            "restApi": world.rest_method["restApi"],
            "resourceId": world.rest_method["resourceId"],
            "httpMethod": world.rest_method["httpMethod"],
            "type": "AWS_PROXY",
            "integrationHttpMethod": "POST",
            "uri": world.alias["invokeArn"],
            "cacheKeyParameters": ["method.request.querystring.limit"],
        },
        look=lambda world, it: (
            (
                live := world.call(
                    "apigateway",
                    "get_integration",
                    restApiId=it["restApi"],
                    resourceId=it["resourceId"],
                    httpMethod=it["httpMethod"],
                )
            )["type"],
            live["httpMethod"],
            live["cacheKeyParameters"],
            live["timeoutInMillis"],
        ),
        made=("AWS_PROXY", "POST", ["method.request.querystring.limit"], 29000),
        changed=lambda _: {"timeoutMilliseconds": 5000},
        changes=("AWS_PROXY", "POST", ["method.request.querystring.limit"], 5000),
        replaced={"type": "HTTP_PROXY"},
    ),
    Life(
        "aws:apigateway/methodResponse:MethodResponse",
        inputs=lambda world: {
            **{name: world.rest_method[name] for name in ("restApi", "resourceId", "httpMethod")},
            "statusCode": "204",
            "responseParameters": {"method.response.header.Access-Control-Allow-Origin": True},
        },
        look=lambda world, it: world.call(
            "apigateway",
            "get_method_response",
            restApiId=it["restApi"],
            resourceId=it["resourceId"],
            httpMethod=it["httpMethod"],
            statusCode="204",
        )["responseParameters"],
        made={"method.response.header.Access-Control-Allow-Origin": True},
        replaced={"statusCode": "200", "responseParameters": {"method.response.header.Vary": True}},
    ),
    Life(
        "aws:apigateway/integrationResponse:IntegrationResponse",
        inputs=lambda world: {
            **{name: world.rest_integration[name] for name in ("restApi", "resourceId", "httpMethod")},
            "statusCode": "204",
            "responseParameters": {"method.response.header.Access-Control-Max-Age": "'600'"},
        },
        look=lambda world, it: world.call(
            "apigateway",
            "get_integration_response",
            restApiId=it["restApi"],
            resourceId=it["resourceId"],
            httpMethod=it["httpMethod"],
            statusCode="204",
        )["responseParameters"],
        made={"method.response.header.Access-Control-Max-Age": "'600'"},
        changed=lambda _: {"responseParameters": {"method.response.header.Access-Control-Max-Age": "'60'"}},
        changes={"method.response.header.Access-Control-Max-Age": "'60'"},
        replaced={"statusCode": "200"},
    ),
    Life(
        "aws:apigateway/deployment:Deployment",
        inputs=lambda world: {"restApi": world.rest_api["id"], "triggers": {"routes": "1"}},
        look=lambda world, it: world.call(
            "apigateway", "get_deployment", restApiId=it["restApi"], deploymentId=it["id"]
        ).get("description", ""),
        made="",
        changed=lambda _: {"description": "The first"},
        changes="The first",
        replaced={"triggers": {"routes": "2"}},
    ),
    Life(
        "aws:apigateway/stage:Stage",
        inputs=lambda world: {
            "restApi": world.rest_api["id"],
            "stageName": "live",
            "deployment": world.rest_deployment["id"],
            "xrayTracingEnabled": True,
            "accessLogSettings": {"destinationArn": world.log_group["arn"], "format": '{"id":"$context.requestId"}'},
        },
        look=lambda world, it: (
            (live := world.call("apigateway", "get_stage", restApiId=it["restApi"], stageName="live"))[
                "tracingEnabled"
            ],
            live.get("accessLogSettings", {}).get("format"),
            live["cacheClusterEnabled"],
            live.get("cacheClusterSize"),
            world.call("apigateway", "get_tags", resourceArn=it["arn"])["tags"],
        ),
        made=(True, '{"id":"$context.requestId"}', False, None, {"service": "blog", "environment": "test"}),
        changed=lambda _: {
            "accessLogSettings": None,
            "cacheClusterEnabled": True,
            "cacheClusterSize": "0.5",
            "tags": {"public": "yes"},
        },
        changes=(True, None, True, "0.5", {"service": "blog", "environment": "test", "public": "yes"}),
        replaced={"stageName": "next"},
    ),
    Life(
        "aws:apigateway/methodSettings:MethodSettings",
        inputs=lambda world: {
            "restApi": world.rest_stage["restApi"],
            "stageName": world.rest_stage["stageName"],
            "methodPath": "users/{userId}/GET",
            "settings": {"cachingEnabled": True, "cacheDataEncrypted": True, "cacheTtlInSeconds": 60},
        },
        look=lambda world, it: (
            (
                live := world.call("apigateway", "get_stage", restApiId=it["restApi"], stageName=it["stageName"])[
                    "methodSettings"
                ]["users/{userId}/GET"]
            )["cachingEnabled"],
            live["cacheTtlInSeconds"],
            live["throttlingRateLimit"],
        ),
        made=(True, 60, 10000.0),
        changed=lambda _: {"settings": {"cachingEnabled": False, "throttlingRateLimit": 20.5}},
        changes=(False, 60, 20.5),
        replaced={"methodPath": "*/*"},
    ),
    Life(
        "aws:apigateway/authorizer:Authorizer",
        inputs=lambda world: {
            "restApi": world.rest_api["id"],
            "type": "COGNITO_USER_POOLS",
            "providerArns": [world.pool["arn"]],
        },
        look=lambda world, it: (
            (live := world.call("apigateway", "get_authorizer", restApiId=it["restApi"], authorizerId=it["id"]))[
                "type"
            ],
            int(live["authorizerResultTtlInSeconds"]),
        ),
        made=("COGNITO_USER_POOLS", 300),
        changed=lambda _: {"authorizerResultTtlInSeconds": 60},
        changes=("COGNITO_USER_POOLS", 60),
        replaced={"restApi": "another"},
    ),
    Life(
        "aws:apigateway/model:Model",
        inputs=lambda world: {
            "restApi": world.rest_api["id"],
            "name": "Thing",
            "contentType": "application/json",
            "schema": '{"type":"object"}',
        },
        look=lambda world, it: (
            (live := world.call("apigateway", "get_model", restApiId=it["restApi"], modelName="Thing"))["schema"],
            live.get("description", ""),
        ),
        made=('{"type":"object"}', ""),
        changed=lambda _: {"schema": '{"type":"array"}', "description": "Things"},
        changes=('{"type":"array"}', "Things"),
        replaced={"contentType": "application/xml", "name": "Other"},
    ),
    Life(
        "aws:apigateway/requestValidator:RequestValidator",
        inputs=lambda world: {"restApi": world.rest_api["id"], "validateRequestParameters": True},
        look=lambda world, it: (
            (
                live := world.call(
                    "apigateway", "get_request_validator", restApiId=it["restApi"], requestValidatorId=it["id"]
                )
            )["validateRequestParameters"],
            live["validateRequestBody"],
        ),
        made=(True, False),
        changed=lambda _: {"validateRequestBody": True},
        changes=(True, True),
        replaced={"restApi": "another"},
    ),
    Life(
        "aws:apigateway/response:Response",
        inputs=lambda world: {
            "restApiId": world.rest_api["id"],
            "responseType": "MISSING_AUTHENTICATION_TOKEN",
            "statusCode": "404",
        },
        look=lambda world, it: (
            world.call("apigateway", "get_gateway_response", restApiId=it["restApiId"], responseType=it["responseType"])
        )["statusCode"],
        made="404",
        changed=lambda _: {"statusCode": "410"},
        changes="410",
        replaced={"responseType": "DEFAULT_4XX"},
    ),
    Life(
        "aws:apigateway/account:Account",
        inputs=lambda world: {"cloudwatchRoleArn": world.role["arn"]},
        look=lambda world, _: world.call("apigateway", "get_account")["cloudwatchRoleArn"].split("/")[-1][:5],
        made="world",
        changed=lambda _: {"cloudwatchRoleArn": "arn:aws:iam::111122223333:role/other"},
        changes="other",
        stays=True,
    ),
]
