"""What a deployment may change: the stack's own resources, known by their names or their tags, and no other's.

Reading is not listed: AWS's managed policy SecurityAudit reads every service's configuration and no data. Nor is the
destruction of what holds data (tables, buckets, keys, user pools, databases, backups): people do that, not pipelines.

Source of the actions: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Iterator, Sequence

from bootstrap.allow import TAG, allow
from bootstrap.rights_by_tag import edge, network
from bootstrap.rights_to_data import messages, stores
from components.iam import Arns, Statement

WITH_ROLES_OF_THEIR_OWN = [
    "backup.amazonaws.com",
    "dax.amazonaws.com",
    "delivery.logs.amazonaws.com",
    "dynamodb.application-autoscaling.amazonaws.com",
    "elasticache.amazonaws.com",
    "ops.apigateway.amazonaws.com",
    "rds.amazonaws.com",
    "wafv2.amazonaws.com",
]
"""Services that make a role for themselves, once an account, in the name of who first needs them there.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html
"""


def deployment(prefix: str, environment: str, arns: Arns, *, functions: Sequence[str]) -> dict[str, list[Statement]]:
    """The rights to deploy a stack, by the name of the policy that holds them; one holds 6,144 characters.

    Args:
        prefix: What the stack's names begin with, such as `blog-dev`.
        environment: The value of the tag `environment` on all its resources.
        arns: The account and region.
        functions: The functions whose roles are handed to Lambda.
    """
    return {
        "compute": [*_compute(prefix, arns), *_roles(prefix, arns, functions)],
        "stores": [*stores(prefix, arns)],
        "messages": [*messages(prefix, arns)],
        "edge": [*edge(prefix, environment, arns)],
        "network": [*network(environment, arns)],
    }


def _compute(prefix: str, arns: Arns) -> Iterator[Statement]:
    settings = ("Concurrency", "EventInvokeConfig")
    yield allow(
        "Functions",
        "lambda",
        (
            *("Get*", "CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"),
            *("DeleteFunction", "CreateAlias", "UpdateAlias", "DeleteAlias", "AddPermission", "RemovePermission"),
            *(f"{verb}Function{setting}" for verb in ("Put", "Delete") for setting in settings),
            *("UpdateFunctionEventInvokeConfig", "InvokeFunction", *TAG),
            *("PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig"),
        ),
        arns.of("lambda", f"function:{prefix}-*"),
    )
    yield allow(
        "Layers",
        "lambda",
        ("GetLayerVersion", "PublishLayerVersion", "DeleteLayerVersion"),
        arns.of("lambda", f"layer:{prefix}-*"),
    )
    yield Statement(
        sid="EventSources",
        actions=[f"lambda:{verb}EventSourceMapping" for verb in ("Create", "Update", "Delete")],
        resources=["*"],
        conditions={"ArnLike": {"lambda:FunctionArn": arns.of("lambda", f"function:{prefix}-*")}},
    )
    yield allow(
        "Logs",
        "logs",
        (
            *("CreateLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", *TAG),
            *("DisassociateKmsKey", "PutLogGroupDeletionProtection"),
        ),
        *(arns.of("logs", f"log-group:/aws/{service}/{prefix}-*") for service in ("lambda", "vendedlogs")),
        arns.of("logs", f"log-group:/aws/vendedlogs/*/{prefix}-*"),
        # A firewall before CloudFront has its log where CloudFront is at home.
        f"arn:{arns.partition}:logs:*:{arns.account}:log-group:aws-waf-logs-{prefix}-*",
    )
    yield allow(
        "LogDeliveries",
        "logs",
        ("CreateLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "PutResourcePolicy"),
        "*",
    )
    yield allow(
        "Monitoring",
        "cloudwatch",
        ("PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", *TAG, "PutDashboard", "DeleteDashboards"),
        arns.of("cloudwatch", f"alarm:{prefix}-*"),
        f"arn:{arns.partition}:cloudwatch::{arns.account}:dashboard/{prefix}-*",
    )


def _roles(prefix: str, arns: Arns, functions: Sequence[str]) -> Iterator[Statement]:
    role = f"arn:{arns.partition}:iam::{arns.account}:role"
    yield allow(
        "Roles",
        "iam",
        (
            *("CreateRole", "UpdateRole", "UpdateAssumeRolePolicy", "DeleteRole"),
            *("PutRolePolicy", "DeleteRolePolicy", "TagRole", "UntagRole"),
        ),
        f"{role}/{prefix}-*",
    )
    yield Statement(
        sid="HandRolesToFunctions",
        actions=["iam:PassRole"],
        resources=[f"{role}/{prefix}-{function}" for function in functions],
        conditions={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
    )
    for role_of, service in (("accelerator", "dax"), ("backup", "backup"), ("flow-logs", "vpc-flow-logs")):
        yield Statement(
            sid=f"HandRoleTo{service.title().replace('-', '')}",
            actions=["iam:PassRole"],
            resources=[f"{role}/{prefix}-{role_of}"],
            conditions={"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}},
        )
    yield Statement(
        sid="RolesOfServices",
        actions=["iam:CreateServiceLinkedRole"],
        resources=[f"{role}/aws-service-role/{service}/*" for service in WITH_ROLES_OF_THEIR_OWN],
        conditions={"StringEquals": {"iam:AWSServiceName": WITH_ROLES_OF_THEIR_OWN}},
    )
