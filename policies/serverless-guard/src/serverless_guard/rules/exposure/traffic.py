"""What a rule of a security group or network ACL lets through: addresses, protocol and ports.

Sources: Amazon EC2 API Reference, IpPermission and NetworkAclEntry (protocol -1 stands for all protocols and ports);
IANA protocol numbers; the AWS provider, which takes `all` for -1.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, cast

from serverless_guard.addresses import anybody
from serverless_guard.record import UNKNOWN, Block, Resource, UndecidedError

ALL: Final = "all protocols"
PROTOCOLS: Final = {"-1": ALL, "all": ALL, "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
CIDRS: Final = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks", "cidrBlock", "ipv6CidrBlock")
NETWORKS: Final = frozenset(
    f"aws:ec2/{name[0].lower()}{name[1:]}:{name}"
    for name in (
        "Vpc", "DefaultVpc", "Subnet", "DefaultSubnet", "VpcIpv4CidrBlockAssociation", "VpcIpv6CidrBlockAssociation",
        "Eip", "Instance", "NatGateway",
    )
)  # fmt: skip
"""Types whose addresses and ranges, which AWS assigns, rules name: none of them is the internet."""
LAST_PORT: Final = 65535


def without_own(resource: Resource, block: Block) -> Block:
    """Leave out of a rule the unknown addresses that it takes from networks and machines of the program."""
    top = block.path.partition("[")[0].rstrip(".")
    own = [path for path in CIDRS if path in block.values and resource.source_types(top or path) & NETWORKS]
    known = {path: tuple(_texts(block, path, block.values[path])) for path in own}
    return Block({**block.values, **known}, block.path, block.owner) if own else block


def open_sources(block: Block) -> list[str]:
    """List the addresses of a rule that stand for anybody.

    Raises:
        UndecidedError: None of the known ones does, and others are unknown.
    """
    given = [(path, block.values[path]) for path in CIDRS if path in block.values]
    known = [text for path, value in given for text in _texts(block, path, value)]
    found = [cidr for cidr in known if anybody(cidr)]
    for path, value in given if not found else ():
        if value is UNKNOWN or (isinstance(value, (list, tuple)) and UNKNOWN in value):
            raise UndecidedError(block.path + path, block.owner)
    return sorted(found)


def _texts(block: Block, path: str, value: object) -> Sequence[str]:
    """Read the known texts of a property; a malformed one is refused as `Block.texts` does."""
    if value is UNKNOWN:
        return ()
    items = [one for one in cast("list[object]", value) if one is not UNKNOWN] if isinstance(value, list) else value
    return Block({path: items}, block.path, block.owner).texts(path)


def protocol(block: Block) -> str:
    """Name the protocol of a rule; one that is not set or not known may be any."""
    given = next((block.values[name] for name in ("ipProtocol", "protocol") if name in block.values), None)
    text = "-1" if given is None or given is UNKNOWN else str(given).lower().removesuffix(".0")
    return PROTOCOLS.get(text, text)


def ports(block: Block) -> tuple[int, int]:
    """Give the first and last port of a rule; all where it names none.

    Raises:
        UndecidedError: They are not known.
    """
    if protocol(block) == ALL:
        return 0, LAST_PORT
    first, last = (block.number(name) for name in ("fromPort", "toPort"))
    if first is None or first < 0:
        return 0, LAST_PORT
    return int(first), int(first if last is None or last < 0 else last)


def every_port(rules: Iterable[Block]) -> bool:
    """Tell whether rules together let every port of TCP, of UDP or of all protocols through."""
    blocks = list(rules)
    spans = {kind: sorted(ports(one) for one in blocks if protocol(one) in {ALL, kind}) for kind in ("tcp", "udp")}
    return any(_gapless(found) for found in spans.values())


def _gapless(spans: Iterable[tuple[int, int]]) -> bool:
    """Tell whether sorted ranges of ports cover all from 1; port 0 is reserved."""
    reached = 0
    for first, last in spans:
        if first > reached + 1:
            return False
        reached = max(reached, last)
    return reached >= LAST_PORT


def words(block: Block) -> str:
    """Say which protocol and ports a rule lets through: `tcp 443`, `tcp 20-25`, `udp, all ports`, `all protocols`."""
    kind = protocol(block)
    if kind not in {"tcp", "udp"}:
        return kind
    if UNKNOWN in (block.values.get("fromPort"), block.values.get("toPort")):
        return f"{kind}, ports not known at preview"
    first, last = ports(block)
    if first <= 1 and last >= LAST_PORT:
        return f"{kind}, all ports"
    return f"{kind} {first}" if first == last else f"{kind} {first}-{last}"


def open_rules(direction: str, rules: Iterable[Block]) -> Iterator[str]:
    """Word each rule that is for anybody, once: `ingress from 0.0.0.0/0 on tcp 443`."""
    to = "from" if direction == "ingress" else "to"
    opened = ((open_sources(one), one) for one in rules)
    yield from dict.fromkeys(f"{direction} {to} {', '.join(found)} on {words(one)}" for found, one in opened if found)
