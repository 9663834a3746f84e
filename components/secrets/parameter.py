"""A value that functions read at run time, so that changing it deploys none of them."""

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.iam import Statement


class Parameter(pulumi.ComponentResource):
    """A text in Parameter Store; nothing secret, for which there is `Secret`.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-parameter-store.html

    Args:
        purpose: What it says, such as `page-size`; the end of the physical name.
        deployment: What it shares with the other parts.
        value: The text.
        pattern: What AWS takes as its value, however it is changed.
        description: What people read about it.
        opts: Options of the component.
    """

    name: str

    def __init__(
        self,
        purpose: str,
        *,
        deployment: Deployment,
        value: str,
        pattern: str,
        description: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-{purpose}"
        super().__init__("blog:parameter:Parameter", name, None, opts)
        self.name = f"/{deployment.prefix}/{purpose}"
        self._purpose = purpose
        self._arn = deployment.arns.of("ssm", f"parameter{self.name}")
        aws.ssm.Parameter(
            name,
            name=self.name,
            type="String",
            value=value,
            allowed_pattern=pattern,
            description=description,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": self.name})

    def grant_read(self) -> Statement:
        """The statement that allows to read it."""
        sid = "Read" + "".join(part.capitalize() for part in self._purpose.split("-"))
        return Statement(sid=sid, actions=["ssm:GetParameter"], resources=[self._arn])
