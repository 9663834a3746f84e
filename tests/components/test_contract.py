"""What every component keeps to, whatever it is for."""

import inspect
import pkgutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from access_patterns import ACCESS_PATTERNS
from components.access.identity import Identity
from components.access.key import Key
from components.api.api import ApiDefinition, Route
from components.api.api_domain import ApiDomain
from components.api.http_api import HttpApi
from components.api.rest_api import RestApi
from components.api.rest_stage import StageCache
from components.caching.accelerator import Accelerator
from components.caching.cache import Cache
from components.caching.replication_group import ReplicationGroup
from components.compute.function import Function, FunctionDefaults
from components.compute.layer import Layer
from components.data.aurora import Aurora
from components.data.backup import Backup
from components.data.relational import Relational
from components.data.table import AccessPattern, Table
from components.data.table_capacity import Provisioned
from components.deployment import Deployment
from components.dns.certificate import Certificate
from components.dns.zone import Zone
from components.edge.assets import Assets
from components.edge.cdn import Cdn
from components.edge.firewall import Firewall
from components.edge.site import Site
from components.eventing.archive import Archive
from components.eventing.archive_catalogue import Catalogue
from components.eventing.daily_report import DailyReport
from components.eventing.dead_letters import DeadLetters
from components.eventing.imports import Imports
from components.eventing.queue import Queue
from components.eventing.schedule import Schedule
from components.iam import Arns, Role
from components.monitoring.budget import Budget
from components.monitoring.monitoring import Monitoring, Watched
from components.monitoring.topic import CLOUDWATCH, Topic
from components.monitoring.worldwide_alarms import WORLDWIDE_REGION, WorldwideAlarms
from components.network import Network
from components.secrets.parameter import Parameter
from components.secrets.rotation import Rotation
from components.secrets.secret import Secret
from components.storage.bucket import Bucket
from components.storage.log_bucket import log_bucket
from settings.texts import LONGEST_PREFIX, LONGEST_PREFIX_WITH_ACCELERATOR, LONGEST_PREFIX_WITH_CACHE
from tests.components.recording import Registration, record

ARNS = Arns(partition="aws", region="eu-central-1", account="123456789012")
DEPLOYMENT = Deployment(prefix="blog-test", arns=ARNS, key_arn=None, log_retention_days=14, protection=True)
DEFAULTS = FunctionDefaults(
    deployment=DEPLOYMENT,
    layers=[],
    environment={"TABLE_NAME": "blog-test-table"},
    memory=512,
    timeout=10,
    architecture="arm64",
    reserved_concurrency=0,
    provisioned_concurrency=1,
    snap_start=False,
)

ZONE = Zone(name="example.com", id="Z0123456789ABCDEFGHIJ")


def _identity() -> Identity:
    return Identity("blog-test-users", deployment=DEPLOYMENT, mfa="ON")


def _get_user() -> Function:
    return Function("get_user", defaults=DEFAULTS, grants=[])


def _definition() -> ApiDefinition:
    return ApiDefinition(
        deployment=DEPLOYMENT,
        identity=_identity(),
        routes=[Route("GET /users/{userId}", _get_user(), public=True)],
        cors_origins=["https://blog.example.com"],
        throttle_rate=50,
        throttle_burst=100,
        default_address=True,
    )


def _rest_api() -> RestApi:
    return RestApi("blog-test-rest-api", _definition(), cache=StageCache(gigabytes="0.5", seconds=60))


def _network() -> Network:
    zones = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
    network = Network("blog-test", deployment=DEPLOYMENT, zones=2, available_zones=zones, nat_gateways=1)
    network.store("cache", port=6379)
    network.reach("secretsmanager")
    return network


def _topic() -> Topic:
    return Topic("blog-test-alerts", deployment=DEPLOYMENT, publishers=[CLOUDWATCH], emails=["team@example.com"])


def _table() -> Table:
    return Table(
        "blog-test-table",
        deployment=DEPLOYMENT,
        access_patterns={"get-user": AccessPattern(actions=("GetItem",), leading_keys="USER#*")},
        recovery_days=35,
        capacity=Provisioned(minimum=1, maximum=10),
    )


def _archive() -> Archive:
    logs = log_bucket(deployment=DEPLOYMENT)
    return Archive(deployment=DEPLOYMENT, defaults=DEFAULTS, table=_table(), logs=logs, scan_limit_megabytes=100)


def _catalogue() -> Catalogue:
    archive = Bucket("archive", deployment=DEPLOYMENT, logs=None)
    return Catalogue(deployment=DEPLOYMENT, bucket=archive, scan_limit_megabytes=100)


def _imports() -> Imports:
    table = Table(
        "blog-test-table",
        deployment=DEPLOYMENT,
        access_patterns=ACCESS_PATTERNS,
        recovery_days=35,
        capacity=None,
    )
    uploads = Bucket("uploads", deployment=DEPLOYMENT, logs=None)
    return Imports(defaults=DEFAULTS, writing=DEFAULTS, table=table, uploads=uploads, post_lifetime_days=365)


def _schedule() -> Schedule:
    return Schedule(
        "daily-report",
        deployment=DEPLOYMENT,
        expression="cron(0 8 * * ? *)",
        function=_get_user(),
        description="The report of the day",
    )


def _relational() -> Relational:
    engine = Aurora(minimum_capacity=0.5, maximum_capacity=4, replicas=1)
    return Relational(deployment=DEPLOYMENT, defaults=DEFAULTS, network=_network(), engine=engine, login="iam")


def _cursors() -> Secret:
    return Secret("blog-test-cursors", deployment=DEPLOYMENT, description="Signs cursors")


def _assets() -> Assets:
    return Assets(deployment=DEPLOYMENT, logs=log_bucket(deployment=DEPLOYMENT))


def _cdn() -> Cdn:
    return Cdn(
        deployment=DEPLOYMENT,
        assets=_assets().bucket,
        api_url=pulumi.Output.from_input("https://api.example.com"),
        api_paths=["/users/*"],
        api_query=["limit", "cursor"],
        domain_name="blog.example.com",
        certificate_arn="arn:aws:acm:us-east-1:123456789012:certificate/c",
        logs=log_bucket(deployment=DEPLOYMENT),
        firewall_arn=None,
    )


def _site() -> Site:
    return Site(
        defaults=DEFAULTS,
        logs=log_bucket(deployment=DEPLOYMENT),
        api_url=pulumi.Output.from_input("https://api.example.com"),
        api_paths=["/users/*"],
        api_query=["limit", "cursor"],
        domain_name="blog.example.com",
        certificate=ZONE,
        firewall=True,
    )


COMPONENTS: dict[type[pulumi.ComponentResource], Callable[[], object]] = {
    ApiDomain: lambda: ApiDomain(
        deployment=DEPLOYMENT,
        domain_name="api.example.com",
        certificate=ZONE,
        api_id="api",
        stage="live",
    ),
    RestApi: _rest_api,
    Accelerator: lambda: Accelerator(
        deployment=DEPLOYMENT, network=_network(), table=_table(), nodes=3, node_type="dax.t3.small"
    ),
    Archive: _archive,
    Assets: _assets,
    Cache: lambda: Cache(
        deployment=DEPLOYMENT,
        defaults=DEFAULTS,
        network=_network(),
        engine=ReplicationGroup(node_type="cache.t4g.small", replicas=1),
    ),
    Cdn: _cdn,
    Certificate: lambda: Certificate("blog.example.com", zone=ZONE),
    Firewall: lambda: Firewall(deployment=DEPLOYMENT, stage_arn="arn:stage"),
    Site: _site,
    Bucket: lambda: Bucket("uploads", deployment=DEPLOYMENT, logs=log_bucket(deployment=DEPLOYMENT)),
    Backup: lambda: Backup(deployment=DEPLOYMENT, stores=[_table()], retention_days=35),
    WorldwideAlarms: lambda: WorldwideAlarms(
        deployment=DEPLOYMENT.at(WORLDWIDE_REGION), dollars=100, parts=[], emails=[], runbooks="docs/runbooks"
    ),
    Budget: lambda: Budget(deployment=DEPLOYMENT, dollars=100, tag=("stack", "blog-test"), topic=_topic()),
    Catalogue: _catalogue,
    DailyReport: lambda: DailyReport(
        deployment=DEPLOYMENT, defaults=DEFAULTS, grants=[], logs=log_bucket(deployment=DEPLOYMENT)
    ),
    DeadLetters: lambda: DeadLetters("daily-report", deployment=DEPLOYMENT),
    Function: _get_user,
    HttpApi: lambda: HttpApi("blog-test-api", _definition()),
    Identity: _identity,
    Imports: _imports,
    Key: lambda: Key("blog-test-data", prefix="blog-test", arns=ARNS, protection=True),
    Layer: lambda: Layer("aws-lambda-powertools", deployment=DEPLOYMENT, architecture="arm64"),
    Network: _network,
    Parameter: lambda: Parameter("page-size", deployment=DEPLOYMENT, value="20", pattern=r"^\d+$", description="Posts"),
    Monitoring: lambda: Monitoring(
        deployment=DEPLOYMENT,
        emails=[],
        runbooks="docs/runbooks",
        layers=[Watched("API", [_get_user()], together=True)],
    ),
    Queue: lambda: Queue("jobs", deployment=DEPLOYMENT),
    Relational: _relational,
    Role: lambda: Role("blog-test-role", service="lambda.amazonaws.com", grants=[]),
    Rotation: lambda: Rotation("rotate_cursor_key", defaults=DEFAULTS, secret=_cursors()),
    Schedule: _schedule,
    Secret: _cursors,
    Table: _table,
    Topic: _topic,
}
LONGEST: dict[tuple[str, str], tuple[int, int]] = {
    ("aws:s3/bucket:Bucket", "bucket"): (LONGEST_PREFIX, 63),
    ("aws:iam/role:Role", "name"): (LONGEST_PREFIX, 64),
    ("aws:lambda/function:Function", "name"): (LONGEST_PREFIX, 64),
    ("aws:cloudwatch/eventRule:EventRule", "name"): (LONGEST_PREFIX, 64),
    ("aws:cloudwatch/logDeliverySource:LogDeliverySource", "name"): (LONGEST_PREFIX, 60),
    ("aws:cloudfront/originAccessControl:OriginAccessControl", "name"): (LONGEST_PREFIX, 64),
    ("aws:sqs/queue:Queue", "name"): (LONGEST_PREFIX, 80),
    ("aws:backup/vault:Vault", "name"): (LONGEST_PREFIX, 50),
    ("aws:backup/plan:Plan", "name"): (LONGEST_PREFIX, 50),
    ("aws:backup/selection:Selection", "name"): (LONGEST_PREFIX, 50),
    ("aws:rds/cluster:Cluster", "clusterIdentifier"): (LONGEST_PREFIX, 63),
    ("aws:rds/clusterInstance:ClusterInstance", "identifier"): (LONGEST_PREFIX, 63),
    ("aws:elasticache/user:User", "userId"): (LONGEST_PREFIX_WITH_CACHE, 40),
    ("aws:elasticache/userGroup:UserGroup", "userGroupId"): (LONGEST_PREFIX_WITH_CACHE, 40),
    ("aws:elasticache/replicationGroup:ReplicationGroup", "replicationGroupId"): (LONGEST_PREFIX_WITH_CACHE, 40),
    ("aws:dax/cluster:Cluster", "clusterName"): (LONGEST_PREFIX_WITH_ACCELERATOR, 20),
}
"""By type and input: how long a prefix settings admit there, and how long a name AWS takes."""

STATEFUL = {
    "aws:backup/vault:Vault",
    "aws:dax/cluster:Cluster",
    "aws:dynamodb/table:Table",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:cognito/userPool:UserPool",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:sqs/queue:Queue",
}

each_component = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)


def registrations_of(component: type[pulumi.ComponentResource]) -> list[Registration]:
    return record(COMPONENTS[component])


def test_every_component_of_the_package_is_held_to_this_contract() -> None:
    import components  # noqa: PLC0415

    every = pkgutil.walk_packages(components.__path__, "components.")
    modules = [import_module(module.name) for module in every]
    defined = {
        member
        for module in modules
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, pulumi.ComponentResource) and member.__module__ == module.__name__
    }
    assert defined == set(COMPONENTS)


@each_component
def test_its_type_token_names_the_file_and_the_class(component: type[pulumi.ComponentResource]) -> None:
    file = component.__module__.rpartition(".")[2]
    tokens = [registered.type for registered in registrations_of(component) if not registered.custom]
    assert f"blog:{file}:{component.__name__}" in tokens


@each_component
def test_every_resource_of_aws_has_a_component_for_its_parent(component: type[pulumi.ComponentResource]) -> None:
    registered = registrations_of(component)
    components = {entry.urn for entry in registered if not entry.custom}
    resources = [entry for entry in registered if entry.custom]
    assert resources
    assert [entry.name for entry in resources if entry.parent not in components] == []


@each_component
def test_every_name_begins_with_the_prefix_so_that_stacks_do_not_meet(
    component: type[pulumi.ComponentResource],
) -> None:
    physical = ("name", "layerName", "bucket", "alarmName", "dashboardName")
    # A record's name is the host that the stack's settings give it.
    named = [entry for entry in registrations_of(component) if entry.type != "aws:route53/record:Record"]
    names = [entry.inputs[key] for entry in named for key in physical if key in entry.inputs]
    # Names within a function, a role, an API, a database and a workgroup. A database has no hyphens in its name.
    shared = {"live", "grants", "$default", "posts", "posts-per-month", "bodies"}
    assert [name for name in names if name not in shared and "blog-test" not in name.replace("_", "-")] == []


@each_component
def test_no_name_is_too_long_for_aws_with_the_longest_prefix_that_settings_admit(
    component: type[pulumi.ComponentResource],
) -> None:
    names = [
        (entry.inputs[key], admitted, allowed)
        for entry in registrations_of(component)
        for (type_, key), (admitted, allowed) in LONGEST.items()
        if entry.type == type_
    ]
    assert [name for name, admitted, allowed in names if len(name) - len(DEPLOYMENT.prefix) + admitted > allowed] == []


def test_no_function_has_a_name_too_long_for_a_role_with_the_longest_prefix() -> None:
    functions = [path.stem for path in Path("functions").glob("*.py")]
    assert functions
    assert [name for name in functions if LONGEST_PREFIX + 1 + len(name) > 64] == []


@each_component
def test_it_registers_outputs_and_none_is_missing(component: type[pulumi.ComponentResource]) -> None:
    outputs = [entry.outputs for entry in registrations_of(component) if not entry.custom]
    assert outputs
    assert all(output and None not in output.values() for output in outputs)


@each_component
def test_what_is_stateful_is_protected_and_retained_and_nothing_else_is(
    component: type[pulumi.ComponentResource],
) -> None:
    resources = [entry for entry in registrations_of(component) if entry.custom]
    protected = {entry.type for entry in resources if entry.protect and entry.retain_on_delete}
    unprotected = {entry.type for entry in resources if not entry.protect and not entry.retain_on_delete}
    assert protected == {entry.type for entry in resources} & STATEFUL
    assert unprotected == {entry.type for entry in resources} - STATEFUL


def test_the_tags_of_the_provider_reach_every_resource_so_that_no_component_repeats_them() -> None:
    def program() -> None:
        provider = aws.Provider("aws", default_tags=aws.ProviderDefaultTagsArgs(tags={"service": "blog"}))
        options = pulumi.ResourceOptions(providers={"aws": provider})
        Role("blog-test-role", service="lambda.amazonaws.com", grants=[], opts=options)

    by_type = {entry.type: entry for entry in record(program)}
    assert by_type["pulumi:providers:aws"].inputs["defaultTags"] == '{"tags": {"service": "blog"}}'
    assert "tags" not in by_type["aws:iam/role:Role"].inputs
