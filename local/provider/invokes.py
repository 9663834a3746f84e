"""The functions that the stand-in knows: what a program asks AWS, or has worked out, without making anything."""

import json
import zlib
from collections.abc import Callable
from typing import Any, cast

from local.provider.aws import Aws
from local.provider.interface import ProviderError
from local.provider.wire import Props, items

type Function = Callable[[Aws, Props], Props]

_SUFFIXES = {"aws": "amazonaws.com", "aws-cn": "amazonaws.com.cn", "aws-us-gov": "amazonaws.com"}


def function(token: str) -> Function:
    """The function of a token, such as `aws:index/getRegion:getRegion`.

    Raises:
        ProviderError: There is none.
    """
    if token not in _FUNCTIONS:
        raise ProviderError(
            f"the stand-in for the AWS plugin does not know the function {token}: add it to local/provider/invokes.py, "
            "or install the real plugin"
        )
    return _FUNCTIONS[token]


def _caller_identity(aws: Aws, _args: Props) -> Props:
    caller = aws.call("sts", "GetCallerIdentity")
    return {"id": caller["Account"], "accountId": caller["Account"], "arn": caller["Arn"], "userId": caller["UserId"]}


def _region(aws: Aws, _args: Props) -> Props:
    region = aws.region
    return {
        "id": region,
        "name": region,
        "region": region,
        "endpoint": f"ec2.{region}.{_SUFFIXES[aws.partition]}",
        "description": region,
    }


def _partition(aws: Aws, _args: Props) -> Props:
    suffix = _SUFFIXES[aws.partition]
    reverse = ".".join(reversed(suffix.split(".")))
    return {"id": aws.partition, "partition": aws.partition, "dnsSuffix": suffix, "reverseDnsPrefix": reverse}


def _availability_zones(aws: Aws, args: Props) -> Props:
    members: Props = {
        "AllAvailabilityZones": args.get("allAvailabilityZones"),
        "Filters": [{"Name": f["name"], "Values": f["values"]} for f in items(args, "filters")],
    }
    answer = aws.call("ec2", "DescribeAvailabilityZones", **{name: value for name, value in members.items() if value})
    zones = sorted(
        (
            zone
            for zone in answer["AvailabilityZones"]
            if args.get("state") in (None, zone["State"])
            and zone["ZoneName"] not in (items(args, "excludeNames"))
            and zone["ZoneId"] not in (items(args, "excludeZoneIds"))
        ),
        key=lambda zone: zone["ZoneName"],
    )
    return {
        **args,
        "id": aws.region,
        "region": aws.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", aws.region) for zone in zones}),
    }


def _zone(aws: Aws, args: Props) -> Props:
    """The one hosted zone of a name, public unless it is said otherwise."""
    private = bool(args.get("privateZone"))
    name = str(args["name"]).removesuffix(".")
    zones = [
        zone
        for zone in aws.call("route53", "ListHostedZones")["HostedZones"]
        if zone["Name"] == f"{name}." and zone["Config"]["PrivateZone"] == private
    ]
    if len(zones) != 1:
        found = "no" if not zones else "more than one"
        raise ProviderError(
            f"this account has {found} {'private' if private else 'public'} hosted zone {name}; create it in Route 53, "
            "or name the one that you mean"
        )
    (zone,) = zones
    id_ = zone["Id"].removeprefix("/hostedzone/")
    servers = aws.call("route53", "GetHostedZone", Id=id_).get("DelegationSet", {}).get("NameServers", [])
    return {
        **args,
        "id": id_,
        "zoneId": id_,
        "arn": f"arn:{aws.partition}:route53:::hostedzone/{id_}",
        "name": name,
        "nameServers": sorted(servers),
        "privateZone": private,
        "callerReference": zone["CallerReference"],
        "comment": zone["Config"].get("Comment", ""),
        "resourceRecordSetCount": zone["ResourceRecordSetCount"],
        "tags": {},
    }


def _policy_document(_aws: Aws, args: Props) -> Props:
    """IAM's JSON of the statements, after those of the source documents and before those of the overriding ones."""
    by_sid: dict[str, Props] = {}
    for document in items(args, "sourcePolicyDocuments"):
        _merge(by_sid, _listed(json.loads(document)["Statement"]), what="sourcePolicyDocuments")
    own = [_statement(statement) for statement in items(args, "statements")]
    merged = {**by_sid}
    _merge(merged, own, what=None)
    for document in items(args, "overridePolicyDocuments"):
        _merge(merged, _listed(json.loads(document)["Statement"]), what=None)
    content: Props = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        content["Id"] = args["policyId"]
    content["Statement"] = list(merged.values())
    text = json.dumps(content, indent=2)
    return {
        **args,
        "id": str(zlib.crc32(text.encode())),
        "json": text,
        "minifiedJson": json.dumps(content, separators=(",", ":")),
    }


def _merge(by_sid: dict[str, Props], statements: list[Props], *, what: str | None) -> None:
    """Add statements; one of the same Sid takes the other's place, where that is allowed."""
    for statement in statements:
        sid = statement.get("Sid") or f"#{len(by_sid)}"
        if what and sid in by_sid:
            raise ProviderError(f"two statements in {what} have the Sid {sid!r}; give each a Sid of its own")
        by_sid[sid] = statement


def _listed(value: Any) -> list[Props]:
    return cast("list[Props]", value if isinstance(value, list) else [value])


def _statement(statement: Props) -> Props:
    conditions: dict[str, Props] = {}
    for condition in items(statement, "conditions"):
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one(condition["values"])
    element = {
        "Sid": statement.get("sid"),
        "Effect": statement.get("effect") or "Allow",
        "Principal": _principals(statement.get("principals")),
        "NotPrincipal": _principals(statement.get("notPrincipals")),
        "Action": _one(sorted(items(statement, "actions"), reverse=True)),
        "NotAction": _one(sorted(items(statement, "notActions"), reverse=True)),
        "Resource": _one(sorted(items(statement, "resources"), reverse=True)),
        "NotResource": _one(sorted(items(statement, "notResources"), reverse=True)),
        "Condition": conditions,
    }
    return {name: value for name, value in element.items() if value}


def _principals(principals: list[Props] | None) -> Props | str:
    by_type: dict[str, list[str]] = {}
    for principal in principals or []:
        by_type.setdefault(principal["type"], []).extend(principal["identifiers"])
    if by_type == {"*": ["*"]}:
        return "*"
    return {type_: _one(identifiers) for type_, identifiers in by_type.items()}


def _one(values: list[str]) -> list[str] | str:
    """A list of one as the one, as AWS writes it."""
    return values[0] if len(values) == 1 else values


_FUNCTIONS: dict[str, Function] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:route53/getZone:getZone": _zone,
}
