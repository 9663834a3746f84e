"""Who users are: the Cognito pool that signs them in."""

from typing import Literal

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.protection import stateful


class Identity(pulumi.ComponentResource):
    """A user pool that keeps its users' secrets well, with the client that the application signs in by.

    Tokens live for an hour, and what a sign-in answers does not tell whether a user exists. The client takes passwords
    by SRP only, so that they never leave the browser, and from an operator with AWS credentials (the smoke call).
    Sources: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html,
    https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-case-sensitivity.html

    Args:
        name: The physical name of the pool and its client.
        deployment: What it shares with the other parts.
        mfa: Whether a second factor, a code from an app, is asked for.
        opts: Options of the component.
    """

    pool_id: pulumi.Output[str]
    pool_arn: pulumi.Output[str]
    client_id: pulumi.Output[str]
    issuer: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        mfa: Literal["OFF", "OPTIONAL", "ON"],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:identity:Identity", name, None, opts)
        pool = aws.cognito.UserPool(
            name,
            name=name,
            # Ada, ada and ADA are one user; a pool cannot change that later.
            username_configuration=aws.cognito.UserPoolUsernameConfigurationArgs(case_sensitive=False),
            mfa_configuration=mfa,
            software_token_mfa_configuration=None
            if mfa == "OFF"
            else aws.cognito.UserPoolSoftwareTokenMfaConfigurationArgs(enabled=True),
            password_policy=aws.cognito.UserPoolPasswordPolicyArgs(
                minimum_length=12,
                require_lowercase=True,
                require_uppercase=True,
                require_numbers=True,
                require_symbols=True,
                temporary_password_validity_days=1,
            ),
            account_recovery_setting=aws.cognito.UserPoolAccountRecoverySettingArgs(
                recovery_mechanisms=[
                    aws.cognito.UserPoolAccountRecoverySettingRecoveryMechanismArgs(name="verified_email", priority=1)
                ]
            ),
            auto_verified_attributes=["email"],
            deletion_protection="ACTIVE" if deployment.protection else "INACTIVE",
            opts=stateful(self, protection=deployment.protection),
        )
        client = aws.cognito.UserPoolClient(
            name,
            name=name,
            user_pool_id=pool.id,
            explicit_auth_flows=[
                "ALLOW_USER_SRP_AUTH",
                "ALLOW_ADMIN_USER_PASSWORD_AUTH",
                "ALLOW_REFRESH_TOKEN_AUTH",
            ],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
            access_token_validity=1,  # hours
            id_token_validity=1,  # hours
            refresh_token_validity=30,  # days
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.pool_id = pool.id
        self.pool_arn = pool.arn
        self.client_id = client.id
        self.issuer = pulumi.Output.concat("https://", pool.endpoint)
        self.register_outputs({"poolId": self.pool_id, "clientId": self.client_id, "issuer": self.issuer})
