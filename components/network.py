"""The private network: where stores stand that only the functions reach, and by which ways the functions reach AWS."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_network

import pulumi
import pulumi_aws as aws

from components.deployment import Deployment
from components.iam import Role, Statement, document
from components.protection import stateful

HTTPS = 443
EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The place of a function or a store in a network.

    Attributes:
        subnet_ids: The private subnets, one a zone.
        security_group_ids: The groups that say whom it may reach and who may reach it.
        needs: What has to exist before a function there reaches anything: routes, endpoints, security group rules.
    """

    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    needs: Sequence[pulumi.Resource] = ()


class Network(pulumi.ComponentResource):
    """A VPC with a private subnet in each zone, and no way to or from the internet unless NAT gateways are asked for.

    S3 and DynamoDB are reached by gateway endpoints, which cost nothing; other services by `reach`. Whoever is in the
    network passes only what two security groups allow by naming each other. The default group allows nothing. Flow logs
    tell who talked to whom.

    Sources: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html,
    https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html

    Args:
        name: What the names of its parts begin with.
        deployment: What all parts share.
        zones: How many availability zones it spans.
        available_zones: The names of those that the region has.
        nat_gateways: How many gateways lead to the internet, at most one a zone; each has a price per hour.
        cidr: The addresses, a /16.
        opts: Options of the component.

    Raises:
        ValueError: The region has fewer zones.
    """

    placement: Placement

    def __init__(
        self,
        name: str,
        *,
        deployment: Deployment,
        zones: int,
        available_zones: Sequence[str],
        nat_gateways: int,
        cidr: str = "10.0.0.0/16",
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        if zones > len(available_zones):
            raise ValueError(
                f"zones is {zones}, but {deployment.arns.region} has {len(available_zones)} "
                f"({', '.join(available_zones)}); set it to at most that"
            )
        super().__init__("blog:network:Network", name, None, opts)
        self._name = name
        self._deployment = deployment
        self._child = pulumi.ResourceOptions(parent=self)
        self._blocks = [str(block) for block in ip_network(cidr).subnets(new_prefix=20)]
        self._vpc = aws.ec2.Vpc(
            name,
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
            opts=self._child,
        )
        aws.ec2.DefaultSecurityGroup(name, vpc_id=self._vpc.id, tags={"Name": f"{name}-default"}, opts=self._child)
        self._log_flows()
        chosen = available_zones[:zones]
        private = [
            self._subnet(f"{name}-private-{zone}", zone, block)
            for zone, block in zip(chosen, self._blocks, strict=False)
        ]
        tables = [table for _, table in private]
        self._subnets = [subnet.id for subnet, _ in private]
        functions = self._group("functions", "The functions in the network: nobody calls them there")
        self.placement = Placement(subnet_ids=self._subnets, security_group_ids=[functions.id], needs=[self])
        for service in ("dynamodb", "s3"):
            self._gateway_endpoint(service, tables)
        if nat_gateways:
            self._lead_out(chosen[:nat_gateways], tables)
        self._endpoints: aws.ec2.SecurityGroup | None = None
        self._reached: set[str] = set()
        self.register_outputs({"vpcId": self._vpc.id})

    def store(self, name: str, *, port: int) -> Placement:
        """A place for a store that the functions in the network, and nobody else, reach on one port.

        Args:
            name: What kind of store it is, such as `cache`.
            port: The port that it listens on.
        """
        group = self._group(name, f"The {name}: the functions reach it")
        self._allow(name, group, port)
        return Placement(subnet_ids=self._subnets, security_group_ids=[group.id])

    def reach(self, service: str) -> None:
        """Let the functions in the network call a service of AWS, by an endpoint that has a price per hour and zone.

        Asked for again, there is still one. S3 and DynamoDB are reached anyway.

        Args:
            service: Its name in addresses, such as `secretsmanager`.
        """
        if service in self._reached:
            return
        self._reached.add(service)
        if self._endpoints is None:
            self._endpoints = self._group("endpoints", "The endpoints of AWS: the functions reach them")
            self._allow("endpoints", self._endpoints, HTTPS)
        aws.ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self._vpc.id,
            service_name=self._service(service),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=self._subnets,
            security_group_ids=[self._endpoints.id],
            policy=self._own_account(service),
            tags={"Name": f"{self._name}-{service}"},
            opts=self._child,
        )

    def _subnet(self, name: str, zone: str, block: str) -> tuple[aws.ec2.Subnet, aws.ec2.RouteTable]:
        """A subnet with a route table of its own, which leads nowhere else as yet."""
        tags = {"Name": name}
        subnet = aws.ec2.Subnet(
            name, vpc_id=self._vpc.id, availability_zone=zone, cidr_block=block, tags=tags, opts=self._child
        )
        table = aws.ec2.RouteTable(name, vpc_id=self._vpc.id, tags=tags, opts=self._child)
        aws.ec2.RouteTableAssociation(name, subnet_id=subnet.id, route_table_id=table.id, opts=self._child)
        return subnet, table

    def _group(self, name: str, description: str) -> aws.ec2.SecurityGroup:
        full = f"{self._name}-{name}"
        return aws.ec2.SecurityGroup(
            full, name=full, description=description, vpc_id=self._vpc.id, tags={"Name": full}, opts=self._child
        )

    def _allow(self, name: str, group: aws.ec2.SecurityGroup, port: int) -> None:
        """Let the functions reach a group on a port, in both groups' words."""
        self._let_out(name, port, referenced_security_group_id=group.id)
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-{name}-from-functions",
            security_group_id=group.id,
            description="From the functions",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=self.placement.security_group_ids[0],
            opts=self._child,
        )

    def _let_out(
        self,
        name: str,
        port: int,
        *,
        referenced_security_group_id: pulumi.Input[str] | None = None,
        prefix_list_id: pulumi.Input[str] | None = None,
        cidr_ipv4: str | None = None,
    ) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-functions-to-{name}",
            security_group_id=self.placement.security_group_ids[0],
            description=f"To {name}",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            referenced_security_group_id=referenced_security_group_id,
            prefix_list_id=prefix_list_id,
            cidr_ipv4=cidr_ipv4,
            opts=self._child,
        )

    def _gateway_endpoint(self, service: str, tables: Sequence[aws.ec2.RouteTable]) -> None:
        endpoint = aws.ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self._vpc.id,
            service_name=self._service(service),
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.id for table in tables],
            policy=self._own_account(service),
            tags={"Name": f"{self._name}-{service}"},
            opts=self._child,
        )
        self._let_out(service, HTTPS, prefix_list_id=endpoint.prefix_list_id)

    def _service(self, service: str) -> str:
        return f"com.amazonaws.{self._deployment.arns.region}.{service}"

    def _own_account(self, service: str) -> str:
        """Through an endpoint, principals of the account reach resources of the account: nothing leaves it that way.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
        """
        account = self._deployment.arns.account
        own = Statement(
            sid="OwnAccount",
            principals={"AWS": "*"},
            actions=[f"{service}:*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}},
        )
        return document([own])

    def _lead_out(self, zones: Sequence[str], tables: Sequence[aws.ec2.RouteTable]) -> None:
        """A NAT gateway in a public subnet of each zone; private subnets of other zones share them."""
        internet = aws.ec2.InternetGateway(self._name, vpc_id=self._vpc.id, tags={"Name": self._name}, opts=self._child)
        gateways: list[aws.ec2.NatGateway] = []
        for zone, block in zip(zones, self._blocks[8:], strict=False):
            name = f"{self._name}-public-{zone}"
            subnet, table = self._subnet(name, zone, block)
            route = aws.ec2.Route(
                name,
                route_table_id=table.id,
                destination_cidr_block=EVERYWHERE,
                gateway_id=internet.id,
                opts=self._child,
            )
            address = aws.ec2.Eip(name, domain="vpc", tags={"Name": name}, opts=self._child)
            gateways.append(
                aws.ec2.NatGateway(
                    name,
                    subnet_id=subnet.id,
                    allocation_id=address.id,
                    tags={"Name": name},
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[route]),
                )
            )
        for number, table in enumerate(tables):
            aws.ec2.Route(
                f"{self._name}-private-{number}",
                route_table_id=table.id,
                destination_cidr_block=EVERYWHERE,
                nat_gateway_id=gateways[number % len(gateways)].id,
                opts=self._child,
            )
        self._let_out("internet", HTTPS, cidr_ipv4=EVERYWHERE)

    def _log_flows(self) -> None:
        """Flow logs of all traffic.

        Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
        """
        deployment, name = self._deployment, f"{self._name}-flow-logs"
        group = f"/aws/vpc/{self._name}"
        logs = aws.cloudwatch.LogGroup(
            name,
            name=group,
            retention_in_days=deployment.log_retention_days,
            kms_key_id=deployment.key_arn,
            deletion_protection_enabled=deployment.protection,
            opts=stateful(self, protection=deployment.protection),
        )
        grants = [
            Statement(
                sid="WriteFlowLogs",
                actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                resources=[deployment.arns.of("logs", f"log-group:{group}:*")],
            ),
            Statement(sid="FindLogGroup", actions=["logs:DescribeLogGroups"], resources=["*"]),
        ]
        role = Role(
            name,
            service="vpc-flow-logs.amazonaws.com",
            account=deployment.arns.account,
            grants=grants,
            opts=self._child,
        )
        aws.ec2.FlowLog(
            name,
            vpc_id=self._vpc.id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=logs.arn,
            iam_role_arn=role.arn,
            tags={"Name": name},
            opts=self._child,
        )
