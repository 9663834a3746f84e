"""What all parts of one deployment have in common."""

from dataclasses import dataclass, replace

import pulumi

from components.iam import Arns


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """Handed to every component, so that none is named, encrypted, kept or protected differently by oversight.

    Attributes:
        prefix: What the physical names begin with.
        arns: The account and region.
        key_arn: The KMS key of our own that encrypts what is kept; without one, keys of the services do.
        log_retention_days: How long logs are kept.
        protection: Whether what holds data refuses to be deleted.
    """

    prefix: str
    arns: Arns
    key_arn: pulumi.Input[str] | None
    log_retention_days: int
    protection: bool

    def at(self, region: str) -> "Deployment":
        """The same deployment in another region, where its key is not."""
        return replace(self, arns=replace(self.arns, region=region), key_arn=None)
