"""The cache as declared: where it stands, who it asks, and who changes the password."""

import json
from typing import Any

import pytest

from components.caching.cache import Cache
from components.caching.cache_server import CacheEngine
from components.caching.replication_group import ReplicationGroup
from components.caching.serverless_cache import ServerlessCache
from components.compute.function import Function
from components.network import Network
from components.secrets.rotation import Rotation
from tests.components.recording import Registration, record
from tests.components.test_contract import ARNS, COMPONENTS, DEFAULTS, DEPLOYMENT

NAME = "blog-test-cache"
ENGINES: list[CacheEngine] = [ReplicationGroup(node_type="cache.t4g.small", replicas=2), ServerlessCache()]
GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"


def program(engine: CacheEngine) -> None:
    network = Network("blog-test", deployment=DEPLOYMENT, zones=2, available_zones=["a", "b"], nat_gateways=0)
    cache = Cache(deployment=DEPLOYMENT, defaults=DEFAULTS, network=network, engine=engine)
    Function("get_user", defaults=cache.used_by(DEFAULTS), grants=[])
    Function("list_posts", defaults=DEFAULTS, grants=[])


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: type(engine).__name__)
def registered(request: pytest.FixtureRequest) -> list[Registration]:
    return record(lambda: program(request.param))


@pytest.fixture(scope="module")
def nodes() -> list[Registration]:
    return record(lambda: program(ENGINES[0]))


def inputs(registered: list[Registration], type_: str, name: str) -> dict[str, Any]:
    [found] = [entry.inputs for entry in registered if (entry.type, entry.name) == (type_, name)]
    return found


def grants(registered: list[Registration], function: str) -> list[dict[str, Any]]:
    return json.loads(inputs(registered, "aws:iam/rolePolicy:RolePolicy", function)["policy"])["Statement"]


def test_one_user_has_the_four_commands_that_are_needed_on_keys_of_the_stack_and_the_default_one_is_off(
    registered: list[Registration],
) -> None:
    users = {entry.inputs["userName"]: entry for entry in registered if entry.type == "aws:elasticache/user:User"}
    assert {name: entry.inputs["accessString"] for name, entry in users.items()} == {
        NAME: "on ~blog-test:* resetchannels -@all +get +set +del +eval",
        "default": "off ~blog-test:* resetchannels -@all",
    }
    assert {entry.inputs["engine"] for entry in users.values()} == {"valkey"}


def test_only_functions_that_use_it_are_inside_and_are_told_of_it_and_may_read_the_password(
    registered: list[Registration],
) -> None:
    inside, outside = (
        inputs(registered, "aws:lambda/function:Function", f"blog-test-{name}") for name in ("get-user", "list-posts")
    )
    told = inside["environment"]["variables"]
    assert {name: told[name] for name in ("CACHE_USER", "CACHE_SECRET_NAME", "CACHE_PREFIX", "TABLE_NAME")} == {
        "CACHE_USER": NAME,
        "CACHE_SECRET_NAME": NAME,
        "CACHE_PREFIX": "blog-test",
        "TABLE_NAME": "blog-test-table",
    }
    assert "vpcConfig" in inside
    assert "vpcConfig" not in outside
    assert "CACHE_USER" not in outside["environment"]["variables"]
    secret = ARNS.of("secretsmanager", f"secret:{NAME}-??????")
    reads = {"Sid": "ReadBlogTestCache", "Action": ["secretsmanager:GetSecretValue"], "Resource": [secret]}
    assert [one for one in grants(registered, "blog-test-get-user") if one["Sid"] == reads["Sid"]] == [
        {**reads, "Effect": "Allow"}
    ]
    assert reads["Sid"] not in [one["Sid"] for one in grants(registered, "blog-test-list-posts")]


def test_the_password_is_rotated_each_month_by_a_function_that_may_change_this_user_and_this_secret(
    registered: list[Registration],
) -> None:
    rotation = inputs(registered, "aws:secretsmanager/secretRotation:SecretRotation", NAME)
    permission = inputs(registered, "aws:lambda/permission:Permission", NAME)
    allowed = {one["Sid"]: one for one in grants(registered, "blog-test-rotate-cache-password")}
    assert (rotation["rotationRules"], rotation["rotateImmediately"]) == ({"automaticallyAfterDays": 30}, False)
    assert (permission["principal"], permission["sourceAccount"]) == ("secretsmanager.amazonaws.com", ARNS.account)
    assert allowed["ChangeCachePassword"]["Action"] == ["elasticache:DescribeUsers", "elasticache:ModifyUser"]
    assert allowed["ChangeCachePassword"]["Resource"] == [ARNS.of("elasticache", f"user:{NAME}")]
    assert allowed["RotateBlogTestCache"]["Resource"] == [ARNS.of("secretsmanager", f"secret:{NAME}-??????")]
    assert allowed.keys() == {"WriteOwnLogs", "WriteTraces", "RotateBlogTestCache", "ChangeCachePassword"}


def test_the_function_that_rotates_is_outside_of_the_network_where_it_needs_no_further_endpoint(
    registered: list[Registration],
) -> None:
    rotating = inputs(registered, "aws:lambda/function:Function", "blog-test-rotate-cache-password")
    assert "vpcConfig" not in rotating
    assert {entry.inputs["serviceName"] for entry in registered if entry.type == "aws:ec2/vpcEndpoint:VpcEndpoint"} == {
        f"com.amazonaws.eu-central-1.{service}" for service in ("dynamodb", "s3", "secretsmanager")
    }


def test_nodes_are_encrypted_and_as_many_as_asked_for_in_several_zones(nodes: list[Registration]) -> None:
    group = inputs(nodes, GROUP, NAME)
    assert group["atRestEncryptionEnabled"]
    assert group["transitEncryptionEnabled"]
    assert (group["numCacheClusters"], group["multiAzEnabled"], group["automaticFailoverEnabled"]) == (3, True, True)
    assert (group["engine"], group["snapshotRetentionLimit"]) == ("valkey", 7)
    assert group["finalSnapshotIdentifier"] == "blog-test-cache-final"


def test_a_single_node_has_nowhere_to_fail_over_to() -> None:
    alone = record(lambda: program(ReplicationGroup(node_type="cache.t4g.small", replicas=0)))
    group = inputs(alone, GROUP, NAME)
    assert (group["numCacheClusters"], group["multiAzEnabled"], group["automaticFailoverEnabled"]) == (1, False, False)


def test_no_password_is_known_to_two_deployments_or_put_back_by_the_next_one() -> None:
    once, again = (
        {entry.name: entry for entry in record(lambda: program(ENGINES[0])) if entry.type.endswith("user:User")}
        for _ in range(2)
    )
    assert once.keys() == again.keys() == {NAME, f"{NAME}-default"}
    assert all(once[name].inputs["passwords"] != again[name].inputs["passwords"] for name in once)
    assert all(entry.ignore_changes == ["passwords"] for entry in once.values())


def test_a_rotation_names_its_secret_and_waits_until_that_has_a_value():
    registered = record(COMPONENTS[Rotation])
    by_type = {entry.type: entry for entry in registered}
    rotation = by_type["aws:secretsmanager/secretRotation:SecretRotation"]
    assert rotation.inputs["secretId"] == "blog-test-cursors-id"
    assert by_type["aws:secretsmanager/secretVersion:SecretVersion"].urn in rotation.depends_on
    assert by_type["aws:lambda/permission:Permission"].urn in rotation.depends_on
