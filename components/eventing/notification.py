"""Tells a function of files that are put into a bucket."""

import pulumi
import pulumi_aws as aws

from components.compute.function import Function
from components.storage.bucket import Bucket


def notify(
    name: str,
    function: Function,
    bucket: Bucket,
    *,
    account: str,
    statement_id: str,
    suffix: str | None = None,
    parent: pulumi.Resource,
) -> None:
    """Have a function called with each file that is put into a bucket, which alone may call it so.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html

    Args:
        name: The name in the program.
        function: What is called.
        bucket: Where files are put. S3 takes one notification of a bucket.
        account: Whose bucket it has to be, as its name could be another's one day.
        statement_id: The statement in the function's policy.
        suffix: How the names of the files end; None for all.
        parent: The component that it belongs to.
    """
    permission = aws.lambda_.Permission(
        name,
        statement_id=statement_id,
        action="lambda:InvokeFunction",
        principal="s3.amazonaws.com",
        function=function.alias.function_name,
        qualifier=function.alias.name,
        source_arn=bucket.arn,
        source_account=account,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    aws.s3.BucketNotification(
        name,
        bucket=bucket.name,
        lambda_functions=[
            aws.s3.BucketNotificationLambdaFunctionArgs(
                lambda_function_arn=function.alias.arn, events=["s3:ObjectCreated:*"], filter_suffix=suffix
            )
        ],
        # S3 tries whether it may call the function.
        opts=pulumi.ResourceOptions(parent=parent, depends_on=[permission]),
    )
