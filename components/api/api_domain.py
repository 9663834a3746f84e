"""A name of our own for an API, which stays where another API takes over."""

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.dns.certificate import certificate_arn
from components.dns.zone import Zone


class ApiDomain(pulumi.ComponentResource):
    """A name that leads to one stage of an API, by TLS 1.2 or later.

    Version 2 of API Gateway's API makes it for HTTP and REST APIs alike,
    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html.

    Args:
        deployment: What it shares with the other parts.
        domain_name: The name.
        certificate: The ARN of its ACM certificate, in the API's region; or the hosted zone in which a certificate is
            created and the name is found.
        api_id: The API.
        stage: The API's stage.
        opts: Options of the component.
    """

    url: pulumi.Output[str]
    host: pulumi.Output[str]
    """What the DNS record of the name points to."""

    def __init__(
        self,
        *,
        deployment: Deployment,
        domain_name: str,
        certificate: str | Zone,
        api_id: pulumi.Input[str],
        stage: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-api-domain"
        super().__init__("blog:api_domain:ApiDomain", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        zone = certificate if isinstance(certificate, Zone) else None
        own = aws.apigatewayv2.DomainName(
            name,
            domain_name=domain_name,
            domain_name_configuration=aws.apigatewayv2.DomainNameDomainNameConfigurationArgs(
                certificate_arn=certificate_arn(domain_name, certificate, opts=child),
                endpoint_type="REGIONAL",
                security_policy="TLS_1_2",
            ),
            opts=child,
        )
        # Another API replaces the mapping, and API Gateway refuses a second one of the same path.
        alone = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        mapping = aws.apigatewayv2.ApiMapping(name, api_id=api_id, domain_name=own.id, stage=stage, opts=alone)
        # Whoever takes the address waits for what makes it answer.
        self.url = pulumi.Output.concat("https://", mapping.domain_name)
        self.host = own.domain_name_configuration.target_domain_name.apply(lambda host: host or "")
        if zone:
            zone_id = own.domain_name_configuration.hosted_zone_id.apply(lambda id_: id_ or "")
            zone.add_alias(domain_name, target=self.host, target_zone_id=zone_id, types=["A"], parent=self)
        self.register_outputs({"url": self.url, "host": self.host})
