"""IAM as data: ARNs that are known before anything exists, statements, documents and roles."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pulumi
import pulumi_aws as aws

type Conditions = Mapping[str, Mapping[str, str | Sequence[str]]]


@dataclass(frozen=True, kw_only=True)
class Arns:
    """Builds the ARNs of one account and region from names.

    A document that is made of an output of a resource is unknown at the first preview, and no rule can judge it then.
    Names, account, region and partition are always known.
    """

    partition: str
    region: str
    account: str

    def of(self, service: str, resource: str) -> str:
        """The ARN of a resource, such as `of("dynamodb", "table/blog-dev")`."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def worldwide(self, service: str, resource: str) -> str:
        """The ARN of a resource of a service without regions, such as `worldwide("cloudfront", "distribution/E1")`."""
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"

    def bucket(self, name: str) -> str:
        """The ARN of a bucket, which names neither region nor account."""
        return f"arn:{self.partition}:s3:::{name}"

    @property
    def root(self) -> str:
        """The account itself as a principal: it hands a right on to whom its IAM policies name."""
        return f"arn:{self.partition}:iam::{self.account}:root"


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a document, in IAM's own words.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html
    """

    sid: str
    actions: Sequence[str]
    resources: Sequence[str] = ()
    conditions: Conditions = field(default_factory=dict[str, Mapping[str, str | Sequence[str]]])
    principals: Mapping[str, str | Sequence[str]] = field(default_factory=dict[str, str | Sequence[str]])
    effect: Literal["Allow", "Deny"] = "Allow"

    def element(self) -> dict[str, object]:
        """The statement as an element of a document's JSON; what is empty is left out."""
        members = {
            "Sid": self.sid,
            "Effect": self.effect,
            "Principal": dict(self.principals),
            "Action": list(self.actions),
            "Resource": list(self.resources),
            "Condition": {operator: dict(operands) for operator, operands in self.conditions.items()},
        }
        return {name: value for name, value in members.items() if value}


def document(statements: Sequence[Statement]) -> str:
    """Write statements as the JSON text of a policy document; the same statements give the same text."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement.element() for statement in statements]})


class Role(pulumi.ComponentResource):
    """A role for one AWS service, with all that it may do in one inline document.

    Args:
        name: The physical name of the role.
        service: The service principal that assumes it, such as `lambda.amazonaws.com`.
        grants: What the role may do; nothing else is added.
        account: On whose behalf alone the service may assume it, where the service says on whose it acts.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        service: str,
        grants: Sequence[Statement],
        account: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:iam:Role", name, None, opts)
        trust = Statement(
            sid="Assume",
            actions=["sts:AssumeRole"],
            principals={"Service": service},
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
            conditions={"StringEquals": {"aws:SourceAccount": account}} if account else {},
        )
        role = aws.iam.Role(
            name, name=name, assume_role_policy=document([trust]), opts=pulumi.ResourceOptions(parent=self)
        )
        grant = aws.iam.RolePolicy(
            name, name="grants", role=role.name, policy=document(grants), opts=pulumi.ResourceOptions(parent=self)
        )
        # The role is usable once it holds its grants: whoever takes the ARN waits for both.
        self.arn = pulumi.Output.all(role.arn, grant.id).apply(lambda both: both[0])
        self.register_outputs({"arn": self.arn})
