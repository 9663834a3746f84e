"""ElastiCache with or without servers, and DynamoDB Accelerator.

Sources: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/IAM.IdentityBasedPolicies.html (a serverless cache
makes a VPC endpoint on behalf of its maker), https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html,
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html
"""

from collections.abc import Mapping

from bootstrap.access import TAGGED, Access, ConditionTemplate, allow, regional, service_role, worldwide


def _arn(kind: str) -> str:
    return regional("elasticache", f"{kind}:{{prefix}}-*")


SERVERLESS, GROUP, NODE, SUBNETS = map(_arn, ("serverlesscache", "replicationgroup", "cluster", "subnetgroup"))
USER, USERS = _arn("user"), _arn("usergroup")
DEFAULTS = regional("elasticache", "parametergroup:default.*")
"""A group of parameters of AWS, which a cache without its own has."""

ENDPOINT = regional("ec2", "vpc-endpoint/*")
WITHIN = tuple(regional("ec2", f"{kind}/*") for kind in ("vpc", "subnet", "security-group"))
MANAGED: ConditionTemplate = {"StringEquals": {"aws:RequestTag/AmazonElastiCacheManaged": "true"}}
LOGS = allow(
    "logs",
    "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries PutResourcePolicy"
    " DescribeResourcePolicies DescribeLogGroups",
    "*",
)
RETAG = "AddTagsToResource RemoveTagsFromResource"
NETWORK = allow("ec2", "DescribeSubnets DescribeVpcs DescribeSecurityGroups", "*")

ACCELERATOR = regional("dax", "cache/{prefix}-*")
PASSED_TO_DAX: ConditionTemplate = {"StringEquals": {"iam:PassedToService": "dax.amazonaws.com"}}

ACCESS: Mapping[str, Access] = {
    "aws:elasticache/serverlessCache:ServerlessCache": Access(
        create=[
            allow("elasticache", "CreateServerlessCache", SERVERLESS, USERS),
            allow("elasticache", "AddTagsToResource", SERVERLESS),
            allow("ec2", "CreateVpcEndpoint", ENDPOINT, when=MANAGED),
            allow(
                "ec2",
                "CreateTags",
                ENDPOINT,
                when={"StringEquals": {**MANAGED["StringEquals"], "ec2:CreateAction": "CreateVpcEndpoint"}},
            ),
            allow("ec2", "CreateVpcEndpoint", *WITHIN, when=TAGGED),
            NETWORK,
            service_role("elasticache.amazonaws.com"),
        ],
        read=[allow("elasticache", "DescribeServerlessCaches ListTagsForResource", SERVERLESS)],
        update=[
            allow("elasticache", "ModifyServerlessCache", SERVERLESS, USERS),
            allow("elasticache", RETAG, SERVERLESS),
        ],
        delete=[
            allow("elasticache", "DeleteServerlessCache", SERVERLESS),
            allow(
                "ec2",
                "DeleteVpcEndpoints",
                ENDPOINT,
                when={"StringEquals": {"aws:ResourceTag/AmazonElastiCacheManaged": "true"}},
            ),
        ],
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Access(
        create=[
            allow("elasticache", "CreateReplicationGroup", GROUP, NODE, SUBNETS, USERS, DEFAULTS),
            allow("elasticache", "AddTagsToResource", GROUP, NODE),
            LOGS,
            NETWORK,
            service_role("elasticache.amazonaws.com"),
        ],
        read=[
            allow("elasticache", "DescribeReplicationGroups ListTagsForResource", GROUP),
            allow("elasticache", "DescribeCacheClusters", NODE),
        ],
        update=[
            allow("elasticache", "ModifyReplicationGroup", GROUP, USERS, DEFAULTS),
            allow("elasticache", "IncreaseReplicaCount DecreaseReplicaCount TestFailover", GROUP),
            allow("elasticache", RETAG, GROUP),
        ],
        delete=[allow("elasticache", "DeleteReplicationGroup", GROUP)],
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": Access(
        create=[allow("elasticache", "CreateCacheSubnetGroup AddTagsToResource", SUBNETS), NETWORK],
        read=[allow("elasticache", "DescribeCacheSubnetGroups ListTagsForResource", SUBNETS)],
        update=[allow("elasticache", f"ModifyCacheSubnetGroup {RETAG}", SUBNETS)],
        delete=[allow("elasticache", "DeleteCacheSubnetGroup", SUBNETS)],
    ),
    "aws:elasticache/user:User": Access(
        create=[allow("elasticache", "CreateUser AddTagsToResource", USER)],
        read=[allow("elasticache", "DescribeUsers ListTagsForResource", USER)],
        update=[allow("elasticache", f"ModifyUser {RETAG}", USER)],
        delete=[allow("elasticache", "DeleteUser", USER)],
    ),
    "aws:elasticache/userGroup:UserGroup": Access(
        create=[
            allow("elasticache", "CreateUserGroup", USERS, USER),
            allow("elasticache", "AddTagsToResource", USERS),
        ],
        read=[allow("elasticache", "DescribeUserGroups ListTagsForResource", USERS)],
        update=[
            allow("elasticache", "ModifyUserGroup", USERS, USER),
            allow("elasticache", RETAG, USERS),
        ],
        delete=[allow("elasticache", "DeleteUserGroup", USERS)],
    ),
    "aws:dax/cluster:Cluster": Access(
        create=[
            allow("dax", "CreateCluster TagResource", ACCELERATOR),
            allow("iam", "PassRole", worldwide("iam", "role/{prefix}-accelerator"), when=PASSED_TO_DAX),
            allow("iam", "GetRole", worldwide("iam", "role/{prefix}-accelerator")),
            NETWORK,
            service_role("dax.amazonaws.com"),
        ],
        read=[allow("dax", "DescribeClusters ListTags", ACCELERATOR)],
        update=[
            allow(
                "dax",
                "UpdateCluster IncreaseReplicationFactor DecreaseReplicationFactor TagResource UntagResource",
                ACCELERATOR,
            )
        ],
        delete=[allow("dax", "DeleteCluster", ACCELERATOR)],
    ),
    # The reference names no resource types for these.
    "aws:dax/subnetGroup:SubnetGroup": Access(
        create=[allow("dax", "CreateSubnetGroup", "*"), NETWORK],
        read=[allow("dax", "DescribeSubnetGroups", "*")],
        update=[allow("dax", "UpdateSubnetGroup", "*")],
        delete=[allow("dax", "DeleteSubnetGroup", "*")],
    ),
    "aws:dax/parameterGroup:ParameterGroup": Access(
        create=[allow("dax", "CreateParameterGroup UpdateParameterGroup", "*")],
        read=[allow("dax", "DescribeParameterGroups DescribeParameters", "*")],
        update=[allow("dax", "UpdateParameterGroup", "*")],
        delete=[allow("dax", "DeleteParameterGroup", "*")],
    ),
}
