"""The role that API Gateway writes the logs of REST APIs with: one for all APIs of a region."""

import pulumi
import pulumi_aws as aws

from components.iam import Arns, Role, Statement


class ApiLogs(pulumi.ComponentResource):
    """What lets REST APIs log. A stack that set it would take it from the next, or leave it without when it goes.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html

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
        role = Role(
            full,
            service="apigateway.amazonaws.com",
            account=arns.account,
            grants=[
                Statement(
                    sid="WriteLogs",
                    # API Gateway tries all of them before it takes the role.
                    actions=[
                        f"logs:{action}"
                        for action in (
                            *("CreateLogGroup", "CreateLogStream", "DescribeLogGroups", "DescribeLogStreams"),
                            *("PutLogEvents", "GetLogEvents", "FilterLogEvents"),
                        )
                    ],
                    resources=[f"arn:{arns.partition}:logs:*:{arns.account}:log-group:*"],
                )
            ],
            opts=child,
        )
        account = aws.apigateway.Account(full, cloudwatch_role_arn=role.arn, opts=child)
        self.role_arn = account.cloudwatch_role_arn.apply(lambda arn: arn or "")
        self.register_outputs({"roleArn": self.role_arn})
