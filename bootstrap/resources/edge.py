"""Distributions with their policies, and firewalls.

CloudFront's policies and origin access controls have neither names in their ARNs nor tags.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudfront.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awswafv2.html (a firewall with managed rules
needs rights on `managedruleset` too), https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html (the
rights to log)
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, TAGGED, TAGGING, Access, allow, in_both_regions, service_role, worldwide
from bootstrap.resources.names import CERTIFICATE

DISTRIBUTION = worldwide("cloudfront", "distribution/*")
FIREWALL = in_both_regions("wafv2", "*/webacl/{prefix}-*/*")
MANAGED_RULES = in_both_regions("wafv2", "*/managedruleset/*/*")
REST_STAGE = "arn:{partition}:apigateway:{region}::/restapis/*/stages/*"


CERTIFICATES = [
    allow("acm", "ListCertificates", "*"),
    allow("acm", "DescribeCertificate", CERTIFICATE, when=NOT_ANOTHERS),
    allow("iam", "ListServerCertificates", "*"),
]
"""What a distribution's viewers see."""


def _part(kind: str, path: str) -> Access:
    """A policy or control that distributions use: `_part("CachePolicy", "cache-policy")`."""
    one = worldwide("cloudfront", f"{path}/*")
    return Access(
        create=[allow("cloudfront", f"Create{kind}", "*")],
        read=[allow("cloudfront", f"Get{kind}", one)],
        update=[allow("cloudfront", f"Update{kind}", one)],
        delete=[allow("cloudfront", f"Delete{kind}", one)],
    )


ACCESS: Mapping[str, Access] = {
    "aws:cloudfront/distribution:Distribution": Access(
        create=[
            allow("cloudfront", "CreateDistribution", "*", when={"StringEquals": {"aws:RequestTag/stack": "{prefix}"}}),
            allow("cloudfront", "TagResource", DISTRIBUTION, when=TAGGING),
            *CERTIFICATES,
            allow("wafv2", "GetWebACL", FIREWALL),
        ],
        read=[
            allow(
                "cloudfront",
                "GetDistribution GetDistributionConfig ListTagsForResource",
                DISTRIBUTION,
                when=NOT_ANOTHERS,
            )
        ],
        update=[allow("cloudfront", "UpdateDistribution UntagResource", DISTRIBUTION, when=TAGGED)],
        delete=[allow("cloudfront", "DeleteDistribution", DISTRIBUTION, when=TAGGED)],
    ),
    "aws:cloudfront/cachePolicy:CachePolicy": _part("CachePolicy", "cache-policy"),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": _part(
        "ResponseHeadersPolicy", "response-headers-policy"
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": _part("OriginAccessControl", "origin-access-control"),
    "aws:wafv2/webAcl:WebAcl": Access(
        create=[
            allow("wafv2", "CreateWebACL TagResource", FIREWALL),
            allow("wafv2", "CreateWebACL", MANAGED_RULES, when=NOT_ANOTHERS),
        ],
        read=[allow("wafv2", "GetWebACL ListTagsForResource", FIREWALL)],
        update=[
            allow("wafv2", "UpdateWebACL TagResource UntagResource", FIREWALL),
            allow("wafv2", "UpdateWebACL", MANAGED_RULES, when=NOT_ANOTHERS),
        ],
        delete=[allow("wafv2", "DeleteWebACL", FIREWALL)],
    ),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Access(
        create=[
            allow("wafv2", "PutLoggingConfiguration", FIREWALL),
            allow(
                "logs",
                "CreateLogDelivery UpdateLogDelivery PutResourcePolicy DescribeResourcePolicies DescribeLogGroups",
                "*",
            ),
            service_role("wafv2.amazonaws.com"),
            service_role("delivery.logs.amazonaws.com"),
        ],
        read=[allow("wafv2", "GetLoggingConfiguration", FIREWALL)],
        delete=[allow("wafv2", "DeleteLoggingConfiguration", FIREWALL), allow("logs", "DeleteLogDelivery", "*")],
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Access(
        create=[
            allow("wafv2", "AssociateWebACL", FIREWALL),
            allow("wafv2", "AssociateWebACL", REST_STAGE, when=NOT_ANOTHERS),
            allow("apigateway", "SetWebACL", REST_STAGE, when=TAGGED),
        ],
        read=[
            allow("wafv2", "GetWebACLForResource", FIREWALL),
            allow("wafv2", "GetWebACLForResource", REST_STAGE, when=NOT_ANOTHERS),
            allow("wafv2", "GetWebACL", FIREWALL),
        ],
        delete=[allow("wafv2", "DisassociateWebACL", REST_STAGE, when=NOT_ANOTHERS)],
    ),
}
