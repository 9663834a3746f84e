"""AWS managed policies that stand for administrators, and those that every function may have.

Source: AWS Managed Policy Reference Guide; the documents are shortened to what matters for rights over rights.
"""

from functools import cache
from typing import Final

from serverless_guard.iam.document import Document, read
from serverless_guard.record import Block

ADMINISTRATORS: Final = frozenset({"AdministratorAccess", "PowerUserAccess", "IAMFullAccess"})
"""Names of the policies that make whoever has them an administrator, or able to become one."""

TELEMETRY: Final = frozenset(
    {
        "AWSLambdaBasicExecutionRole",
        "AWSLambdaVPCAccessExecutionRole",
        "AWSXRayDaemonWriteAccess",
        "CloudWatchLambdaInsightsExecutionRolePolicy",
        "CloudWatchLambdaApplicationSignalsExecutionRolePolicy",
        "AmazonAPIGatewayPushToCloudWatchLogs",
        "AmazonECSTaskExecutionRolePolicy",
    }
)
"""Names of policies that give logs, traces, metrics and network interfaces, and so nothing worth reaching for."""

PRESCRIBED: Final = frozenset(
    {
        "AmazonECSTaskExecutionRolePolicy",  # Amazon ECS Developer Guide, "Amazon ECS task execution IAM role"
        "AmazonEC2ContainerServiceforEC2Role",  # the same, "Amazon ECS container instance IAM role"
        "AmazonEKSClusterPolicy",  # Amazon EKS User Guide, "Amazon EKS cluster IAM role"
        "AmazonEKSBlockStoragePolicy",  # the same, for Auto Mode
        "AmazonEKSComputePolicy",
        "AmazonEKSLoadBalancingPolicy",
        "AmazonEKSNetworkingPolicy",
        "AmazonEKSWorkerNodePolicy",  # the same, "Amazon EKS node IAM role"
        "AmazonEKSWorkerNodeMinimalPolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEC2ContainerRegistryReadOnly",
        "AmazonEKSFargatePodExecutionRolePolicy",  # the same, "Amazon EKS Pod execution IAM role"
        "AmazonRDSEnhancedMonitoringRole",  # Amazon RDS User Guide, "Setting up and enabling Enhanced Monitoring"
        "AmazonAPIGatewayPushToCloudWatchLogs",  # API Gateway Developer Guide, "Set up CloudWatch logging"
        "AWSAppSyncPushToCloudWatchLogs",  # AWS AppSync Developer Guide, "CloudWatch logs"
        "AWSTransferLoggingAccess",  # AWS Transfer Family User Guide, "Configure CloudWatch logging role"
        "AWSBackupServiceRolePolicyForBackup",  # AWS Backup Developer Guide, "IAM service roles"
        "AWSBackupServiceRolePolicyForRestores",
        "AmazonDMSVPCManagementRole",  # AWS DMS User Guide, "Creating the IAM roles to use with AWS DMS"
        "AmazonDMSCloudWatchLogsRole",
        "AWS_ConfigRole",  # AWS Config Developer Guide, "Permissions for the IAM role assigned to AWS Config"
    }
)
"""Names of policies that a service's guide has its role attach; a copy would miss what AWS adds to them."""

_STATEMENTS: Final[dict[str, list[dict[str, object]]]] = {
    "AdministratorAccess": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
    "PowerUserAccess": [
        {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
        {"Effect": "Allow", "Action": ["iam:CreateServiceLinkedRole", "iam:ListRoles"], "Resource": "*"},
    ],
    "IAMFullAccess": [{"Effect": "Allow", "Action": ["iam:*", "organizations:Describe*"], "Resource": "*"}],
    "ReadOnlyAccess": [{"Effect": "Allow", "Action": ["*:Get*", "*:List*", "*:Describe*"], "Resource": "*"}],
    "ViewOnlyAccess": [{"Effect": "Allow", "Action": ["*:List*", "*:Describe*"], "Resource": "*"}],
    "SecurityAudit": [{"Effect": "Allow", "Action": ["*:List*", "*:Describe*"], "Resource": "*"}],
}


def name_of(arn: str) -> str:
    """Give the name of an AWS managed policy by its ARN, empty for any other ARN."""
    return arn.rpartition("/")[2] if ":iam::aws:policy/" in arn else ""


@cache
def document_of(name: str) -> Document | None:
    """Give what an AWS managed policy allows, as far as it is known.

    Of a policy that is known by its name alone, such as `AmazonS3FullAccess`, nothing is guessed.
    """
    if name not in _STATEMENTS:
        return None
    return read(Block({"policy": {"Version": "2012-10-17", "Statement": _STATEMENTS[name]}}), "policy")
