"""What the deployed resources and the functions of the plugin answer."""

import json
import urllib.request

from tests.local.plugin import Plugin
from tests.local.world import REGION, World, archive


def test_a_deployed_api_answers_at_the_address_of_its_stage(world: World, plugin: Plugin):
    source = "def handler(event, context): return {'statusCode': 200, 'body': event['rawPath']}"
    function = plugin.checked(
        "aws:lambda/function:Function",
        "x",
        {
            "name": "answers",
            "role": world.role["arn"],
            "runtime": "python3.13",
            "handler": "handler.handler",
            "code": archive(source),
        },
    )
    _, made = plugin.create("aws:lambda/function:Function", function)
    api = plugin.create(
        "aws:apigatewayv2/api:Api", plugin.checked("aws:apigatewayv2/api:Api", "x", {"protocolType": "HTTP"})
    )
    plugin.create(
        "aws:lambda/permission:Permission",
        plugin.checked(
            "aws:lambda/permission:Permission",
            "x",
            {
                "function": "answers",
                "action": "lambda:InvokeFunction",
                "principal": "apigateway.amazonaws.com",
                "sourceArn": f"{api[1]['executionArn']}/*",
            },
        ),
    )
    integration = "aws:apigatewayv2/integration:Integration"
    target, _ = plugin.create(
        integration,
        plugin.checked(
            integration,
            "x",
            {
                "apiId": api[0],
                "integrationType": "AWS_PROXY",
                "integrationUri": made["invokeArn"],
                "payloadFormatVersion": "2.0",
            },
        ),
    )
    route = {"apiId": api[0], "routeKey": "GET /users/{userId}", "target": f"integrations/{target}"}
    plugin.create("aws:apigatewayv2/route:Route", plugin.checked("aws:apigatewayv2/route:Route", "x", route))
    stage = {"apiId": api[0], "name": "$default", "autoDeploy": True}
    _, served = plugin.create(
        "aws:apigatewayv2/stage:Stage", plugin.checked("aws:apigatewayv2/stage:Stage", "x", stage)
    )

    with urllib.request.urlopen(f"{served['invokeUrl']}users/1") as answer:  # noqa: S310 (the local AWS)
        assert answer.read() == b"/users/1"


def test_the_functions_tell_account_region_and_partition(world: World, plugin: Plugin):
    assert plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")["accountId"] == world.account()
    assert plugin.invoke("aws:index/getRegion:getRegion")["region"] == REGION
    assert plugin.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"
    zones = plugin.invoke("aws:index/getAvailabilityZones:getAvailabilityZones", state="available")["names"]
    assert all(zone.startswith(REGION) for zone in zones)
    assert len(zones) >= 2


def test_a_policy_document_is_written_as_aws_writes_it(plugin: Plugin):
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject"],
        "resources": ["arn:aws:s3:::bucket/*"],
        "principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}],
        "conditions": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}],
    }

    document = plugin.invoke("aws:iam/getPolicyDocument:getPolicyDocument", statements=[statement])

    assert json.loads(document["json"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::bucket/*",
                "Condition": {"Bool": {"aws:SecureTransport": "true"}},
            }
        ],
    }
