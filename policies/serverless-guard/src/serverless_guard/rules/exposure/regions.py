"""Regions that an organisation has chosen."""

from collections.abc import Iterator
from typing import Final

from serverless_guard.record import Resource
from serverless_guard.rules.rule import ANY_TYPE, Example, Option, resource_rule

GLOBAL: Final = frozenset(
    {
        "account", "bcmdata", "billing", "budgets", "cloudfront", "costexplorer", "costoptimizationhub", "cur",
        "globalaccelerator", "iam", "networkmanager", "notifications", "organizations", "pricingplanmanager",
        "rolesanywhere", "route53", "route53domains", "route53recoverycontrol", "route53recoveryreadiness", "shield",
        "uxc", "waf",
    }
)  # fmt: skip
"""Modules of the provider whose resources are in no region: in pulumi_aws 7 their types have no property `region`."""
IN_ONE_REGION: Final = frozenset({"ecrpublic"})
"""Modules of services that AWS offers in us-east-1 only, whatever a stack's region is."""
ACL = "aws:wafv2/webAcl:WebAcl"
CHOSEN = {"regions": ["eu-west-1", "us-east-1"]}


@resource_rule(
    "region-allowed",
    title="AWS resources are deployed in allowed AWS Regions",
    types=(ANY_TYPE,),
    category="network-exposure",
    severity="high",
    env="same",
    house=True,
    fix="Use a region of the rule's option regions in enforcement.yaml, or add it there.",
    options={"regions": Option([], "Regions that resources may be in.")},
    good=(
        Example({"region": "eu-west-1"}, settings=CHOSEN),
        Example({}, provider={"region": "eu-west-1"}, settings=CHOSEN),
        Example({}, settings=CHOSEN),
        Example({"region": "ap-south-1"}),
        Example({"region": "us-east-1"}, settings=CHOSEN),
        Example({"region": "ap-south-1"}, type="random:index/randomId:RandomId", settings=CHOSEN),
        Example({}, type="aws:iam/role:Role", provider={"region": "ap-south-1"}, settings=CHOSEN),
        Example({}, type="aws:route53/record:Record", provider={"region": "ap-south-1"}, settings=CHOSEN),
        Example({"scope": "CLOUDFRONT", "region": "us-east-1"}, type=ACL, settings={"regions": ["eu-west-1"]}),
    ),
    bad=(
        Example({"region": "ap-south-1"}, settings=CHOSEN, finds=("the region ap-south-1 is not among those allowed",)),
        Example(
            {},
            provider={"region": "ap-south-1"},
            settings=CHOSEN,
            finds=("the region ap-south-1 is not among those allowed",),
        ),
        Example(
            {"region": "ap-south-1"},
            type="pulumi:providers:aws",
            settings=CHOSEN,
            finds=("the region ap-south-1 is not among those allowed",),
        ),
        Example(
            {"scope": "REGIONAL", "region": "ap-south-1"},
            type=ACL,
            settings=CHOSEN,
            finds=("the region ap-south-1 is not among those allowed",),
        ),
    ),
)
def region_allowed(resource: Resource) -> Iterator[str]:
    """Resources are in the regions that were chosen; one without a region has that of its provider.

    Global services have none, and what belongs to CloudFront must be in us-east-1.
    """
    allowed, kind = resource.settings["regions"], resource.type
    module = kind.partition(":")[2].partition("/")[0]
    if not allowed or not kind.startswith(("aws:", "pulumi:providers:aws")) or module in {*GLOBAL, *IN_ONE_REGION}:
        return
    region = resource.props.text("region") or resource.provider.text("region")
    if region and region not in allowed and resource.props.known_text("scope") != "CLOUDFRONT":
        yield f"the region {region} is not among those allowed"
