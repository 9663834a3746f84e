"""The application: its parts, who may do what, and what others may read. docs/architecture.md has the picture."""

import gc
from pathlib import Path

import settings
from components.access.identity import Identity
from components.alarms import FunctionCounts
from components.api.api import Route
from components.compute.function import Function
from components.eventing.archive import Archive
from components.eventing.daily_report import DailyReport
from components.eventing.imports import Imports
from components.monitoring.monitoring import Watched
from components.secrets.parameter import Parameter
from components.secrets.rotation import Rotation
from components.secrets.secret import Secret
from components.storage.bucket import Bucket
from layers import caching, compute, data, edge, foundation, watch
from openapi.published import request_bodies
from outputs import Outputs
from routes import ROUTES
from serverless_guard import guard

# The program lives for one deployment; collecting its garbage costs a tenth of a preview and frees next to nothing.
gc.disable()

stack = settings.read()
guard.install(production=stack.production, settings=Path("policies"))

ground = foundation.lay(stack)
deployment, logs, opts = ground.deployment, ground.logs, ground.opts

uploads = Bucket("uploads", deployment=deployment, logs=logs, opts=opts)
table = data.table_of(stack, ground)
defaults = compute.function_defaults(stack, ground, table)
cache = caching.cache_of(stack, ground, defaults)
cached = cache.used_by(defaults) if cache else defaults
accelerator = caching.accelerator_of(stack, ground, table)
ledger = data.ledger_of(stack, ground, defaults)

create_user, get_user, update_user, delete_user, get_post, delete_post = (
    Function(module, defaults=cached, grants=[table.grant(module.replace("_", "-"))], opts=opts)
    for module in ("create_user", "get_user", "update_user", "delete_user", "get_post", "delete_post")
)
create_post = Function(
    "create_post",
    defaults=cached,
    grants=[table.grant("create-post"), table.grant("check-author")],
    environment={"POST_LIFETIME_DAYS": str(stack.archive_after_days)},
    opts=opts,
)
cursors = Secret(
    f"{stack.prefix}-cursors", deployment=deployment, description="Signs the cursors of lists of posts", opts=opts
)
cursor_rotation = Rotation("rotate_cursor_key", defaults=defaults, secret=cursors, opts=opts)
page_size = Parameter(
    "page-size",
    deployment=deployment,
    value=str(stack.posts_page_size),
    pattern="^([1-9][0-9]?|100)$",
    description="How many posts a page has where a request does not say",
    opts=opts,
)
list_posts = Function(
    "list_posts",
    defaults=defaults,
    grants=[table.grant("list-posts"), table.grant("get-user"), cursors.grant_read(), page_size.grant_read()],
    environment={"CURSOR_SECRET_NAME": cursors.name, "PAGE_SIZE_PARAMETER": page_size.name},
    needs=[cursors, page_size],
    opts=opts,
)

identity = Identity(f"{stack.prefix}-users", deployment=deployment, mfa=stack.mfa, opts=opts)
answering = (create_user, get_user, update_user, delete_user, create_post, list_posts, get_post, delete_post)
functions = {function.module: function for function in answering}
bodies = request_bodies()
routes = [
    Route(one.key, functions[one.module], public=one.public, query=one.query, body=bodies.get(one.key))
    for one in ROUTES
]
api = edge.api_of(stack, ground, identity, routes)
address = edge.address_of(stack, ground, api)
site = edge.site_of(stack, ground, defaults, address, routes)

imports = Imports(
    defaults=defaults,
    writing=cached,
    table=table,
    uploads=uploads,
    post_lifetime_days=stack.archive_after_days,
    opts=opts,
)
report = DailyReport(
    deployment=deployment,
    defaults=defaults,
    grants=[table.grant("daily-report")],
    logs=logs,
    ledger=ledger,
    opts=opts,
)
archive = Archive(
    deployment=deployment,
    defaults=defaults,
    table=table,
    logs=logs,
    scan_limit_megabytes=stack.athena_scan_limit_megabytes,
    opts=opts,
)

backup = data.backup_of(stack, ground, [table, ledger])
watched = [
    Watched("API", [api, FunctionCounts(namespace=stack.prefix, service=stack.project), *api.functions], together=True),
    Watched("Data", [table, backup, *(cache.parts if cache else []), accelerator, cursor_rotation.function]),
    Watched("Report", [*report.parts, *(ledger.parts if ledger else [])]),
    Watched("Import", imports.parts),
    Watched("Archive", archive.parts),
    *([Watched("Site", site.parts)] if site else []),
]
watch.watch(stack, ground, watched, site)

Outputs(
    api_url=address.url,
    api_host=address.host,
    site_url=site and site.url,
    site_host=site and site.host,
    region=stack.region,
    table_name=table.name,
    table_arn=table.arn,
    user_pool_id=identity.pool_id,
    user_pool_client_id=identity.client_id,
    uploads_bucket=uploads.name,
    reports_bucket=report.bucket.name,
    archive_bucket=archive.bucket.name,
    archive_workgroup=archive.workgroup,
    accelerator_endpoint=accelerator and accelerator.endpoint,
).export()
