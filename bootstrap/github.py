"""Who may deploy from GitHub's workflows: roles without keys, each for one kind of run of one repository."""

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from bootstrap.rights import compact
from components.iam import Arns, Statement, document

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"


class Workflows(pulumi.ComponentResource):
    """GitHub as an identity provider, and the roles that its workflows assume.

    Each role names the whole subject of the tokens that it takes: a pull request of the repository, its main branch,
    or one environment, for which GitHub can ask a person first. Tokens of forks have other subjects.

    Source: https://docs.github.com/en/actions/reference/security/oidc

    Args:
        name: What the names of the roles begin with.
        repository: The repository, OWNER/NAME.
        arns: The account.
        opts: Options of the component.
    """

    def __init__(self, name: str, *, repository: str, arns: Arns, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("blog:github:Workflows", name, None, opts)
        self._name = name
        self._repository = repository
        self._arns = arns
        self._child = pulumi.ResourceOptions(parent=self)
        self._issuer = aws.iam.OpenIdConnectProvider(
            name, url=f"https://{ISSUER}", client_id_lists=[AUDIENCE], opts=self._child
        )
        self.register_outputs({})

    def role(
        self, purpose: str, *, subjects: Sequence[str], documents: Mapping[str, Sequence[Statement]]
    ) -> pulumi.Output[str]:
        """Create a role that does what its documents allow and nothing else.

        Args:
            purpose: The end of its name.
            subjects: What a token's subject is after the repository, such as `environment:prod`.
            documents: By name, the documents of its policies: at most ten, of 6,144 characters each.

        Returns:
            The role's ARN, once it holds its policies.
        """
        name = f"{self._name}-{purpose}"
        trust = Statement(
            sid="Workflows",
            actions=["sts:AssumeRoleWithWebIdentity"],
            principals={"Federated": f"arn:{self._arns.partition}:iam::{self._arns.account}:oidc-provider/{ISSUER}"},
            conditions={
                "StringEquals": {
                    f"{ISSUER}:aud": AUDIENCE,
                    f"{ISSUER}:sub": [f"repo:{self._repository}:{subject}" for subject in subjects],
                }
            },
        )
        role = aws.iam.Role(
            name,
            name=name,
            description=f"Workflows of {self._repository}: {purpose}",
            assume_role_policy=document([trust]),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[self._issuer]),
        )
        attached = [self._attach(role, f"{name}-{part}", statements) for part, statements in documents.items()]
        return pulumi.Output.all(role.arn, *(attachment.id for attachment in attached)).apply(lambda known: known[0])

    def _attach(self, role: aws.iam.Role, name: str, statements: Sequence[Statement]) -> aws.iam.RolePolicyAttachment:
        policy = aws.iam.Policy(name, name=name, policy=compact(statements), opts=self._child)
        return aws.iam.RolePolicyAttachment(
            name,
            role=role.name,
            # By its name, for the rules cannot judge what is known only later.
            policy_arn=f"arn:{self._arns.partition}:iam::{self._arns.account}:policy/{name}",
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
