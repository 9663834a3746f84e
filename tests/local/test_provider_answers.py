"""What the plugin answers to mistakes, to what others have done behind its back, and after an interrupted run."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, cast

import grpc
import pytest

from local.cloud import Cloud
from local.provider import archives
from local.provider.check import DEFAULTS
from local.provider.wire import ARCHIVE, ASSET, SIGNATURE, UNKNOWN, Props, Secrets
from tests.local.lives import LIVES
from tests.local.plugin import Plugin, struct
from tests.local.world import REGION, TAGS, TRUST, World, archive, policy

TABLE = "aws:dynamodb/table:Table"
ROLE = "aws:iam/role:Role"
SECRET = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "tr0ub4dor"}
PLUGIN = Path(__file__).resolve().parents[2] / "local/provider/pulumi-resource-aws"


@pytest.fixture
def plugin(world: World) -> Plugin:
    return world.plugin


def table(**more: Any) -> Props:
    key = {"billingMode": "PAY_PER_REQUEST", "hashKey": "PK", "attributes": [{"name": "PK", "type": "S"}]}
    return {**key, **more}


def failures(plugin: Plugin, token: str, inputs: Props) -> dict[str, str]:
    return {failure.property: failure.reason for failure in plugin.check(token, "x", inputs).failures}


def refusal(error: pytest.ExceptionInfo[grpc.RpcError]) -> str:
    return str(cast("Any", error.value).details())


def test_a_mistyped_property_is_named_with_the_one_that_was_meant(plugin: Plugin):
    assert failures(plugin, TABLE, table(billingmode="PAY_PER_REQUEST")) == {
        "billingmode": f"{TABLE} has no property 'billingmode'; did you mean 'billingMode'?"
    }


def test_a_mistyped_property_is_found_within_a_list(plugin: Plugin):
    assert failures(plugin, TABLE, table(attributes=[{"name": "PK", "typ": "S"}])) == {
        "attributes[0].typ": f"{TABLE} has no property 'attributes[0].typ'; did you mean 'type'?",
        "attributes[0].type": f"{TABLE} needs 'type' in 'attributes[0]', which is missing; set it",
    }


def test_a_missing_property_is_named(plugin: Plugin):
    assert failures(plugin, ROLE, {"description": "of tests"}) == {
        "assumeRolePolicy": f"{ROLE} needs 'assumeRolePolicy', which is missing; set it"
    }


def test_a_value_of_a_wrong_type_is_named_but_not_repeated(plugin: Plugin):
    number = "a whole number"

    assert failures(plugin, TABLE, table(readCapacity="tr0ub4dor", ttl=True)) == {
        "readCapacity": f"{TABLE} takes {number} for 'readCapacity', but was given a string; give it {number}",
        "ttl": f"{TABLE} takes an object for 'ttl', but was given true or false; give it an object",
    }


def test_the_property_of_a_secret_value_stands_in_the_reason_only(plugin: Plugin):
    assert failures(plugin, TABLE, table(readCapacity=SECRET)) == {
        "": f"{TABLE} takes a whole number for 'readCapacity', but was given a string; give it a whole number"
    }


def test_a_value_that_is_not_known_yet_is_no_mistake(plugin: Plugin):
    assert failures(plugin, TABLE, table(readCapacity=UNKNOWN, ttl=UNKNOWN)) == {}


def test_a_type_that_is_not_declared_is_named(plugin: Plugin):
    with pytest.raises(grpc.RpcError) as error:
        plugin.check("aws:neptune/cluster:Cluster", "x", {})

    assert "does not know the type aws:neptune/cluster:Cluster" in refusal(error)
    assert "local/provider/services/neptune.py" in refusal(error)


def test_a_function_that_is_not_declared_is_named(plugin: Plugin):
    with pytest.raises(grpc.RpcError) as error:
        plugin.invoke("aws:ec2/getAmi:getAmi")

    assert "does not know the function aws:ec2/getAmi:getAmi" in refusal(error)


def test_a_generated_name_stays_and_a_chosen_one_is_replaced_by_another(plugin: Plugin):
    first = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST})
    again = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST, "description": "more"}, first)
    chosen = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST, "name": "writer"}, first)
    back = plugin.checked(ROLE, "reader", {"assumeRolePolicy": TRUST}, chosen)

    assert first["name"].startswith("reader-")
    assert len(first["name"]) == len("reader-") + 7
    assert again["name"] == first["name"]
    assert chosen["name"] == "writer"
    assert back["name"] not in ("writer", "")


def test_a_replacement_of_the_same_name_deletes_first(plugin: Plugin):
    named = plugin.checked(TABLE, "x", table(name="posts"))
    generated = plugin.checked(TABLE, "x", table())

    assert plugin.diff(TABLE, "posts", named, named, {**named, "hashKey": "ID"}).deleteBeforeReplace
    assert not plugin.diff(TABLE, "x", generated, generated, {**generated, "hashKey": "ID"}).deleteBeforeReplace


def test_a_preview_knows_the_tags_and_not_the_arn(plugin: Plugin):
    inputs = plugin.checked(TABLE, "x", table(tags={"data": "posts"}))

    id_, planned = plugin.create(TABLE, inputs, preview=True)

    assert id_ == ""
    assert planned["tagsAll"] == {**TAGS, "data": "posts"}
    assert "arn" not in planned
    assert DEFAULTS not in planned


def test_a_secret_stays_marked_and_out_of_errors():
    secrets = Secrets()
    inputs = secrets.decode(struct({"assumeRolePolicy": SECRET, "name": "x"}))

    assert inputs["assumeRolePolicy"] == "tr0ub4dor"
    assert secrets.redact("not a document: tr0ub4dor") == "not a document: [secret]"
    assert secrets.encode({"assumeRolePolicy": "changed"}) == struct(
        {"assumeRolePolicy": {**SECRET, "value": "changed"}}
    )


def test_an_answer_of_aws_that_repeats_a_secret_is_shown_without_it(plugin: Plugin):
    inputs: Props = {"name": "tr0ub4dor/", "assumeRolePolicy": TRUST}
    with pytest.raises(grpc.RpcError) as plain:
        plugin.create(ROLE, {**inputs, "permissionsBoundary": 5, "name": ["tr0ub4dor"]})

    assert "tr0ub4dor" not in refusal(plain)


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
    "token", ["aws:apigatewayv2/api:Api", "aws:apigatewayv2/route:Route", "aws:cognito/userPool:UserPool"]
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


def test_a_resource_of_another_program_is_left_alone(world: World, plugin: Plugin):
    world.call("iam", "create_role", RoleName="foreign", AssumeRolePolicyDocument=TRUST)
    inputs = plugin.checked(ROLE, "x", {"name": "foreign", "assumeRolePolicy": TRUST})

    with pytest.raises(grpc.RpcError) as error:
        plugin.create(ROLE, inputs)

    assert "'foreign' exists already, and this program has not made it" in refusal(error)
    assert f"pulumi import {ROLE} NAME foreign" in refusal(error)
    assert world.call("iam", "list_role_tags", RoleName="foreign")["Tags"] == []


def test_a_half_made_resource_is_handed_to_the_engine(world: World, plugin: Plugin):
    inputs = plugin.checked(
        ROLE,
        "x",
        {"name": "half", "assumeRolePolicy": TRUST, "inlinePolicies": [{"name": "p", "policy": "no document"}]},
    )

    with pytest.raises(grpc.RpcError) as error:
        plugin.create(ROLE, inputs)

    metadata = dict(cast("Any", error.value).trailing_metadata())
    assert b"half" in metadata["grpc-status-details-bin"]
    assert world.call("iam", "get_role", RoleName="half")["Role"]["RoleName"] == "half"


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


@pytest.mark.usefixtures("emulator")
def test_another_account_than_the_allowed_is_refused():
    plugin = Plugin(region=REGION, allowedAccountIds=json.dumps(["999999999999"]))

    with pytest.raises(grpc.RpcError) as error, plugin:
        pass

    assert "111122223333, which allowedAccountIds (999999999999) rules out" in refusal(error)


def test_an_archive_has_the_same_bytes_from_any_folder(tmp_path: Path):
    for name, time_ in (("one", 1_000_000_000), ("two", 1_500_000_000)):
        (tmp_path / name / "inner").mkdir(parents=True)
        for file in ("b.py", "inner/a.py"):
            (tmp_path / name / file).write_text(f"# {file}\n", encoding="utf-8")
            os.utime(tmp_path / name / file, (time_, time_))
        (tmp_path / name / "b.py").chmod(0o600 if name == "one" else 0o755)
    folders = [{SIGNATURE: ARCHIVE, "path": str(tmp_path / name)} for name in ("one", "two")]
    texts = {"b.py": {SIGNATURE: ASSET, "text": "# b.py\n"}, "inner/a.py": {SIGNATURE: ASSET, "text": "# inner/a.py\n"}}

    one, two = map(archives.content, folders)

    assert one == two == archives.content({SIGNATURE: ARCHIVE, "assets": texts})


def started(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    return subprocess.Popen(
        [PLUGIN],
        env={"PATH": path, **environment},
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_the_plugin_starts_in_any_folder_and_stops_at_a_signal(emulator: Cloud, tmp_path: Path):
    (tmp_path / "local").mkdir()  # A folder of the program's must not be taken for the plugin's own.
    with started(emulator.environment(), tmp_path) as process:
        assert process.stdout is not None
        assert int(process.stdout.readline()) > 0
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(5) == 0
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("endpoint", ["", "https://dynamodb.eu-central-1.amazonaws.com", "http://10.0.0.1:4566"])
def test_the_plugin_does_not_start_without_the_address_of_a_local_aws(endpoint: str, tmp_path: Path):
    with started({"AWS_ENDPOINT_URL": endpoint}, tmp_path) as process:
        output, errors = process.communicate(timeout=10)

    assert process.returncode == 1
    assert output == ""
    assert "AWS_ENDPOINT_URL is" in errors
    assert "local AWS only" in errors


def test_a_policy_that_means_the_same_is_no_drift(plugin: Plugin, world: World):
    token = "aws:iam/rolePolicy:RolePolicy"
    inputs = plugin.checked(token, "same", {"role": world.role["name"], "policy": policy("s3:GetObject")})
    id_, state = plugin.create(token, inputs)
    spelled = json.dumps(
        {"Statement": {"Action": "s3:GetObject", "Resource": ["*"], "Effect": "Allow"}, "Version": "2012-10-17"}
    )
    world.call("iam", "put_role_policy", RoleName=inputs["role"], PolicyName=inputs["name"], PolicyDocument=spelled)

    assert plugin.read(token, id_, inputs, state) == (id_, inputs, state)
