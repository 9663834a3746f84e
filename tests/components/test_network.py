"""The network: who may reach whom, and by which way anything gets out."""

import json

import pytest

from components.deployment import Deployment
from components.iam import Arns
from components.network import Network
from tests.components.recording import Registration, record

ACCOUNT = "123456789012"
DEPLOYMENT = Deployment(
    prefix="blog-test",
    arns=Arns(partition="aws", region="eu-central-1", account=ACCOUNT),
    key_arn=None,
    log_retention_days=14,
    protection=True,
)
ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def network(*, zones: int = 2, nat_gateways: int = 0) -> Network:
    return Network("blog-test", deployment=DEPLOYMENT, zones=zones, available_zones=ZONES, nat_gateways=nat_gateways)


def of(registered: list[Registration], kind: str) -> list[Registration]:
    """The resources of a type, by name: the order of registrations is nobody's promise."""
    return sorted((entry for entry in registered if entry.type.endswith(f":{kind}")), key=lambda entry: entry.name)


def test_each_zone_has_a_private_subnet_with_addresses_of_its_own() -> None:
    subnets = of(record(lambda: network(zones=3)), "Subnet")
    assert [(one.inputs["availabilityZone"], one.inputs["cidrBlock"]) for one in subnets] == [
        ("eu-central-1a", "10.0.0.0/20"),
        ("eu-central-1b", "10.0.16.0/20"),
        ("eu-central-1c", "10.0.32.0/20"),
    ]


def test_nothing_leads_to_the_internet_unless_it_is_asked_for() -> None:
    registered = record(network)
    assert not of(registered, "InternetGateway") + of(registered, "NatGateway") + of(registered, "Route")
    assert "0.0.0.0/0" not in str(registered)


def test_nat_gateways_are_shared_by_the_zones_that_have_none() -> None:
    registered = record(lambda: network(zones=3, nat_gateways=2))
    gateways = [one.inputs["subnetId"] for one in of(registered, "NatGateway")]
    assert gateways == ["blog-test-public-eu-central-1a-id", "blog-test-public-eu-central-1b-id"]
    routes = {one.inputs["routeTableId"]: one.inputs.get("natGatewayId") for one in of(registered, "Route")}
    assert routes == {
        "blog-test-public-eu-central-1a-id": None,
        "blog-test-public-eu-central-1b-id": None,
        "blog-test-private-eu-central-1a-id": "blog-test-public-eu-central-1a-id",
        "blog-test-private-eu-central-1b-id": "blog-test-public-eu-central-1b-id",
        "blog-test-private-eu-central-1c-id": "blog-test-public-eu-central-1a-id",
    }


def test_the_functions_reach_only_the_gateway_endpoints_until_there_is_a_store() -> None:
    registered = record(network)
    rules = of(registered, "SecurityGroupEgressRule")
    assert [(one.name, one.inputs["fromPort"], one.inputs["toPort"]) for one in rules] == [
        ("blog-test-functions-to-dynamodb", 443, 443),
        ("blog-test-functions-to-s3", 443, 443),
    ]
    assert of(registered, "SecurityGroupIngressRule") == []


def test_a_store_and_the_functions_name_each_other_on_one_port() -> None:
    registered = record(lambda: network().store("cache", port=6379))
    way_in = of(registered, "SecurityGroupIngressRule")[0].inputs
    way_out = of(registered, "SecurityGroupEgressRule")[0].inputs
    assert (way_in["securityGroupId"], way_in["referencedSecurityGroupId"]) == (
        "blog-test-cache-id",
        "blog-test-functions-id",
    )
    assert (way_out["securityGroupId"], way_out["referencedSecurityGroupId"]) == (
        "blog-test-functions-id",
        "blog-test-cache-id",
    )
    assert {(rule["ipProtocol"], rule["fromPort"], rule["toPort"]) for rule in (way_in, way_out)} == {
        ("tcp", 6379, 6379)
    }


def test_a_service_that_is_asked_for_twice_has_one_endpoint() -> None:
    def program() -> None:
        subject = network()
        subject.reach("secretsmanager")
        subject.reach("secretsmanager")

    endpoints = of(record(program), "VpcEndpoint")
    assert [(one.inputs["serviceName"], one.inputs["vpcEndpointType"]) for one in endpoints] == [
        ("com.amazonaws.eu-central-1.dynamodb", "Gateway"),
        ("com.amazonaws.eu-central-1.s3", "Gateway"),
        ("com.amazonaws.eu-central-1.secretsmanager", "Interface"),
    ]
    assert endpoints[-1].inputs["securityGroupIds"] == ["blog-test-endpoints-id"]


def test_an_endpoint_lets_only_the_account_reach_only_the_account() -> None:
    own = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT}}
    for endpoint in of(record(network), "VpcEndpoint"):
        (statement,) = json.loads(endpoint.inputs["policy"])["Statement"]
        assert (statement["Effect"], statement["Condition"]) == ("Allow", own)


def test_the_default_security_group_is_left_without_rules() -> None:
    (default,) = of(record(network), "DefaultSecurityGroup")
    assert default.inputs.keys() == {"vpcId", "tags"}


def test_all_traffic_is_logged_by_a_role_that_only_this_account_can_have_assumed() -> None:
    registered = record(network)
    (flow_log,) = of(registered, "FlowLog")
    assert (flow_log.inputs["vpcId"], flow_log.inputs["trafficType"]) == ("blog-test-id", "ALL")
    trust = json.loads(next(one for one in registered if one.type == "aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert trust["Statement"][0]["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_more_zones_than_the_region_has_are_refused_by_their_names() -> None:
    with pytest.raises(ValueError, match=r"zones is 4, but eu-central-1 has 3 \(eu-central-1a, .*at most that"):
        network(zones=4)
