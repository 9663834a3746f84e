"""Who may sign in to the ledger, how, and what is left of it when it is taken down."""

import json
from dataclasses import replace
from typing import Any, Literal, cast

import pytest

from components.data.aurora import Aurora
from components.data.database import Engine
from components.data.rds import Rds
from components.data.relational import Relational
from components.network import Network
from tests.components.recording import Registration, record
from tests.components.test_contract import COMPONENTS, DEFAULTS, DEPLOYMENT

AURORA = Aurora(minimum_capacity=0, maximum_capacity=4, replicas=1)
RDS = Rds(instance_class="db.t4g.micro", replicas=1)
ALONE = Rds(instance_class="db.t4g.micro", replicas=0)
STORES = {"aws:rds/cluster:Cluster", "aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"}

each_engine = pytest.mark.parametrize("engine", [AURORA, RDS], ids=["aurora", "rds"])


def registered(
    engine: Engine, *, login: Literal["iam", "secret"] = "iam", protection: bool = True
) -> list[Registration]:
    deployment = replace(DEPLOYMENT, protection=protection)

    def program() -> None:
        network = cast("Network", COMPONENTS[Network]())
        Relational(deployment=deployment, defaults=DEFAULTS, network=network, engine=engine, login=login)

    return record(program)


def main(engine: Engine, **options: Any) -> dict[str, Any]:
    """The inputs of what holds the data."""
    return next(
        entry.inputs
        for entry in registered(engine, **options)
        if entry.type in STORES and ("masterUsername" in entry.inputs or "username" in entry.inputs)
    )


@pytest.mark.parametrize("engine", [AURORA, ALONE], ids=["aurora", "rds"])
def test_the_password_is_made_and_kept_by_rds_and_by_nobody_else(engine: Engine):
    inputs = main(engine)
    assert [name for name in inputs if "assword" in name] == ["manageMasterUserPassword"]
    assert inputs["manageMasterUserPassword"] is True


def test_where_rds_makes_no_replicas_of_a_password_that_it_keeps_the_password_is_a_secret_that_a_function_rotates():
    by_name = {(entry.type.split(":")[-1], entry.name): entry.inputs for entry in registered(RDS) if entry.custom}
    inputs = main(RDS)
    assert sorted(name for name in inputs if "assword" in name) == ["passwordWo", "passwordWoVersion"]
    secret = "blog-test-ledger"
    assert by_name["SecretRotation", secret]["rotationLambdaArn"] == "arn:blog-test-rotate-ledger-password"
    function = by_name["Function", "blog-test-rotate-ledger-password"]
    assert len(function["vpcConfig"]["subnetIds"]) == 2
    variables = function["environment"]["variables"]
    assert (variables["LEDGER_USER"], variables["LEDGER_SECRET_ID"]) == ("blog_test_master", secret)


def test_a_replica_has_the_password_of_what_it_copies():
    replica = next(entry.inputs for entry in registered(RDS) if entry.inputs.get("replicateSourceDb"))
    assert [name for name in replica if "assword" in name or name == "username"] == []


@each_engine
def test_a_connection_without_tls_is_refused(engine: Engine):
    groups = [entry.inputs for entry in registered(engine) if entry.type.endswith("ParameterGroup")]
    (parameter,) = groups[0]["parameters"]
    assert (parameter["name"], parameter["value"]) == ("rds.force_ssl", "1")


@each_engine
def test_a_protected_one_leaves_a_snapshot_and_its_backups(engine: Engine):
    inputs = main(engine)
    assert (inputs["deletionProtection"], inputs["skipFinalSnapshot"]) == (True, False)
    assert inputs["finalSnapshotIdentifier"] == "blog-test-ledger-final"
    assert (inputs["backupRetentionPeriod"], inputs["deleteAutomatedBackups"]) == (35, False)


@each_engine
def test_one_that_is_not_protected_leaves_nothing(engine: Engine):
    inputs = main(engine, protection=False)
    assert (inputs["deletionProtection"], inputs["skipFinalSnapshot"]) == (False, True)
    assert "finalSnapshotIdentifier" not in inputs


@each_engine
def test_each_replica_is_an_instance_more(engine: Engine):
    instances = [entry for entry in registered(engine) if entry.type in STORES - {"aws:rds/cluster:Cluster"}]
    assert max(entry.inputs["identifier"] for entry in instances) == "blog-test-ledger-1"
    assert len(instances) == 2


def statement(login: Literal["iam", "secret"]) -> dict[str, Any]:
    made: list[Relational] = []

    def program() -> None:
        network = cast("Network", COMPONENTS[Network]())
        made.append(Relational(deployment=DEPLOYMENT, defaults=DEFAULTS, network=network, engine=AURORA, login=login))

    record(program)
    granted = made[0].grant_connect()
    return {"actions": granted.actions, "resources": granted.resources, "conditions": granted.conditions}


def test_with_iam_a_function_may_sign_in_as_the_user_of_its_stack_alone():
    assert statement("iam") == {
        "actions": ["rds-db:connect"],
        "resources": ["arn:aws:rds-db:eu-central-1:123456789012:dbuser:*/blog_test_ledger"],
        "conditions": {},
    }


def test_with_a_secret_a_function_may_read_the_password_of_this_database_alone():
    granted = statement("secret")
    assert granted["actions"] == ["secretsmanager:GetSecretValue"]
    assert granted["resources"] == ["arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-*"]
    assert json.dumps(granted["conditions"]) == json.dumps(
        {
            "StringEquals": {
                "secretsmanager:ResourceTag/aws:rds:primaryDBClusterArn": (
                    "arn:aws:rds:eu-central-1:123456789012:cluster:blog-test-ledger"
                )
            }
        }
    )


@pytest.mark.parametrize(("login", "admitted"), [("iam", 1), ("secret", 0)])
def test_a_user_is_admitted_only_where_functions_are_not_the_master(login: Literal["iam", "secret"], admitted: int):
    invocations = [entry for entry in registered(AURORA, login=login) if entry.type.endswith("invocation:Invocation")]
    assert len(invocations) == admitted


@each_engine
@pytest.mark.parametrize(
    "caller", ["aws:lambda/invocation:Invocation", "aws:secretsmanager/secretRotation:SecretRotation"]
)
def test_a_function_signs_in_only_once_a_server_the_endpoint_and_the_rules_exist(engine: Engine, caller: str):
    """A cluster exists minutes before its first instance (Aurora User Guide, "Creating an Aurora DB cluster")."""
    made = registered(engine)
    needed = {
        "aws:rds/clusterInstance:ClusterInstance" if engine is AURORA else "aws:rds/instance:Instance",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    }
    by_urn = {entry.urn: entry for entry in made}
    calls = [entry for entry in made if entry.type == caller]
    assert len(calls) == (1 if engine is RDS or "nvocation" in caller else 0)
    for call in calls:
        awaited = [by_urn[urn] for urn in call.depends_on]
        assert needed <= {entry.type for entry in awaited}
        assert "blog-test-secretsmanager" in {entry.name for entry in awaited if "vpcEndpoint" in entry.type}
