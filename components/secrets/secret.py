"""A secret that the program makes once and nobody has to know."""

import secrets

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.iam import Statement
from components.protection import stateful

RECOVERY_DAYS = 30
"""How long a deleted secret can be restored, the longest that Secrets Manager offers,
https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html."""


class Secret(pulumi.ComponentResource):
    """A random text in Secrets Manager. The first deployment makes it, later ones leave it alone, rotated or not.

    In the state, it stands encrypted. Functions read it at run time by its name; no variable of theirs holds it.

    Args:
        name: The physical name of the secret.
        deployment: What it shares with the other parts.
        description: What it is for.
        opts: Options of the component.
    """

    name: str

    id: pulumi.Output[str]
    """Its ARN, known once it has a value: without one, it can be neither read nor rotated."""

    value: pulumi.Output[str]
    """What the first deployment made, for what has to know it as well; never what came after a rotation."""

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        description: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:secret:Secret", name, None, opts)
        self.name = name
        self._arns = deployment.arns
        secret = aws.secretsmanager.Secret(
            name,
            name=name,
            description=description,
            kms_key_id=deployment.key_arn,
            # Where nothing is worth keeping, the name is free again at once.
            recovery_window_in_days=RECOVERY_DAYS if deployment.protection else 0,
            opts=stateful(self, protection=deployment.protection),
        )
        version = aws.secretsmanager.SecretVersion(
            name,
            secret_id=secret.id,
            secret_string=made_with(secret.id),
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["secretString"]),
        )
        # Both of them, so that who reads the program sees the secret behind it.
        self.id = pulumi.Output.all(secret.id, version.id).apply(lambda both: both[0])
        self.value = pulumi.Output.secret(version.secret_string).apply(lambda text: text or "")
        self.register_outputs({"name": name})

    def grant_read(self) -> Statement:
        """The statement that allows to read the secret.

        Secrets Manager adds six characters to the name, so that a secret of the same name made later has another ARN.
        Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
        """
        return self._grant("Read", "GetSecretValue")

    def grant_rotate(self) -> Statement:
        """The statement that allows to give the secret another value.

        Source: https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
        """
        return self._grant("Rotate", "DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage")

    def _grant(self, what: str, *actions: str) -> Statement:
        return Statement(
            sid=what + "".join(part.capitalize() for part in self.name.split("-")),
            actions=[f"secretsmanager:{action}" for action in actions],
            resources=[self._arns.of("secretsmanager", f"secret:{self.name}-??????")],
        )


def made_with(id_: pulumi.Output[str]) -> pulumi.Output[str]:
    """A random text of 256 bits, secret, that is made once a resource has its id.

    No preview of the resource's creation knows it. If one did, a saved plan would hold the deployment to a value that
    only the preview had, and would say both.
    """
    return pulumi.Output.secret(id_.apply(lambda _: secrets.token_urlsafe(32)))
