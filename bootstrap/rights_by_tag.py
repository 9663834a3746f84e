"""What a deployment may change of what AWS names by numbers: it is known by its tag."""

from collections.abc import Iterator

from bootstrap.allow import TAG, allow, tagged
from components.iam import Arns, Statement


def edge(prefix: str, environment: str, arns: Arns) -> Iterator[Statement]:
    """APIs, user pools, keys, distributions, firewalls."""
    has, gets = tagged(environment)
    apis = ("apis", "restapis", "domainnames", "tags")
    yield Statement(
        sid="NewApis",
        actions=["apigateway:POST", "apigateway:PUT"],
        resources=["*"],
        conditions=gets,
    )
    yield Statement(
        sid="Apis",
        actions=[f"apigateway:{verb}" for verb in ("POST", "PUT", "PATCH", "DELETE")],
        resources=[f"arn:{arns.partition}:apigateway:{arns.region}::/{path}/*" for path in apis],
        conditions=has,
    )
    yield from _rest_apis(arns, environment)
    yield allow("NewPoolsAndKeys", "cognito-idp", ("CreateUserPool",), "*")
    yield Statement(
        sid="Pools",
        actions=[
            f"cognito-idp:{action}"
            for action in (
                "UpdateUserPool",
                "SetUserPoolMfaConfig",
                "CreateUserPoolClient",
                "UpdateUserPoolClient",
                *TAG,
            )
        ],
        resources=[arns.of("cognito-idp", "userpool/*")],
        conditions=has,
    )
    yield allow("NewKeys", "kms", ("CreateKey",), "*")
    yield Statement(
        sid="Keys",
        actions=[
            f"kms:{action}"
            for action in (
                "PutKeyPolicy",
                "EnableKey",
                "EnableKeyRotation",
                "UpdateKeyDescription",
                "CreateAlias",
                *TAG,
            )
        ],
        resources=[arns.of("kms", "key/*")],
        conditions=has,
    )
    yield allow("Aliases", "kms", ("CreateAlias", "UpdateAlias"), arns.of("kms", f"alias/{prefix}-*"))
    # A distribution is made with its tags; the policies that it uses have none, and are the account's.
    yield Statement(
        sid="NewDistributions",
        actions=["cloudfront:CreateDistribution", "cloudfront:TagResource"],
        resources=["*"],
        conditions=gets,
    )
    yield Statement(
        sid="Distributions",
        actions=[
            f"cloudfront:{action}"
            for action in ("UpdateDistribution", "CreateInvalidation", "AllowVendedLogDeliveryForResource", *TAG)
        ],
        resources=[arns.worldwide("cloudfront", "distribution/*")],
        conditions=has,
    )
    kinds = {
        "CachePolicy": "cache-policy",
        "OriginRequestPolicy": "origin-request-policy",
        "ResponseHeadersPolicy": "response-headers-policy",
        "OriginAccessControl": "origin-access-control",
    }
    yield allow("NewEdgePolicies", "cloudfront", [f"Create{kind}" for kind in kinds], "*")
    yield allow(
        "EdgePolicies",
        "cloudfront",
        [f"{verb}{kind}" for kind in kinds for verb in ("Update", "Delete")],
        *(arns.worldwide("cloudfront", f"{kind}/*") for kind in kinds.values()),
    )
    yield allow(
        "Firewalls",
        "wafv2",
        ("CreateWebACL", "UpdateWebACL", "AssociateWebACL", "PutLoggingConfiguration", *TAG),
        f"arn:{arns.partition}:wafv2:us-east-1:{arns.account}:global/webacl/{prefix}-*/*",
        arns.of("wafv2", f"regional/webacl/{prefix}-*/*"),
    )
    log_delivery = f"arn:{arns.partition}:logs:us-east-1:{arns.account}:delivery"
    yield allow(
        "DeliveryEnds",
        "logs",
        (
            *("PutDeliverySource", "PutDeliveryDestination", "CreateDelivery"),
            *("DeleteDeliverySource", "DeleteDeliveryDestination", *TAG),
        ),
        *(f"{log_delivery}-{end}:{prefix}-*" for end in ("source", "destination")),
    )
    yield Statement(
        sid="NewDeliveries",
        actions=["logs:CreateDelivery", "logs:TagResource"],
        resources=[f"{log_delivery}:*"],
        conditions=gets,
    )
    yield Statement(
        sid="Deliveries",
        actions=[f"logs:{action}" for action in ("UpdateDeliveryConfiguration", "DeleteDelivery", *TAG)],
        resources=[f"{log_delivery}:*"],
        conditions=has,
    )


def _rest_apis(arns: Arns, environment: str) -> Iterator[Statement]:
    """What only REST APIs have: a firewall at their stage, and a log whose name API Gateway chooses."""
    has, gets = tagged(environment)
    yield Statement(
        sid="FirewallsOfApis",
        actions=["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "apigateway:SetWebACL"],
        resources=[f"arn:{arns.partition}:apigateway:{arns.region}::/restapis/*/stages/*"],
        conditions=has,
    )
    errors = arns.of("logs", "log-group:API-Gateway-Execution-Logs_*")
    made = ("CreateLogGroup", "TagResource")
    kept = ("PutRetentionPolicy", "AssociateKmsKey", "DisassociateKmsKey", "PutLogGroupDeletionProtection", *TAG)
    for sid, actions, conditions in (("NewErrorLogs", made, gets), ("ErrorLogs", kept, has)):
        yield Statement(
            sid=sid, actions=[f"logs:{action}" for action in actions], resources=[errors], conditions=conditions
        )


def network(environment: str, arns: Arns) -> Iterator[Statement]:
    """Networks, and the plans by which stores are backed up."""
    has, gets = tagged(environment)
    within = ("Subnet", "RouteTable", "SecurityGroup", "VpcEndpoint", "NatGateway", "FlowLogs")
    kinds = ("Vpc", "InternetGateway", *within)
    yield Statement(
        sid="NewNetworks",
        actions=[*(f"ec2:Create{kind}" for kind in kinds), "ec2:AllocateAddress", "ec2:CreateTags"],
        resources=[arns.of("ec2", "*/*")],
        conditions=gets,
    )
    yield Statement(
        sid="Networks",
        actions=[
            # What is made in a network has to be allowed for the network too.
            *(f"ec2:Create{kind}" for kind in within),
            *(f"ec2:Delete{kind}" for kind in (*within[:3], "VpcEndpoints", *within[4:], "InternetGateway")),
            *("ec2:ModifyVpcAttribute", "ec2:ModifyVpcEndpoint", "ec2:ModifySubnetAttribute", "ec2:ReleaseAddress"),
            *("ec2:CreateRoute", "ec2:ReplaceRoute", "ec2:DeleteRoute", "ec2:ModifySecurityGroupRules"),
            *("ec2:AttachInternetGateway", "ec2:DetachInternetGateway", "ec2:DeleteTags"),
            *("ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"),
            *(f"ec2:{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")),
        ],
        resources=[arns.of("ec2", "*/*")],
        conditions=has,
    )
    yield Statement(sid="NewBackupPlans", actions=["backup:CreateBackupPlan"], resources=["*"], conditions=gets)
    yield Statement(
        sid="BackupPlans",
        actions=[
            f"backup:{action}"
            for action in (
                *("UpdateBackupPlan", "DeleteBackupPlan", "CreateBackupSelection", "DeleteBackupSelection"),
                *TAG,
            )
        ],
        resources=[arns.of("backup", "backup-plan:*")],
        conditions=has,
    )
