"""The site: its files and the API behind CloudFront, and the caches that follow a deployment."""

from collections.abc import Sequence
from dataclasses import replace

import pulumi

from components.compute.function import Function, FunctionDefaults
from components.dns.certificate import CLOUDFRONT_REGION, certificate_arn
from components.dns.zone import Zone
from components.edge.assets import Assets
from components.edge.cdn import Cdn
from components.edge.firewall import Firewall
from components.eventing.dead_letters import DeadLetters
from components.eventing.notification import notify
from components.storage.bucket import Bucket


class Site(pulumi.ComponentResource):
    """Assets and API under one name, guarded by a firewall; a file that a deployment changes shows at once.

    Args:
        defaults: What the functions share, and the deployment.
        logs: The bucket that takes the access logs.
        api_url: Where the API answers.
        api_paths: Patterns of the paths that the API answers.
        api_query: The query parameters that its answers depend on.
        domain_name: The site's name.
        certificate: The ARN of its certificate in us-east-1; or the hosted zone in which a certificate is created and
            the name is found.
        firewall: Whether a firewall guards it.
        opts: Options of the component.
    """

    url: str
    host: pulumi.Output[str]
    cdn: Cdn
    """Watched where the metrics of CloudFront are."""

    parts: list[object]

    def __init__(
        self,
        *,
        defaults: FunctionDefaults,
        logs: Bucket,
        api_url: pulumi.Output[str],
        api_paths: Sequence[str],
        api_query: Sequence[str],
        domain_name: str,
        certificate: str | Zone,
        firewall: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        deployment = defaults.deployment
        name = f"{deployment.prefix}-site"
        super().__init__("blog:site:Site", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        assets = Assets(deployment=deployment, logs=logs, opts=child)
        cdn = Cdn(
            deployment=deployment,
            assets=assets.bucket,
            api_url=api_url,
            api_paths=api_paths,
            api_query=api_query,
            domain_name=domain_name,
            certificate_arn=certificate_arn(domain_name, certificate, region=CLOUDFRONT_REGION, opts=child),
            logs=logs,
            firewall_arn=Firewall(deployment=deployment, opts=child).arn if firewall else None,
            opts=child,
        )
        failed = DeadLetters("assets", deployment=deployment, opts=child)
        invalidate = Function(
            "invalidate_assets",
            # It works while nobody waits for it: none of it is kept warm.
            defaults=replace(defaults, provisioned_concurrency=0),
            grants=[cdn.grant_invalidate()],
            environment={"DISTRIBUTION_ID": cdn.id},
            on_failure=failed,
            opts=child,
        )
        account = deployment.arns.account
        notify(name, invalidate, assets.bucket, account=account, statement_id="assets", parent=self)
        if isinstance(certificate, Zone):
            certificate.add_alias(
                domain_name, target=cdn.host, target_zone_id=cdn.host_zone_id, types=["A", "AAAA"], parent=self
            )
        self.url, self.host = cdn.url, cdn.host
        self.cdn = cdn
        self.parts = [invalidate, failed]
        self.register_outputs({"url": self.url, "host": self.host})
