"""Further barriers, for those who want them."""

from policies.rules.conditions import any_set, is_true
from policies.rules.rule import Example, Rule

elasticache_non_default_port = Rule(
    id="elasticache-non-default-port",
    types=("aws:elasticache/replicationGroup:ReplicationGroup", "aws:elasticache/cluster:Cluster"),
    promise="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-AEC5",),
    title="A cache listens on a port that nobody guesses first",
    fix="Set port.",
    check=lambda resource: ["port is the default"] if resource.props.number("port") in {None, 6379, 11211} else [],
    good=(Example({"port": 6380}),),
    bad=(Example({}), Example({"port": 6379})),
)

rds_non_default_port = Rule(
    id="rds-non-default-port",
    types=("aws:rds/cluster:Cluster", "aws:rds/instance:Instance"),
    promise="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:AwsSolutions-RDS11", "fsbp:RDS.23"),
    title="A database listens on a port that nobody guesses first",
    fix="Set port.",
    check=lambda resource: ["port is the default"] if resource.props.number("port") in {None, 5432} else [],
    good=(Example({"port": 5433}),),
    bad=(Example({}), Example({"port": 5432})),
)

cognito_self_signup_closed = Rule(
    id="cognito-self-signup-closed",
    types=("aws:cognito/userPool:UserPool",),
    promise="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    title="Only an administrator adds users",
    fix="Set adminCreateUserConfig.allowAdminCreateUserOnly to true.",
    check=is_true("adminCreateUserConfig.allowAdminCreateUserOnly"),
    good=(Example({"adminCreateUserConfig": {"allowAdminCreateUserOnly": True}}),),
    bad=(Example({}),),
)

vpc_endpoint_service_acceptance = Rule(
    id="vpc-endpoint-service-acceptance",
    types=("aws:ec2/vpcEndpointService:VpcEndpointService",),
    promise="network-exposure",
    severity="medium",
    env="same",
    tier="extended",
    sources=("checkov:CKV_AWS_123",),
    title="Who connects to an endpoint service is accepted by hand",
    fix="Set acceptanceRequired to true.",
    check=is_true("acceptanceRequired"),
    good=(Example({"acceptanceRequired": True}),),
    bad=(Example({}),),
)

apigateway_mutual_tls = Rule(
    id="apigateway-mutual-tls",
    types=("aws:apigatewayv2/domainName:DomainName", "aws:apigateway/stage:Stage"),
    promise="network-exposure",
    severity="low",
    env="opt-in",
    tier="opt-in",
    sources=("cdk-nag:Nag-APIGWSSLEnabled", "checkov:CKV2_AWS_51", "fsbp:APIGateway.2"),
    title="Callers show a certificate",
    fix="Set mutualTlsAuthentication; for a stage clientCertificateId.",
    check=any_set("mutualTlsAuthentication", "clientCertificateId"),
    good=(Example({"mutualTlsAuthentication": {"truststoreUri": "s3://b/k"}}),),
    bad=(Example({}),),
    unknown_is_fine="A value that is unknown is there all the same.",
)
