"""A certificate of ACM, validated by a record in the hosted zone of its name."""

import pulumi
from pulumi_aws import acm, route53

from components.dns.zone import Zone

CLOUDFRONT_REGION = "us-east-1"
"""Where CloudFront looks for certificates,
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html."""

VALIDATION_SECONDS = 300
"""How long resolvers keep the record by which ACM validates the name and later renews the certificate."""


class Certificate(pulumi.ComponentResource):
    """A public certificate for one name, which ACM renews as long as the validation record exists.

    Sources: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html,
    https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html

    Args:
        domain_name: The name.
        zone: The hosted zone that has the name.
        region: Where the certificate is used, if that is not the region of the stack: CloudFront looks in us-east-1.
        opts: Options of the component.
    """

    arn: pulumi.Output[str]
    """Known once the certificate is issued: CloudFront and API Gateway refuse one that is not."""

    def __init__(
        self,
        domain_name: str,
        *,
        zone: Zone,
        region: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("blog:certificate:Certificate", domain_name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = acm.Certificate(
            domain_name, domain_name=domain_name, validation_method="DNS", region=region, opts=child
        )
        option = certificate.domain_validation_options[0]
        record = route53.Record(
            f"{domain_name} validation",
            zone_id=zone.id,
            # ACM ends the name with the root's dot, Route 53 does without.
            name=option.apply(lambda one: (one.resource_record_name or "").removesuffix(".")),
            type=option.apply(lambda one: one.resource_record_type or ""),
            ttl=VALIDATION_SECONDS,
            records=[option.apply(lambda one: one.resource_record_value or "")],
            # The record is the same for all certificates of an account for one name.
            allow_overwrite=True,
            opts=child,
        )
        issued = acm.CertificateValidation(
            domain_name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            region=region,
            opts=child,
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})


def certificate_arn(
    domain_name: str, certificate: str | Zone, *, region: str | None = None, opts: pulumi.ResourceOptions
) -> pulumi.Input[str]:
    """The ARN of the certificate that is given, or of one that is created in a zone; arguments as for `Certificate`."""
    if isinstance(certificate, str):
        return certificate
    return Certificate(domain_name, zone=certificate, region=region, opts=opts).arn
