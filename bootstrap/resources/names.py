"""Names in a hosted zone: certificates, the wait for them, and records.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html,
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, allow

CERTIFICATE = "arn:{partition}:acm:*:{account}:certificate/*"
"""Of the stack, which its tag tells, in whichever region."""

ZONE = "arn:{partition}:route53:::hostedzone/*"
CHANGE = "arn:{partition}:route53:::change/*"

LOOKUPS = [
    allow("route53", "ListHostedZones ListHostedZonesByName", "*"),
    allow("route53", "GetHostedZone ListTagsForResource", ZONE, CHANGE),
]
"""How the program finds the zone before it creates anything."""

ACCESS: Mapping[str, Access] = {
    "aws:acm/certificate:Certificate": Access(
        create=[
            # The first has no resource yet, and both give the stack's tag.
            allow("acm", "RequestCertificate AddTagsToCertificate", "*", when=TAGGING),
        ],
        read=[allow("acm", "DescribeCertificate ListTagsForCertificate", CERTIFICATE, when=NOT_ANOTHERS)],
        update=[allow("acm", "RemoveTagsFromCertificate", CERTIFICATE, when=TAGGED)],
        delete=[allow("acm", "DeleteCertificate", CERTIFICATE, when=TAGGED)],
    ),
    "aws:acm/certificateValidation:CertificateValidation": Access(
        read=[allow("acm", "DescribeCertificate", CERTIFICATE, when=NOT_ANOTHERS)]
    ),
    # A zone has no tag of a stack. Delegations and mail are of other types, which no deployment changes.
    "aws:route53/record:Record": Access(
        create=[
            allow(
                "route53",
                "ChangeResourceRecordSets",
                ZONE,
                when={
                    "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ("A", "AAAA", "CNAME")}
                },
            )
        ],
        read=[allow("route53", "GetChange GetHostedZone ListResourceRecordSets", ZONE, CHANGE)],
    ),
}
