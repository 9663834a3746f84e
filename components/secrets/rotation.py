"""Gives a secret another value from time to time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from components.compute.function import Function, FunctionDefaults
from components.iam import Statement
from components.secrets.secret import Secret

DAYS = 30
SECONDS = 300
"""Longer than a lock takes to learn of a new value."""


class Rotation(pulumi.ComponentResource):
    """A function that Secrets Manager calls each month, in four steps, to rotate one secret.

    The value before the last rotation stays valid until the next one, so that nobody has to learn of it in time. The
    first rotation comes after the first month: the value of the first deployment is new.

    Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html

    Args:
        module: The function that rotates it.
        defaults: What it shares with the other functions.
        secret: What is rotated.
        grants: What the function may do beyond reading and writing the secret.
        environment: Variables of its own; nothing secret.
        needs: What has to exist before the function can do its work; Secrets Manager calls it at once.
        opts: Options of the component.
    """

    function: Function

    def __init__(
        self,
        module: str,
        *,
        defaults: FunctionDefaults,
        secret: Secret,
        grants: Sequence[Statement] = (),
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        needs: Sequence[pulumi.Resource] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:rotation:Rotation", secret.name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.function = Function(
            module,
            # Nobody waits for it, so none is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[secret.grant_rotate(), *grants],
            environment=environment,
            timeout=SECONDS,
            opts=child,
        )
        alias = self.function.alias
        permission = aws.lambda_.Permission(
            secret.name,
            statement_id="rotation",
            action="lambda:InvokeFunction",
            principal="secretsmanager.amazonaws.com",
            function=alias.function_name,
            qualifier=alias.name,
            source_account=defaults.deployment.arns.account,
            opts=child,
        )
        aws.secretsmanager.SecretRotation(
            secret.name,
            secret_id=secret.id,
            rotation_lambda_arn=alias.arn,
            rotate_immediately=False,
            rotation_rules=aws.secretsmanager.SecretRotationRotationRulesArgs(automatically_after_days=DAYS),
            # The service tries to call the function when the rotation is made.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission, *needs]),
        )
        self.register_outputs({"function": self.function.name})
