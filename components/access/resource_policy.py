"""Statements of policies that hang on a resource: what it refuses to everybody, and which services may use it."""

from collections.abc import Sequence
from dataclasses import dataclass

from components.iam import Statement


def tls_only(service: str, *resources: str) -> Statement:
    """The statement by which a resource refuses requests without TLS, of whomever.

    Args:
        service: The prefix of the service's actions, such as `s3`.
        resources: ARNs of the resource and of what is in it.
    """
    return Statement(
        sid="TlsOnly",
        effect="Deny",
        principals={"AWS": "*"},
        actions=[f"{service}:*"],
        resources=resources,
        conditions={"Bool": {"aws:SecureTransport": "false"}},
    )


@dataclass(frozen=True, kw_only=True)
class ServiceAccess:
    """What a service of AWS may do with a resource, on behalf of other resources of this account.

    Attributes:
        service: The service principal, such as `cloudfront.amazonaws.com`.
        actions: What it may do, such as `s3:GetObject`.
        source: The ARN, or a pattern of the ARNs, of those that it acts for.
        says_account: Whether the service tells the account beside the source. CloudFront does not, and the pages on
            dead letters of EventBridge and SNS do not say that those do; the ARN of their sources names it anyway.
        part: Which part of the resource, such as `/reports/*` of a bucket; by default the resource itself.
    """

    service: str
    actions: Sequence[str]
    source: str
    part: str = ""
    says_account: bool = True

    def statement(self, resource: str, account: str) -> Statement:
        """The statement in the policy of the resource; its conditions keep others from using the service as a deputy.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html

        Args:
            resource: The resource's ARN.
            account: The account of both.
        """
        words = self.service.removesuffix(".amazonaws.com").replace(".", "-").split("-")
        return Statement(
            sid="UsedBy" + "".join(word.capitalize() for word in words),
            principals={"Service": self.service},
            actions=self.actions,
            resources=[f"{resource}{self.part}"],
            conditions={
                **({"StringEquals": {"aws:SourceAccount": account}} if self.says_account else {}),
                "ArnLike": {"aws:SourceArn": self.source},
            },
        )
