"""What the resources under test need around them, made by the plugin itself when it is first asked for."""

import functools
import hashlib
import json
import os
from typing import Any, cast

import botocore.session

from local.provider.wire import ARCHIVE, ASSET, SIGNATURE, Props
from tests.local.plugin import Plugin

REGION = "eu-central-1"
TAGS = {"service": "blog", "environment": "test"}
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)


def policy(action: str, resource: str = "*", **more: Any) -> str:
    """A policy document of one statement."""
    statement = {"Effect": "Allow", "Action": [action], "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def archive(source: str) -> Props:
    """An archive of one file, `handler.py`, as the engine describes it."""
    digest = hashlib.sha256(source.encode()).hexdigest()
    return {
        SIGNATURE: ARCHIVE,
        "hash": digest,
        "assets": {"handler.py": {SIGNATURE: ASSET, "hash": digest, "text": source}},
    }


class World:
    """An account with a role, a key, a function and so on."""

    def __init__(self, plugin: Plugin) -> None:
        self.plugin = plugin

    def call(self, service: str, operation: str, **members: Any) -> dict[str, Any]:
        """Ask AWS itself."""
        return cast("dict[str, Any]", getattr(_client(service), operation)(**members))

    def account(self) -> str:
        """The account's number."""
        return str(self.call("sts", "get_caller_identity")["Account"])

    @functools.cached_property
    def role(self) -> Props:
        return self._made("aws:iam/role:Role", assumeRolePolicy=TRUST)

    @functools.cached_property
    def key(self) -> Props:
        return self._made("aws:kms/key:Key")

    @functools.cached_property
    def zone(self) -> str:
        """The id of a public hosted zone, `example.org`."""
        made = self.call("route53", "create_hosted_zone", Name="example.org", CallerReference="world")
        return str(made["HostedZone"]["Id"]).removeprefix("/hostedzone/")

    @functools.cached_property
    def certificate(self) -> Props:
        return self._made("aws:acm/certificate:Certificate", domainName="shop.example.org", validationMethod="DNS")

    @functools.cached_property
    def log_group(self) -> Props:
        return self._made("aws:cloudwatch/logGroup:LogGroup")

    @functools.cached_property
    def function(self) -> Props:
        return self._made(
            "aws:lambda/function:Function",
            role=self.role["arn"],
            runtime="python3.13",
            handler="handler.handler",
            code=archive("def handler(event, context): return event"),
            publish=True,
        )

    @functools.cached_property
    def alias(self) -> Props:
        return self._made(
            "aws:lambda/alias:Alias", functionName=self.function["name"], functionVersion=self.function["version"]
        )

    @functools.cached_property
    def api(self) -> Props:
        return self._made("aws:apigatewayv2/api:Api", protocolType="HTTP")

    @functools.cached_property
    def integration(self) -> Props:
        return self._made(
            "aws:apigatewayv2/integration:Integration",
            apiId=self.api["id"],
            integrationType="AWS_PROXY",
            integrationUri=self.alias["invokeArn"],
            payloadFormatVersion="2.0",
        )

    @functools.cached_property
    def stage(self) -> Props:
        return self._made("aws:apigatewayv2/stage:Stage", apiId=self.api["id"], name="named")

    @functools.cached_property
    def domain(self) -> Props:
        return self._made(
            "aws:apigatewayv2/domainName:DomainName",
            domainName="world.example.com",
            domainNameConfiguration={
                "certificateArn": f"arn:aws:acm:{REGION}:{self.account()}:certificate/world",
                "endpointType": "REGIONAL",
                "securityPolicy": "TLS_1_2",
            },
        )

    @functools.cached_property
    def rest_api(self) -> Props:
        return self._made("aws:apigateway/restApi:RestApi")

    @functools.cached_property
    def rest_method(self) -> Props:
        return self._made(
            "aws:apigateway/method:Method",
            restApi=self.rest_api["id"],
            resourceId=self.rest_api["rootResourceId"],
            httpMethod="DELETE",
            authorization="NONE",
        )

    @functools.cached_property
    def rest_integration(self) -> Props:
        method = {name: self.rest_method[name] for name in ("restApi", "resourceId", "httpMethod")}
        return self._made("aws:apigateway/integration:Integration", **method, type="MOCK")

    @functools.cached_property
    def rest_deployment(self) -> Props:
        return self._made("aws:apigateway/deployment:Deployment", restApi=self.rest_api["id"])

    @functools.cached_property
    def rest_stage(self) -> Props:
        return self._made(
            "aws:apigateway/stage:Stage",
            restApi=self.rest_api["id"],
            stageName="settings",
            deployment=self.rest_deployment["id"],
        )

    @functools.cached_property
    def acl(self) -> Props:
        visible = {"cloudwatchMetricsEnabled": True, "metricName": "world", "sampledRequestsEnabled": False}
        return self._made(
            "aws:wafv2/webAcl:WebAcl", scope="REGIONAL", defaultAction={"allow": {}}, visibilityConfig=visible
        )

    @functools.cached_property
    def pool(self) -> Props:
        return self._made("aws:cognito/userPool:UserPool")

    @functools.cached_property
    def queue(self) -> Props:
        return self._made("aws:sqs/queue:Queue")

    @functools.cached_property
    def open_queue(self) -> Props:
        """A queue that S3 may send to."""
        arn = f"arn:aws:sqs:{REGION}:{self.account()}:open"
        allowed = policy("sqs:SendMessage", arn, Principal={"Service": "s3.amazonaws.com"})
        return self._made("aws:sqs/queue:Queue", name="open", policy=allowed)

    @functools.cached_property
    def rule(self) -> Props:
        return self._made("aws:cloudwatch/eventRule:EventRule", scheduleExpression="rate(1 day)", state="DISABLED")

    @functools.cached_property
    def topic(self) -> Props:
        return self._made("aws:sns/topic:Topic")

    @functools.cached_property
    def secret(self) -> Props:
        return self._made("aws:secretsmanager/secret:Secret")

    @functools.cached_property
    def bucket(self) -> Props:
        return self._made("aws:s3/bucket:Bucket")

    @functools.cached_property
    def cache_user(self) -> Props:
        return self._cache_user("first")

    @functools.cached_property
    def other_cache_user(self) -> Props:
        return self._cache_user("second")

    def _cache_user(self, name: str) -> Props:
        access = "on ~blog:* resetchannels -@all +get"
        return self._made(
            "aws:elasticache/user:User",
            userId=name,
            userName=name,
            engine="redis",
            accessString=access,
            passwords=["correct-horse-battery"],
        )

    @functools.cached_property
    def alarm(self) -> Props:
        return self._made(
            "aws:cloudwatch/metricAlarm:MetricAlarm",
            namespace="Blog",
            metricName="Fault",
            comparisonOperator="GreaterThanThreshold",
            evaluationPeriods=1,
            period=60,
            statistic="Sum",
            threshold=0,
        )

    @functools.cached_property
    def vault(self) -> Props:
        return self._made("aws:backup/vault:Vault")

    @functools.cached_property
    def plan(self) -> Props:
        rule = {"ruleName": "daily", "targetVaultName": self.vault["name"]}
        return self._made("aws:backup/plan:Plan", name="world", rules=[rule])

    @functools.cached_property
    def database(self) -> Props:
        return self._made("aws:glue/catalogDatabase:CatalogDatabase")

    @functools.cached_property
    def delivery_source(self) -> Props:
        return self._made(
            "aws:cloudwatch/logDeliverySource:LogDeliverySource",
            name="edge-delivered",
            logType="ACCESS_LOGS",
            resourceArn="arn:aws:cloudfront::111122223333:distribution/E2",
        )

    @functools.cached_property
    def delivery_destination(self) -> Props:
        return self._made(
            "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
            name="logs-delivered",
            deliveryDestinationConfiguration={"destinationResourceArn": self.bucket["arn"]},
        )

    @functools.cached_property
    def vpc(self) -> Props:
        return self._made("aws:ec2/vpc:Vpc", cidrBlock="10.9.0.0/16")

    @functools.cached_property
    def subnets(self) -> list[str]:
        """The ids of two subnets in zones of their own."""
        places = ((f"{REGION}a", "10.9.1.0/24"), (f"{REGION}b", "10.9.2.0/24"))
        subnets = [
            self._made("aws:ec2/subnet:Subnet", vpcId=self.vpc["id"], availabilityZone=zone, cidrBlock=cidr)
            for zone, cidr in places
        ]
        return [subnet["id"] for subnet in subnets]

    @functools.cached_property
    def cluster(self) -> Props:
        return self._made(
            "aws:rds/cluster:Cluster",
            engine="aurora-postgresql",
            masterUsername="master",
            manageMasterUserPassword=True,
            skipFinalSnapshot=True,
        )

    @functools.cached_property
    def route_table(self) -> Props:
        return self._made("aws:ec2/routeTable:RouteTable", vpcId=self.vpc["id"])

    @functools.cached_property
    def internet_gateway(self) -> Props:
        return self._made("aws:ec2/internetGateway:InternetGateway")

    @functools.cached_property
    def elastic_ip(self) -> Props:
        return self._made("aws:ec2/eip:Eip", domain="vpc")

    @functools.cached_property
    def nat_gateway(self) -> Props:
        return self._made("aws:ec2/natGateway:NatGateway", subnetId=self.subnets[0], allocationId=self.elastic_ip["id"])

    @functools.cached_property
    def endpoint(self) -> Props:
        return self._made(
            "aws:ec2/vpcEndpoint:VpcEndpoint", vpcId=self.vpc["id"], serviceName=f"com.amazonaws.{REGION}.dynamodb"
        )

    @functools.cached_property
    def security_group(self) -> Props:
        return self._made("aws:ec2/securityGroup:SecurityGroup", vpcId=self.vpc["id"])

    def _made(self, token: str, **inputs: Any) -> Props:
        id_, state = self.plugin.create(token, self.plugin.checked(token, "world", inputs))
        return {**state, "id": id_}


@functools.cache
def _client(service: str) -> Any:
    return cast("Any", botocore.session.get_session()).create_client(
        service, region_name=REGION, endpoint_url=os.environ["AWS_ENDPOINT_URL"]
    )
