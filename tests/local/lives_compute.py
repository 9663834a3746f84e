"""Lives of functions and their roles."""

import json

from tests.local.life import Life
from tests.local.world import TRUST, archive, policy

ECHO = "def handler(event, context): return event"
OTHER = "def handler(event, context): return None"
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

LIVES = [
    Life(
        "aws:iam/role:Role",
        inputs=lambda _: {"assumeRolePolicy": TRUST, "tags": {"for": "tests"}},
        look=lambda world, it: (
            (role := world.call("iam", "get_role", RoleName=it["name"])["Role"]).get("Description", ""),
            role["MaxSessionDuration"],
            role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"],
            {tag["Key"]: tag["Value"] for tag in role["Tags"]},
        ),
        made=(
            "",
            3600,
            {"Service": "lambda.amazonaws.com"},
            {"service": "blog", "environment": "test", "for": "tests"},
        ),
        changed=lambda _: {
            "description": "of tests",
            "maxSessionDuration": 7200,
            "assumeRolePolicy": TRUST.replace("lambda", "scheduler"),
            "tags": {"of": "tests"},
        },
        changes=(
            "of tests",
            7200,
            {"Service": "scheduler.amazonaws.com"},
            {"service": "blog", "environment": "test", "of": "tests"},
        ),
        replaced={"path": "/other/", "name": "another"},
    ),
    Life(
        "aws:iam/rolePolicy:RolePolicy",
        inputs=lambda world: {"role": world.role["name"], "policy": policy("s3:GetObject")},
        look=lambda world, it: world.call("iam", "get_role_policy", RoleName=it["role"], PolicyName=it["name"])[
            "PolicyDocument"
        ]["Statement"][0]["Action"],
        made=["s3:GetObject"],
        changed=lambda _: {"policy": policy("s3:PutObject")},
        changes=["s3:PutObject"],
        replaced={"role": "another"},
    ),
    Life(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs=lambda world: {"role": world.role["name"], "policyArn": MANAGED},
        look=lambda world, it: [
            attached["PolicyArn"]
            for attached in world.call("iam", "list_attached_role_policies", RoleName=it["role"])["AttachedPolicies"]
        ],
        made=[MANAGED],
        replaced={"policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    Life(
        "aws:lambda/function:Function",
        inputs=lambda world: {
            "role": world.role["arn"],
            "runtime": "python3.13",
            "architectures": ["arm64"],
            "handler": "handler.handler",
            "code": archive(ECHO),
            "environment": {"variables": {"TABLE_NAME": "posts"}},
            "tracingConfig": {"mode": "Active"},
            "loggingConfig": {"logFormat": "JSON", "logGroup": world.log_group["name"]},
            "publish": True,
        },
        look=lambda world, it: (
            it["version"],
            (
                live := world.call(
                    "lambda", "get_function_configuration", FunctionName=it["name"], Qualifier=it["version"]
                )
            )["MemorySize"],
            live["Timeout"],
            live.get("Environment", {}).get("Variables", {}),
            live["TracingConfig"]["Mode"],
            world.call("lambda", "get_function_concurrency", FunctionName=it["name"]).get(
                "ReservedConcurrentExecutions"
            ),
            json.loads(world.call("lambda", "invoke", FunctionName=it["name"], Payload=b"1")["Payload"].read()),
        ),
        made=("1", 128, 3, {"TABLE_NAME": "posts"}, "Active", None, 1),
        changed=lambda _: {
            "memorySize": 256,
            "environment": None,
            "code": archive(OTHER),
            "reservedConcurrentExecutions": 5,
        },
        changes=("2", 256, 3, dict[str, str](), "Active", 5, None),
        replaced={"packageType": "Image", "name": "another"},
    ),
    Life(
        "aws:lambda/layerVersion:LayerVersion",
        inputs=lambda _: {"layerName": "powertools", "code": archive(ECHO), "compatibleRuntimes": ["python3.13"]},
        look=lambda world, it: (
            (live := world.call("lambda", "get_layer_version_by_arn", Arn=it["id"]))["Version"],
            live["CompatibleRuntimes"],
        ),
        made=(1, ["python3.13"]),
        replaced={"code": archive(OTHER), "layerName": "another"},
    ),
    Life(
        "aws:lambda/alias:Alias",
        inputs=lambda world: {"name": "live", "functionName": world.function["name"], "functionVersion": "1"},
        look=lambda world, it: (
            (live := world.call("lambda", "get_alias", FunctionName=it["functionName"], Name="live"))[
                "FunctionVersion"
            ],
            live.get("Description", ""),
        ),
        made=("1", ""),
        changed=lambda _: {"description": "what callers call"},
        changes=("1", "what callers call"),
        replaced={"functionName": "another"},
    ),
    Life(
        "aws:lambda/permission:Permission",
        inputs=lambda world: {
            "function": world.function["name"],
            "qualifier": world.alias["name"],
            "statementId": "GET-users",
            "action": "lambda:InvokeFunction",
            "principal": "apigateway.amazonaws.com",
            "sourceArn": f"{world.api['executionArn']}/*/GET/users",
        },
        look=lambda world, it: [
            (statement["Sid"], statement["Principal"], statement["Action"])
            for statement in json.loads(
                world.call("lambda", "get_policy", FunctionName=it["function"], Qualifier=it["qualifier"])["Policy"]
            )["Statement"]
        ],
        made=[("GET-users", {"Service": "apigateway.amazonaws.com"}, "lambda:InvokeFunction")],
        replaced={"principal": "s3.amazonaws.com", "sourceArn": "arn:aws:s3:::bucket"},
    ),
    Life(
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
        inputs=lambda world: {"functionName": world.function["name"], "maximumRetryAttempts": 0},
        look=lambda world, it: world.call(
            "lambda", "get_function_event_invoke_config", FunctionName=it["functionName"]
        )["MaximumRetryAttempts"],
        made=0,
        changed=lambda _: {"maximumRetryAttempts": 1, "maximumEventAgeInSeconds": 600},
        changes=1,
        replaced={"functionName": "another"},
    ),
    Life(
        "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
        inputs=lambda world: {
            "functionName": world.function["name"],
            "qualifier": world.alias["name"],
            "provisionedConcurrentExecutions": 1,
        },
        look=lambda world, it: world.call(
            "lambda", "get_provisioned_concurrency_config", FunctionName=it["functionName"], Qualifier=it["qualifier"]
        )["RequestedProvisionedConcurrentExecutions"],
        made=1,
        changed=lambda _: {"provisionedConcurrentExecutions": 2},
        changes=2,
        replaced={"qualifier": "another"},
    ),
    Life(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        inputs=lambda world: {
            "eventSourceArn": world.queue["arn"],
            "functionName": world.function["name"],
            "batchSize": 10,
            "functionResponseTypes": ["ReportBatchItemFailures"],
            "enabled": False,
        },
        look=lambda world, it: (
            (live := world.call("lambda", "get_event_source_mapping", UUID=it["id"]))["BatchSize"],
            live["FunctionResponseTypes"],
            live.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "").rpartition(":")[2],
        ),
        made=(10, ["ReportBatchItemFailures"], ""),
        changed=lambda world: {
            "batchSize": 5,
            "destinationConfig": {"onFailure": {"destinationArn": world.open_queue["arn"]}},
        },
        changes=(5, ["ReportBatchItemFailures"], "open"),
        replaced={"eventSourceArn": "arn:aws:sqs:eu-central-1:111122223333:other"},
    ),
]
