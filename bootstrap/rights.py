"""What a deployment may change: the stack's own resources, known by their names or their tags, and no other's.

Reading is not listed: AWS's managed policy SecurityAudit reads every service's configuration and no data. Nor is the
destruction of what holds data (tables, buckets, keys, user pools, databases, backups): people do that, not pipelines.

Source of the actions: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

from collections.abc import Iterator, Sequence

from components.iam import Arns, Conditions, Statement

TAG = ("TagResource", "UntagResource")


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
        "stores": [*_stores(prefix, arns), *_messages(prefix, arns)],
        "edge": [*_edge(prefix, environment, arns), *_network(environment, arns)],
    }


def _allow(sid: str, service: str, actions: Sequence[str], *resources: str) -> Statement:
    return Statement(sid=sid, actions=[f"{service}:{action}" for action in actions], resources=resources)


def _compute(prefix: str, arns: Arns) -> Iterator[Statement]:
    settings = ("Concurrency", "EventInvokeConfig")
    yield _allow(
        "Functions",
        "lambda",
        (
            *("Get*", "CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration", "PublishVersion"),
            *("DeleteFunction", "CreateAlias", "UpdateAlias", "DeleteAlias", "AddPermission", "RemovePermission"),
            *(f"{verb}Function{setting}" for verb in ("Put", "Delete") for setting in settings),
            *("UpdateFunctionEventInvokeConfig", *TAG),
            *("PutProvisionedConcurrencyConfig", "DeleteProvisionedConcurrencyConfig"),
        ),
        arns.of("lambda", f"function:{prefix}-*"),
    )
    yield _allow(
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
    yield _allow(
        "Logs",
        "logs",
        (
            *("CreateLogGroup", "PutRetentionPolicy", "DeleteRetentionPolicy", "AssociateKmsKey", *TAG),
            *("DisassociateKmsKey", "PutLogGroupDeletionProtection"),
        ),
        *(arns.of("logs", f"log-group:/aws/{service}/{prefix}-*") for service in ("lambda", "vendedlogs")),
        arns.of("logs", f"log-group:/aws/vendedlogs/*/{prefix}-*"),
    )
    yield _allow(
        "LogDeliveries",
        "logs",
        ("CreateLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery", "PutResourcePolicy"),
        "*",
    )
    yield _allow(
        "Monitoring",
        "cloudwatch",
        ("PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms", *TAG, "PutDashboard", "DeleteDashboards"),
        arns.of("cloudwatch", f"alarm:{prefix}-*"),
        f"arn:{arns.partition}:cloudwatch::{arns.account}:dashboard/{prefix}-*",
    )


def _roles(prefix: str, arns: Arns, functions: Sequence[str]) -> Iterator[Statement]:
    role = f"arn:{arns.partition}:iam::{arns.account}:role"
    yield _allow(
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


def _stores(prefix: str, arns: Arns) -> Iterator[Statement]:
    yield _allow(
        "Tables",
        "dynamodb",
        ("CreateTable", "UpdateTable", "UpdateTimeToLive", "UpdateContinuousBackups", *TAG),
        arns.of("dynamodb", f"table/{prefix}-*"),
    )
    configurations = ("Encryption", "Lifecycle")
    bucket = f"arn:{arns.partition}:s3:::{prefix}-*"
    yield _allow(
        "Buckets",
        "s3",
        (
            *("CreateBucket", "PutBucketPolicy", "PutBucketVersioning", "PutBucketPublicAccessBlock"),
            *("PutBucketOwnershipControls", "PutBucketLogging", "PutBucketNotification", "PutBucketTagging"),
            *("PutBucketCORS", *(f"Put{configuration}Configuration" for configuration in configurations)),
        ),
        bucket,
    )
    yield _allow("Assets", "s3", ("GetObject", "PutObject", "DeleteObject"), f"{bucket}-assets-*/*")
    yield _allow(
        "Secrets",
        "secretsmanager",
        ("CreateSecret", "UpdateSecret", "PutSecretValue", "PutResourcePolicy", "RotateSecret", *TAG),
        arns.of("secretsmanager", f"secret:{prefix}-*"),
    )
    yield _allow(
        "Parameters",
        "ssm",
        ("GetParameter", "PutParameter", "DeleteParameter", "AddTagsToResource", "RemoveTagsFromResource"),
        arns.of("ssm", f"parameter/{prefix}/*"),
    )
    yield _allow(
        "Databases",
        "rds",
        (
            *("CreateDBCluster", "ModifyDBCluster", "CreateDBInstance", "ModifyDBInstance", "CreateDBSubnetGroup"),
            *("ModifyDBSubnetGroup", "CreateDBParameterGroup", "ModifyDBParameterGroup", "AddTagsToResource"),
            *("CreateDBClusterParameterGroup", "ModifyDBClusterParameterGroup", "RemoveTagsFromResource"),
        ),
        *(arns.of("rds", f"{kind}:{prefix}-*") for kind in ("cluster", "db", "subgrp", "pg", "cluster-pg")),
    )
    caches = ("serverlesscache", "replicationgroup", "subnetgroup", "parametergroup", "user", "usergroup")
    yield _allow(
        "Caches",
        "elasticache",
        (
            *("CreateServerlessCache", "ModifyServerlessCache", "CreateReplicationGroup", "ModifyReplicationGroup"),
            *("CreateCacheSubnetGroup", "ModifyCacheSubnetGroup", "CreateCacheParameterGroup", "CreateUser"),
            *("ModifyCacheParameterGroup", "ModifyUser", "CreateUserGroup", "ModifyUserGroup"),
            *("AddTagsToResource", "RemoveTagsFromResource"),
        ),
        *(arns.of("elasticache", f"{kind}:{prefix}-*") for kind in caches),
    )
    yield _allow(
        "Queries",
        "athena",
        ("CreateWorkGroup", "UpdateWorkGroup", "CreateNamedQuery", "UpdateNamedQuery", "DeleteNamedQuery", *TAG),
        arns.of("athena", f"workgroup/{prefix}-*"),
    )


def _messages(prefix: str, arns: Arns) -> Iterator[Statement]:
    yield _allow(
        "Queues",
        "sqs",
        ("CreateQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"),
        arns.of("sqs", f"{prefix}-*"),
    )
    yield _allow(
        "Topics",
        "sns",
        ("CreateTopic", "SetTopicAttributes", "Subscribe", "Unsubscribe", "SetSubscriptionAttributes", *TAG),
        arns.of("sns", f"{prefix}-*"),
    )
    yield _allow(
        "Rules",
        "events",
        ("PutRule", "DeleteRule", "PutTargets", "RemoveTargets", *TAG),
        arns.of("events", f"rule/{prefix}-*"),
    )
    yield _allow(
        "Budgets", "budgets", ("ModifyBudget",), f"arn:{arns.partition}:budgets::{arns.account}:budget/{prefix}-*"
    )


def _edge(prefix: str, environment: str, arns: Arns) -> Iterator[Statement]:
    """What AWS names by numbers is known by its tag: by the one that it has, or by the one that it is made with."""
    has, gets = _tagged(environment)
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
    yield _allow("NewPoolsAndKeys", "cognito-idp", ("CreateUserPool",), "*")
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
    yield _allow("NewKeys", "kms", ("CreateKey",), "*")
    yield Statement(
        sid="Keys",
        actions=[
            f"kms:{action}"
            for action in ("PutKeyPolicy", "EnableKeyRotation", "UpdateKeyDescription", "CreateAlias", *TAG)
        ],
        resources=[arns.of("kms", "key/*")],
        conditions=has,
    )
    yield _allow("Aliases", "kms", ("CreateAlias", "UpdateAlias"), arns.of("kms", f"alias/{prefix}-*"))
    cloudfront = ("Distribution", "CachePolicy", "OriginRequestPolicy", "ResponseHeadersPolicy", "OriginAccessControl")
    yield Statement(
        sid="Distributions",
        actions=[
            *(f"cloudfront:{verb}{kind}" for kind in cloudfront for verb in ("Create", "Update")),
            *(f"cloudfront:{action}" for action in ("CreateInvalidation", *TAG)),
        ],
        resources=["*"],
        conditions=has,
    )
    yield _allow(
        "Firewalls",
        "wafv2",
        ("CreateWebACL", "UpdateWebACL", "PutLoggingConfiguration", *TAG),
        f"arn:{arns.partition}:wafv2:us-east-1:{arns.account}:global/webacl/{prefix}-*/*",
        arns.of("wafv2", f"regional/webacl/{prefix}-*/*"),
    )


def _network(environment: str, arns: Arns) -> Iterator[Statement]:
    has, gets = _tagged(environment)
    kinds = ("Vpc", "Subnet", "RouteTable", "SecurityGroup", "VpcEndpoint", "FlowLogs")
    yield Statement(
        sid="NewNetworks",
        actions=[*(f"ec2:Create{kind}" for kind in kinds), "ec2:CreateTags"],
        resources=[arns.of("ec2", "*/*")],
        conditions=gets,
    )
    yield Statement(
        sid="Networks",
        actions=[
            *(f"ec2:{verb}{kind}" for kind in kinds[1:4] for verb in ("Create", "Delete")),
            *(
                "ec2:ModifyVpcAttribute",
                "ec2:ModifyVpcEndpoint",
                "ec2:DeleteVpcEndpoints",
                "ec2:CreateRoute",
                "ec2:DeleteRoute",
            ),
            *("ec2:AssociateRouteTable", "ec2:DisassociateRouteTable"),
            *(f"ec2:{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in ("Ingress", "Egress")),
        ],
        resources=[arns.of("ec2", "*/*")],
        conditions=has,
    )


def _tagged(environment: str) -> tuple[Conditions, Conditions]:
    """What a resource has, and what it is made with."""
    return (
        {"StringEquals": {"aws:ResourceTag/environment": environment}},
        {"StringEquals": {"aws:RequestTag/environment": environment}},
    )
