"""The network: https://aws.amazon.com/vpc/pricing/, https://aws.amazon.com/privatelink/pricing/."""

from collections.abc import Iterator

from cost.charges import HOURS, Charge, Formula
from cost.resources import Resource, Stack
from cost.usage import Usage


def _nat_gateway(_one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    yield Charge("vpc.nat-gateway-hour", HOURS)
    yield Charge("vpc.nat-gateway-gb", usage["network.gb"])
    yield Charge("transfer.out-gb", usage["network.gb"])


def _endpoint(one: Resource, usage: Usage, _stack: Stack) -> Iterator[Charge]:
    """An interface endpoint costs by zone; a gateway endpoint, which is what none says, costs nothing."""
    if one.inputs.get("vpcEndpointType") == "Interface":
        yield Charge("vpc.endpoint-hour", HOURS * max(1, len(one.items("subnetIds"))))
        yield Charge("vpc.endpoint-gb", usage["network.endpoint-gb"])


FORMULAS: dict[str, tuple[Formula, ...]] = {
    "aws:ec2/natGateway:NatGateway": (_nat_gateway,),
    "aws:ec2/eip:Eip": (lambda _one, _usage, _stack: [Charge("vpc.public-address-hour", HOURS)],),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (_endpoint,),
}
