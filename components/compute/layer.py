"""A Lambda layer with one of the functions' dependencies."""

import pulumi
import pulumi_aws as aws

from components.compute.package import RUNTIME, layer_package
from components.deployment import Deployment


class Layer(pulumi.ComponentResource):
    """A layer version that holds a distribution as the lock file pins it.

    Args:
        distribution: The name of the distribution.
        deployment: What it shares with the other parts.
        architecture: That of the functions; other ones can use the layer only where it is pure Python.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]

    def __init__(
        self,
        distribution: str,
        *,
        deployment: Deployment,
        architecture: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-{distribution}"
        super().__init__("blog:layer:Layer", name, None, opts)
        package = layer_package(distribution, architecture)
        version = aws.lambda_.LayerVersion(
            name,
            layer_name=name,
            code=package.archive,
            source_code_hash=package.sha256,
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[architecture],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = version.arn
        self.register_outputs({"arn": self.arn})
