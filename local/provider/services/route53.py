"""Records of Route 53.

Sources: https://docs.aws.amazon.com/Route53/latest/APIReference/ and
https://www.pulumi.com/registry/packages/aws/api-docs/route53/record/.
"""

from local.provider.aws import Aws, AwsError
from local.provider.resource import Live, ResourceType
from local.provider.wire import Props, items


def find_record(aws: Aws, *, name: str, type_: str) -> Live | None:
    """The record of a name and type in whichever hosted zone has it."""
    zones = aws.call("route53", "ListHostedZones")["HostedZones"]
    found = (_record(aws, zone["Id"], name, type_) for zone in zones)
    return next((record for record in found if record), None)


def _record(aws: Aws, zone_id: str, name: str, type_: str) -> Live | None:
    try:
        listed = aws.call(
            "route53", "ListResourceRecordSets", HostedZoneId=zone_id, StartRecordName=name, StartRecordType=type_
        )["ResourceRecordSets"]
    except AwsError as error:
        if error.gone:
            return None
        raise
    return next((one for one in listed if _plain(one["Name"]) == _plain(name) and one["Type"] == type_), None)


def _plain(name: str) -> str:
    """A name as the provider has it: in lower case, without the root's dot."""
    return name.lower().removesuffix(".")


def _written(props: Props) -> Live:
    written: Live = {"Name": props["name"], "Type": props["type"]}
    for alias in items(props, "aliases"):
        written["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    if props.get("records"):
        written["TTL"] = int(props["ttl"])
        written["ResourceRecords"] = [{"Value": value} for value in props["records"]]
    return written


def _change(aws: Aws, props: Props, action: str, record: Live) -> Live:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    aws.call("route53", "ChangeResourceRecordSets", HostedZoneId=props["zoneId"], ChangeBatch=batch)
    return {}


def _create(aws: Aws, props: Props) -> Live:
    return _change(aws, props, "UPSERT" if props.get("allowOverwrite") else "CREATE", _written(props))


def _find(aws: Aws, props: Props) -> Live | None:
    return _record(aws, props["zoneId"], props["name"], props["type"])


def _delete(aws: Aws, props: Props) -> None:
    if record := _find(aws, props):
        _change(aws, props, "DELETE", record)


def _state(_aws: Aws, props: Props, live: Live) -> Props:
    name = _plain(live["Name"])
    target = live.get("AliasTarget")
    return {
        "zoneId": props["zoneId"],
        "name": name,
        "fqdn": name,
        "type": live["Type"],
        "ttl": live.get("TTL"),
        "records": [record["Value"] for record in live.get("ResourceRecords", [])],
        "aliases": [
            {
                "name": _plain(target["DNSName"]),
                "zoneId": target["HostedZoneId"],
                "evaluateTargetHealth": target["EvaluateTargetHealth"],
            }
        ]
        if target
        else [],
    }


RECORD = ResourceType(
    "aws:route53/record:Record",
    service="route53",
    create=_create,
    read=_find,
    update=lambda aws, props: _change(aws, props, "UPSERT", _written(props)),
    delete=_delete,
    keys={"HostedZoneId": "zoneId", "Name": "name", "Type": "type"},
    id=("{zoneId}_{name}_{type}",),
    state=_state,
    replaces=frozenset({"name", "setIdentifier", "type", "zoneId"}),
    unordered=frozenset({"records"}),
    unread=frozenset({"allowOverwrite"}),
    named="",
)
