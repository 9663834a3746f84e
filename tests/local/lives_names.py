"""Lives of certificates and of the records by which names are found."""

from typing import Any

from local.provider.wire import Props
from tests.local.life import Life
from tests.local.world import World


def _record(world: World, zone_id: str, name: str) -> list[Any]:
    listed = world.call("route53", "list_resource_record_sets", HostedZoneId=zone_id)["ResourceRecordSets"]
    return [
        one.get("AliasTarget", {}).get("DNSName") or [value["Value"] for value in one["ResourceRecords"]]
        for one in listed
        if one["Name"] == f"{name}."
    ]


def _validated(world: World) -> Props:
    certificate = world.certificate
    (option,) = certificate["domainValidationOptions"]
    world.call(
        "route53",
        "change_resource_record_sets",
        HostedZoneId=world.zone,
        ChangeBatch={
            "Changes": [
                {
                    "Action": "UPSERT",
                    "ResourceRecordSet": {
                        "Name": option["resourceRecordName"],
                        "Type": option["resourceRecordType"],
                        "TTL": 300,
                        "ResourceRecords": [{"Value": option["resourceRecordValue"]}],
                    },
                }
            ]
        },
    )
    return {
        "certificateArn": certificate["arn"],
        "validationRecordFqdns": [option["resourceRecordName"].removesuffix(".")],
    }


LIVES = [
    Life(
        "aws:acm/certificate:Certificate",
        inputs=lambda _: {"domainName": "www.example.org", "validationMethod": "DNS", "tags": {"for": "pages"}},
        look=lambda world, it: (
            (live := world.call("acm", "describe_certificate", CertificateArn=it["arn"])["Certificate"])["DomainName"],
            live["DomainValidationOptions"][0]["ValidationMethod"],
            it["domainValidationOptions"][0]["resourceRecordType"],
        ),
        made=("www.example.org", "DNS", "CNAME"),
        changed=lambda _: {"tags": {"for": "everything"}},
        changes=("www.example.org", "DNS", "CNAME"),
        replaced={"domainName": "other.example.org", "validationMethod": "EMAIL"},
    ),
    Life(
        "aws:acm/certificateValidation:CertificateValidation",
        inputs=_validated,
        look=lambda world, it: world.call("acm", "describe_certificate", CertificateArn=it["certificateArn"])[
            "Certificate"
        ]["Status"],
        made="ISSUED",
        replaced={"certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/other"},
        stays=True,
    ),
    Life(
        "aws:route53/record:Record",
        inputs=lambda world: {
            "zoneId": world.zone,
            "name": "www.example.org",
            "type": "CNAME",
            "ttl": 300,
            "records": ["edge.example.net"],
        },
        look=lambda world, it: _record(world, it["zoneId"], "www.example.org"),
        made=[["edge.example.net"]],
        changed=lambda _: {"records": ["other.example.net"]},
        changes=[["other.example.net"]],
        replaced={"name": "api.example.org", "type": "TXT"},
    ),
]
