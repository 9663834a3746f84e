"""A name of our own for an API, which stays where another API takes over."""

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment


class ApiDomain(pulumi.ComponentResource):
    """A name that leads to one stage of an API, by TLS 1.2 or later.

    Version 2 of API Gateway's API makes it for HTTP and REST APIs alike,
    https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html.

    Args:
        deployment: What it shares with the other parts.
        domain_name: The name.
        certificate_arn: Its ACM certificate, in the API's region.
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
        certificate_arn: str,
        api_id: pulumi.Input[str],
        stage: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        name = f"{deployment.prefix}-api-domain"
        super().__init__("blog:api_domain:ApiDomain", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        own = aws.apigatewayv2.DomainName(
            name,
            domain_name=domain_name,
            domain_name_configuration=aws.apigatewayv2.DomainNameDomainNameConfigurationArgs(
                certificate_arn=certificate_arn, endpoint_type="REGIONAL", security_policy="TLS_1_2"
            ),
            opts=child,
        )
        # Another API replaces the mapping, and API Gateway refuses a second one of the same path.
        alone = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        mapping = aws.apigatewayv2.ApiMapping(name, api_id=api_id, domain_name=own.id, stage=stage, opts=alone)
        # Whoever takes the address waits for what makes it answer.
        self.url = pulumi.Output.concat("https://", mapping.domain_name)
        self.host = own.domain_name_configuration.target_domain_name.apply(lambda host: host or "")
        self.register_outputs({"url": self.url, "host": self.host})
