"""The application: its parts, who may do what, and what others may read. docs/architecture.md has the picture."""

import gc

import pulumi
import pulumi_aws as aws

import settings
from access_patterns import ACCESS_PATTERNS
from components.accelerator import Accelerator
from components.alarms import Faults
from components.archive import Archive
from components.aurora import Aurora
from components.backup import Backup
from components.bucket import Bucket
from components.budget import Budget
from components.cache import Cache
from components.cache_server import CacheEngine
from components.cdn import edge_logs
from components.daily_report import DailyReport
from components.database import Engine
from components.deployment import Deployment
from components.function import Function, FunctionDefaults
from components.http_api import HttpApi
from components.iam import Arns
from components.identity import Identity
from components.key import Key
from components.layer import Layer
from components.log_bucket import log_bucket
from components.monitoring import Monitoring, Watched
from components.network import Network
from components.rds import Rds
from components.relational import Relational
from components.replication_group import ReplicationGroup
from components.rotation import Rotation
from components.secret import Secret
from components.serverless_cache import ServerlessCache
from components.site import Site
from components.table import Table
from components.table_capacity import Provisioned
from components.worldwide_alarms import WORLDWIDE_REGION, WorldwideAlarms
from outputs import Outputs
from policies import guard

# The program lives for one deployment; collecting its garbage costs a tenth of a preview and frees next to nothing.
gc.disable()

stack = settings.read()
guard.install(production=stack.production)

tags = aws.ProviderDefaultTagsArgs(tags=stack.tags)
provider = aws.Provider("aws", region=stack.region, default_tags=tags)
options = pulumi.ResourceOptions(providers={"aws": provider})
ask = pulumi.InvokeOptions(provider=provider)
arns = Arns(
    partition=aws.get_partition(opts=ask).partition,
    region=stack.region,
    account=aws.get_caller_identity(opts=ask).account_id,
)

deployment = Deployment(
    prefix=stack.prefix,
    arns=arns,
    key_arn=Key(f"{stack.prefix}-data", prefix=stack.prefix, arns=arns, protection=stack.protection, opts=options).arn
    if stack.customer_managed_key
    else None,
    log_retention_days=stack.log_retention_days,
    protection=stack.protection,
)
logs = log_bucket(deployment=deployment, services=[edge_logs(deployment)] if stack.cdn else [], opts=options)
uploads = Bucket("uploads", deployment=deployment, logs=logs, opts=options)
table = Table(
    f"{stack.prefix}-{stack.table_name}",
    deployment=deployment,
    access_patterns=ACCESS_PATTERNS,
    recovery_days=stack.point_in_time_recovery_days,
    capacity=Provisioned(minimum=stack.table_capacity_minimum, maximum=stack.table_capacity_maximum)
    if stack.table_capacity == "provisioned"
    else None,
    opts=options,
)
network = (
    Network(
        stack.prefix,
        deployment=deployment,
        zones=stack.zones,
        available_zones=aws.get_availability_zones(state="available", opts=ask).names,
        nat_gateways=stack.nat_gateways,
        opts=options,
    )
    if stack.networked
    else None
)
identity = Identity(f"{stack.prefix}-users", deployment=deployment, mfa=stack.mfa, opts=options)

powertools = Layer("aws-lambda-powertools", deployment=deployment, opts=options)
defaults = FunctionDefaults(
    deployment=deployment,
    layers=[powertools.arn],
    environment={
        "TABLE_NAME": table.name,
        "POWERTOOLS_SERVICE_NAME": stack.project,
        "POWERTOOLS_METRICS_NAMESPACE": stack.prefix,
        "POWERTOOLS_LOG_LEVEL": "INFO",
    },
    memory=stack.function_memory,
    timeout=stack.function_timeout,
    architecture=stack.function_architecture,
    reserved_concurrency=stack.reserved_concurrency,
    provisioned_concurrency=stack.provisioned_concurrency,
    snap_start=stack.snap_start,
)
caches: dict[str, CacheEngine] = {
    "replication-group": ReplicationGroup(node_type=stack.cache_node_type, replicas=stack.cache_replicas),
    "serverless": ServerlessCache(),
}
cache = (
    Cache(deployment=deployment, defaults=defaults, network=network, engine=caches[stack.cache], opts=options)
    if network and stack.cache in caches
    else None
)
accelerator = (
    Accelerator(
        deployment=deployment,
        network=network,
        table=table,
        nodes=stack.dax_nodes,
        node_type=stack.dax_node_type,
        opts=options,
    )
    if network and stack.dax_nodes
    else None
)
cached = cache.used_by(defaults) if cache else defaults
create_user, get_user, update_user, delete_user, get_post, delete_post = (
    Function(module, defaults=cached, grants=[table.grant(module.replace("_", "-"))], opts=options)
    for module in ("create_user", "get_user", "update_user", "delete_user", "get_post", "delete_post")
)
cursors = Secret(
    f"{stack.prefix}-cursors", deployment=deployment, description="Signs the cursors of lists of posts", opts=options
)
cursor_rotation = Rotation("rotate_cursor_key", defaults=defaults, secret=cursors, opts=options)
create_post = Function(
    "create_post",
    defaults=cached,
    grants=[table.grant("create-post"), table.grant("check-author")],
    environment={"POST_LIFETIME_DAYS": str(stack.archive_after_days)},
    opts=options,
)
list_posts = Function(
    "list_posts",
    defaults=defaults,
    grants=[table.grant("list-posts"), table.grant("get-user"), cursors.grant_read()],
    environment={"CURSOR_SECRET_NAME": cursors.name},
    opts=options,
)
engines: dict[str, Engine] = {
    "aurora": Aurora(
        minimum_capacity=stack.relational_minimum_capacity,
        maximum_capacity=stack.relational_maximum_capacity,
        replicas=stack.relational_replicas,
    ),
    "rds": Rds(instance_class=stack.relational_instance_class, replicas=stack.relational_replicas),
}
ledger = (
    Relational(
        deployment=deployment,
        defaults=defaults,
        network=network,
        engine=engines[stack.relational],
        login=stack.relational_login,
        opts=options,
    )
    if network and stack.relational in engines
    else None
)
report = DailyReport(
    deployment=deployment,
    defaults=defaults,
    grants=[table.grant("daily-report")],
    logs=logs,
    ledger=ledger,
    opts=options,
)
archive = Archive(
    deployment=deployment,
    defaults=defaults,
    table=table,
    logs=logs,
    scan_limit_megabytes=stack.athena_scan_limit_megabytes,
    opts=options,
)

api = HttpApi(
    f"{stack.prefix}-api",
    deployment=deployment,
    identity=identity,
    cors_origins=stack.cors_origins,
    throttle_rate=stack.throttle_rate,
    throttle_burst=stack.throttle_burst,
    opts=options,
)
api.route("POST /users", create_user)
api.route("GET /users/{userId}", get_user, public=True)
api.route("PATCH /users/{userId}", update_user)
api.route("DELETE /users/{userId}", delete_user)
api.route("POST /users/{userId}/posts", create_post)
api.route("GET /users/{userId}/posts", list_posts, public=True)
api.route("GET /posts/{postId}", get_post, public=True)
api.route("DELETE /posts/{postId}", delete_post)

site = (
    Site(
        defaults=defaults,
        logs=logs,
        api_url=api.url,
        api_paths=["/users*", "/posts*"],
        domain_name=stack.site_domain_name,
        certificate_arn=stack.site_certificate_arn,
        firewall=stack.waf,
        opts=options,
    )
    if stack.cdn and stack.site_domain_name and stack.site_certificate_arn
    else None
)

backup = (
    Backup(
        deployment=deployment,
        stores=[table, *([ledger] if ledger else [])],
        retention_days=stack.backup_retention_days,
        opts=options,
    )
    if stack.backup_retention_days
    else None
)
faults = Faults(namespace=stack.prefix, service=stack.project)
monitoring = Monitoring(
    deployment=deployment,
    emails=stack.alert_emails,
    layers=[
        Watched("API", [api, faults, *api.functions], together=True),
        Watched("Data", [table, backup, *(cache.parts if cache else []), accelerator, cursor_rotation.function]),
        Watched("Report", [*report.parts, *(ledger.parts if ledger else [])]),
        Watched("Archive", archive.parts),
        *([Watched("Site", site.parts)] if site else []),
    ]
    if stack.alarms
    else [],
    opts=options,
)
Budget(
    deployment=deployment,
    dollars=stack.monthly_budget,
    tag=("stack", stack.prefix),
    topic=monitoring.topic,
    opts=options,
)
edge = [site.cdn] if site and stack.alarms else []
if stack.billing_alarm or edge:
    worldwide = aws.Provider("aws-worldwide", region=WORLDWIDE_REGION, default_tags=tags)
    WorldwideAlarms(
        deployment=deployment.at(WORLDWIDE_REGION),
        dollars=stack.billing_alarm,
        parts=edge,
        emails=stack.alert_emails,
        opts=pulumi.ResourceOptions(providers={"aws": worldwide}),
    )
Outputs(
    api_url=api.url,
    site_url=site and site.url,
    site_host=site and site.host,
    region=stack.region,
    table_name=table.name,
    table_arn=table.arn,
    user_pool_id=identity.pool_id,
    user_pool_client_id=identity.client_id,
    reports_bucket=report.bucket.name,
    archive_bucket=archive.bucket.name,
    archive_workgroup=archive.workgroup,
    accelerator_endpoint=accelerator and accelerator.endpoint,
).export()
