"""What others have done behind the plugin's back, and what an interrupted run has left behind."""

import json
from typing import Any, cast

import grpc
import pytest

from tests.local.answers import ROLE, TABLE, refusal, table
from tests.local.lives import LIVES
from tests.local.plugin import Plugin
from tests.local.world import REGION, TAGS, TRUST, World, policy


def test_a_change_behind_the_engines_back_is_found(world: World, plugin: Plugin):
    inputs = plugin.checked(TABLE, "drifting", table(deletionProtectionEnabled=False))
    id_, state = plugin.create(TABLE, inputs)
    world.call("dynamodb", "update_table", TableName=id_, DeletionProtectionEnabled=True)
    world.call(
        "dynamodb",
        "update_time_to_live",
        TableName=id_,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expiresAt"},
    )

    _, found, now = plugin.read(TABLE, id_, inputs, state)

    assert found == {
        **inputs,
        "deletionProtectionEnabled": True,
        "ttl": {"attributeName": "expiresAt", "enabled": True},
    }
    assert now["deletionProtectionEnabled"] is True
    assert set(plugin.diff(TABLE, id_, found, now, inputs).diffs) == {"deletionProtectionEnabled", "ttl"}
    repaired = plugin.update(TABLE, id_, found, now, inputs)
    assert plugin.read(TABLE, id_, inputs, repaired)[1] == inputs
    plugin.delete(TABLE, id_, inputs, repaired)


def test_a_resource_that_was_deleted_behind_the_engines_back_is_gone(world: World, plugin: Plugin):
    inputs = plugin.checked(ROLE, "gone", {"assumeRolePolicy": TRUST})
    id_, state = plugin.create(ROLE, inputs)
    world.call("iam", "delete_role", RoleName=id_)

    assert plugin.read(ROLE, id_, inputs, state) == ("", {}, {})


def test_what_an_interrupted_run_has_left_behind_is_taken_over_and_finished(world: World, plugin: Plugin):
    inputs = plugin.checked(TABLE, "x", table(name="interrupted", ttl={"attributeName": "expiresAt", "enabled": True}))
    world.call(
        "dynamodb",
        "create_table",
        TableName="interrupted",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        Tags=[{"Key": key, "Value": value} for key, value in TAGS.items()],
    )

    id_, state = plugin.create(TABLE, inputs)

    assert id_ == "interrupted"
    assert state["ttl"] == {"attributeName": "expiresAt", "enabled": True}
    plugin.delete(TABLE, id_, inputs, state)


@pytest.mark.parametrize(
    "token",
    [
        "aws:apigateway/requestValidator:RequestValidator",
        "aws:apigateway/restApi:RestApi",
        "aws:apigatewayv2/api:Api",
        "aws:apigatewayv2/route:Route",
        "aws:cognito/userPool:UserPool",
        "aws:ec2/vpc:Vpc",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
    ],
)
def test_what_aws_would_make_twice_is_not_made_again_after_an_interrupted_run(world: World, token: str):
    inputs = next(life.inputs(world) for life in LIVES if life.token == token)
    with Plugin(region=REGION, defaultTags=json.dumps({"tags": TAGS})) as interrupted:
        checked = interrupted.checked(token, "twice", inputs)
        left, _ = interrupted.create(token, checked)
    with Plugin(region=REGION, defaultTags=json.dumps({"tags": TAGS})) as plugin:
        id_, state = plugin.create(token, checked)
        assert id_ == left
        assert plugin.create(token, checked)[0] != left  # Asked for twice in one run, it is made twice.
        plugin.delete(token, id_, checked, state)


@pytest.mark.parametrize(
    "token",
    [
        "aws:apigateway/resource:Resource",
        "aws:cloudfront/cachePolicy:CachePolicy",
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        "aws:cloudfront/originRequestPolicy:OriginRequestPolicy",
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        "aws:iam/policy:Policy",
        "aws:secretsmanager/secret:Secret",
        "aws:sns/topic:Topic",
        "aws:sqs/queue:Queue",
        "aws:wafv2/webAcl:WebAcl",
    ],
)
def test_what_has_a_name_beside_its_id_is_found_after_an_interrupted_run(world: World, token: str):
    inputs = next(life.inputs(world) for life in LIVES if life.token == token)
    with Plugin(region=REGION, defaultTags=json.dumps({"tags": TAGS})) as interrupted:
        checked = interrupted.checked(token, "named", inputs)
        left, _ = interrupted.create(token, checked)
    with Plugin(region=REGION, defaultTags=json.dumps({"tags": TAGS})) as plugin:
        id_, state = plugin.create(token, checked)
        plugin.delete(token, id_, checked, state)

    assert id_ == left


def test_a_resource_of_another_program_is_left_alone(world: World, plugin: Plugin):
    world.call("iam", "create_role", RoleName="foreign", AssumeRolePolicyDocument=TRUST)
    inputs = plugin.checked(ROLE, "x", {"name": "foreign", "assumeRolePolicy": TRUST})

    with pytest.raises(grpc.RpcError) as error:
        plugin.create(ROLE, inputs)

    assert "'foreign' exists already, and this program has not made it" in refusal(error)
    assert f"pulumi import --generate-code=false {ROLE} NAME foreign" in refusal(error)
    assert world.call("iam", "list_role_tags", RoleName="foreign")["Tags"] == []


def test_a_half_made_resource_is_handed_to_the_engine(world: World, plugin: Plugin):
    inputs = plugin.checked(
        ROLE,
        "x",
        {"name": "half", "assumeRolePolicy": TRUST, "inlinePolicies": [{"name": "p", "policy": "{}"}]},
    )

    with pytest.raises(grpc.RpcError) as error:
        plugin.create(ROLE, inputs)

    metadata = dict(cast("Any", error.value).trailing_metadata())
    assert b"half" in metadata["grpc-status-details-bin"]
    assert world.call("iam", "get_role", RoleName="half")["Role"]["RoleName"] == "half"


def test_a_policy_that_means_the_same_is_no_drift(plugin: Plugin, world: World):
    token = "aws:iam/rolePolicy:RolePolicy"
    inputs = plugin.checked(token, "same", {"role": world.role["name"], "policy": policy("s3:GetObject")})
    id_, state = plugin.create(token, inputs)
    spelled = json.dumps(
        {"Statement": {"Action": "s3:GetObject", "Resource": ["*"], "Effect": "Allow"}, "Version": "2012-10-17"}
    )
    world.call("iam", "put_role_policy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=spelled)

    assert plugin.read(token, id_, inputs, state) == (id_, inputs, state)
