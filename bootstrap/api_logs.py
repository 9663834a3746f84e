"""The role that API Gateway writes the logs of REST APIs with: one for all APIs of a region."""

import pulumi
import pulumi_aws as aws

from components.iam import Arns, Statement, document

WRITES_LOGS = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"
"""What API Gateway asks of the role before it takes it,
https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html."""


class ApiLogs(pulumi.ComponentResource):
    """What lets REST APIs log. A stack that set it would take it from the next, or leave it without when it goes.

    Args:
        name: What its name begins with.
        arns: The account and region.
        opts: Options of the component.
    """

    role_arn: pulumi.Output[str]

    def __init__(self, name: str, *, arns: Arns, opts: pulumi.ResourceOptions | None = None) -> None:
        full = f"{name}-api-logs"
        super().__init__("blog:api_logs:ApiLogs", full, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        trust = Statement(
            sid="Assume",
            actions=["sts:AssumeRole"],
            principals={"Service": "apigateway.amazonaws.com"},
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
            conditions={"StringEquals": {"aws:SourceAccount": arns.account}},
        )
        role = aws.iam.Role(full, name=full, assume_role_policy=document([trust]), opts=child)
        writes = aws.iam.RolePolicyAttachment(
            full, role=role.name, policy_arn=f"arn:{arns.partition}:iam::aws:policy/{WRITES_LOGS}", opts=child
        )
        aws.apigateway.Account(
            full, cloudwatch_role_arn=role.arn, opts=pulumi.ResourceOptions(parent=self, depends_on=[writes])
        )
        self.role_arn = role.arn
        self.register_outputs({"roleArn": self.role_arn})
