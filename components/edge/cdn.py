"""CloudFront before the assets and the API, under one name."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import pulumi
from pulumi_aws import cloudfront, cloudwatch

from components.access.resource_policy import ServiceAccess
from components.deployment import Deployment
from components.edge.cdn_policies import answers_cache, assets_cache, security_headers
from components.iam import Statement
from components.storage.bucket import Bucket

LOGS_REGION = "us-east-1"
"""Where CloudFront hands its logs over, whatever region keeps them,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html."""

GRANTED_BY = "distribution"
"""The tag by which a distribution is granted to a function."""

ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
"""Everything that a viewer sends goes to the API, the token too, but the API has a host of its own,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html."""


def edge_logs(deployment: Deployment) -> ServiceAccess:
    """What CloudFront's log delivery may do with the log bucket."""
    arns = deployment.arns
    return ServiceAccess(
        service="delivery.logs.amazonaws.com",
        actions=["s3:PutObject"],
        source=f"arn:{arns.partition}:logs:{LOGS_REGION}:{arns.account}:delivery-source:*",
        part="/edge/*",
    )


class Cdn(pulumi.ComponentResource):
    """A distribution: pages from the assets, paths of the API from the API, TLS 1.2 or later, logged.

    Args:
        deployment: What it shares with the other parts.
        assets: The bucket of the pages and files.
        api_url: Where the API answers.
        api_paths: Patterns of the paths that the API answers, such as `/users/*`.
        api_query: The query parameters that its answers depend on.
        domain_name: The site's name.
        certificate_arn: Its certificate in us-east-1. CloudFront's own would let viewers use TLS 1.0.
        logs: The bucket that takes the access logs, below `edge/`; it has to admit `edge_logs`.
        firewall_arn: The firewall before it.
        opts: Options of the component.
    """

    url: str
    id: pulumi.Output[str]
    host: pulumi.Output[str]
    host_zone_id: pulumi.Output[str]
    """The hosted zone of `host`, which is CloudFront's."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        assets: Bucket,
        api_url: pulumi.Output[str],
        api_paths: Sequence[str],
        api_query: Sequence[str],
        domain_name: str,
        certificate_arn: pulumi.Input[str],
        logs: Bucket,
        firewall_arn: pulumi.Input[str] | None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-cdn"
        super().__init__("blog:cdn:Cdn", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        signed = cloudfront.OriginAccessControl(
            name,
            name=name,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child,
        )
        headers = security_headers(deployment, self._child)
        files = assets_cache(deployment, self._child)
        answers = answers_cache(deployment, api_query, self._child)
        distribution = cloudfront.Distribution(
            name,
            comment=name,
            enabled=True,
            tags={GRANTED_BY: name},
            aliases=[domain_name],
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class="PriceClass_100",
            default_root_object="index.html",
            web_acl_id=firewall_arn,
            origins=[
                cloudfront.DistributionOriginArgs(
                    origin_id="assets", domain_name=assets.domain_name, origin_access_control_id=signed.id
                ),
                _api_origin(api_url),
            ],
            default_cache_behavior=cloudfront.DistributionDefaultCacheBehaviorArgs(
                target_origin_id="assets",
                viewer_protocol_policy="redirect-to-https",
                allowed_methods=["GET", "HEAD", "OPTIONS"],
                cached_methods=["GET", "HEAD"],
                compress=True,
                cache_policy_id=files.id,
                response_headers_policy_id=headers.id,
            ),
            ordered_cache_behaviors=[
                cloudfront.DistributionOrderedCacheBehaviorArgs(
                    path_pattern=path,
                    target_origin_id="api",
                    viewer_protocol_policy="https-only",
                    allowed_methods=["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"],
                    cached_methods=["GET", "HEAD"],
                    compress=True,
                    cache_policy_id=answers.id,
                    origin_request_policy_id=ALL_VIEWER_EXCEPT_HOST,
                    response_headers_policy_id=headers.id,
                )
                for path in api_paths
            ],
            restrictions=cloudfront.DistributionRestrictionsArgs(
                geo_restriction=cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
            ),
            viewer_certificate=cloudfront.DistributionViewerCertificateArgs(
                acm_certificate_arn=certificate_arn,
                minimum_protocol_version="TLSv1.2_2021",
                ssl_support_method="sni-only",
            ),
            opts=self._child,
        )
        self._deliver(name, distribution, logs)
        self._name = name
        self._any = deployment.arns.worldwide("cloudfront", "distribution/*")
        self.url = f"https://{domain_name}"
        self.id = distribution.id
        self.host, self.host_zone_id = distribution.domain_name, distribution.hosted_zone_id
        self.register_outputs({"url": self.url, "id": self.id, "host": self.host})

    def grant_invalidate(self) -> Statement:
        """The statement that allows to make the caches forget files.

        AWS chooses the id of a distribution, so that its ARN is unknown at the first preview; its tag is known.
        """
        return Statement(
            sid="InvalidateCaches",
            actions=["cloudfront:CreateInvalidation"],
            resources=[self._any],
            conditions={"StringEquals": {f"aws:ResourceTag/{GRANTED_BY}": self._name}},
        )

    def _deliver(self, name: str, distribution: cloudfront.Distribution, logs: Bucket) -> None:
        """Have the access logs delivered to the log bucket, which takes no ACL as the older way would need it."""
        source = cloudwatch.LogDeliverySource(
            name,
            name=name,
            region=LOGS_REGION,
            log_type="ACCESS_LOGS",
            resource_arn=distribution.arn,
            opts=self._child,
        )
        destination = cloudwatch.LogDeliveryDestination(
            name,
            name=name,
            region=LOGS_REGION,
            output_format="json",
            delivery_destination_configuration=cloudwatch.LogDeliveryDestinationDeliveryDestinationConfigurationArgs(
                destination_resource_arn=pulumi.Output.concat(logs.arn, "/edge")
            ),
            opts=self._child,
        )
        cloudwatch.LogDelivery(
            name,
            region=LOGS_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            # The bucket has to let it in by then.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[logs]),
        )


def _api_origin(api_url: pulumi.Output[str]) -> cloudfront.DistributionOriginArgs:
    """The API as an origin: a REST API has its stage as a path, a local one also a port."""
    address = api_url.apply(urlsplit)
    return cloudfront.DistributionOriginArgs(
        origin_id="api",
        domain_name=address.apply(lambda url: url.hostname or ""),
        origin_path=address.apply(lambda url: url.path),
        custom_origin_config=cloudfront.DistributionOriginCustomOriginConfigArgs(
            http_port=80,
            https_port=address.apply(lambda url: url.port or 443),
            origin_protocol_policy="https-only",
            origin_ssl_protocols=["TLSv1.2"],
        ),
    )
