"""Limits on what a mistake can cost, and storage that is not paid for twice."""

from collections.abc import Iterator

from serverless_guard.program import Program
from serverless_guard.record import Resource
from serverless_guard.rules.conditions import at_most, is_set
from serverless_guard.rules.remedies import sets
from serverless_guard.rules.rule import Example, Option, Rule, resource_rule, stack_rule

BUCKET, LIFECYCLE = "aws:s3/bucket:Bucket", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
REST_STAGE, SETTINGS = "aws:apigateway/stage:Stage", "aws:apigateway/methodSettings:MethodSettings"
ABORT = {"rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]}
VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
OF_SUBJECT = {"bucket": ("subject",)}
VERSIONED = Example(
    {"versioningConfiguration": {"status": "Enabled"}}, type=VERSIONING, name="versioning", depends=OF_SUBJECT
)
OLD_VERSIONS = {"rules": [{"status": "Enabled", "noncurrentVersionExpiration": {"noncurrentDays": 30}}]}
KMS_RULE = {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}}


@stack_rule(
    "s3-lifecycle",
    title="S3 buckets have lifecycle rules, with noncurrent version expiration if versioned",
    types=(
        "aws:s3/bucket:Bucket",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    ),
    category="cost",
    severity="low",
    env="same",
    sources=(
        "checkov:CKV2_AWS_61",
        "fsbp:S3.13",
        "fsbp:S3.10",
    ),
    fix="Add an aws.s3.BucketLifecycleConfiguration, with noncurrentVersionExpiration where the bucket is versioned.",
    good=(
        Example({}, others=(Example(ABORT, type=LIFECYCLE, name="l", depends=OF_SUBJECT),)),
        Example({}, others=(Example(OLD_VERSIONS, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED)),
        Example({"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}]}),
        Example(
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}]},
            others=(Example(OLD_VERSIONS, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED),
        ),
    ),
    bad=(
        Example({}, finds=("the bucket has no lifecycle configuration",)),
        Example(
            {},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
            others=(Example(ABORT, type=LIFECYCLE, name="l", depends=OF_SUBJECT), VERSIONED),
        ),
        Example(
            {"lifecycleRules": [{"enabled": True, "expiration": {"days": 90}}], "versioning": {"enabled": True}},
            finds=("the bucket is versioned, and no rule has noncurrentVersionExpiration",),
        ),
    ),
)
def s3_lifecycle(stack: Program) -> Iterator[tuple[Resource, str]]:
    """Objects, and the versions that were overwritten, move to cheaper storage and go when nobody needs them."""
    for bucket in stack.of(BUCKET):
        rules = [*bucket.props.blocks("lifecycleRules")]
        for one in stack.referring(bucket, "bucket", LIFECYCLE):
            rules += one.props.blocks("rules")
        versioned = bucket.props.flag("versioning.enabled") or any(
            one.props.text("versioningConfiguration.status") == "Enabled"
            for one in stack.referring(bucket, "bucket", VERSIONING)
        )
        if not rules:
            yield bucket, "the bucket has no lifecycle configuration"
        elif versioned and not any(rule.has("noncurrentVersionExpiration") for rule in rules):
            yield bucket, "the bucket is versioned, and no rule has noncurrentVersionExpiration"


@resource_rule(
    "s3-abort-incomplete-uploads",
    title="S3 lifecycle configurations abort incomplete multipart uploads",
    types=("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",),
    category="cost",
    severity="low",
    env="same",
    sources=("checkov:CKV_AWS_300",),
    fix="Add a rule with abortIncompleteMultipartUpload {daysAfterInitiation: 7} and no filter.",
    good=(Example(ABORT),),
    bad=(
        Example(
            {"rules": [{"status": "Enabled"}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [{"status": "Disabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"prefix": "imports/"}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"prefix": "imports/"}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"tag": {"key": "import", "value": "yes"}}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
        Example(
            {"rules": [ABORT["rules"][0] | {"filter": {"and": {"objectSizeGreaterThan": 1024}}}]},
            finds=("no enabled rule of the whole bucket sets abortIncompleteMultipartUpload",),
        ),
    ),
)
def s3_abort_incomplete_uploads(resource: Resource) -> Iterator[str]:
    """Parts of uploads that never finished are not paid for."""
    for rule in resource.props.blocks("rules"):
        whole = not rule.has("filter.prefix") and not rule.has("prefix") and not rule.has("filter.tag")
        days = rule.number("abortIncompleteMultipartUpload.daysAfterInitiation")
        if rule.text("status") == "Enabled" and days and whole and not rule.has("filter.and"):
            return
    yield "no enabled rule of the whole bucket sets abortIncompleteMultipartUpload"


@resource_rule(
    "s3-bucket-key",
    title="S3 buckets encrypted with AWS KMS use an S3 Bucket Key",
    types=("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",),
    category="cost",
    severity="low",
    env="same",
    sources=("compliance:aws-s3-bucket-enable-server-side-encryption-bucket-key",),
    fix="Set rules.bucketKeyEnabled to true.",
    remedy=sets("rules[*].bucketKeyEnabled", to=True),
    good=(Example({"rules": [KMS_RULE | {"bucketKeyEnabled": True}]}), Example({"rules": [{}]})),
    bad=(
        Example({"rules": [KMS_RULE]}, finds=("rules[0].bucketKeyEnabled is not true",)),
        Example(
            {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms:dsse"}}]},
            finds=("rules[0].bucketKeyEnabled is not true",),
        ),
    ),
)
def s3_bucket_key(resource: Resource) -> Iterator[str]:
    """A bucket asks KMS once for many objects."""
    for rule in resource.props.blocks("rules"):
        algorithm = rule.text("applyServerSideEncryptionByDefault.sseAlgorithm") or ""
        if algorithm.startswith("aws:kms") and rule.flag("bucketKeyEnabled") is not True:
            yield f"{rule.path}bucketKeyEnabled is not true"


@resource_rule(
    "cloudfront-sni",
    title="CloudFront distributions with custom certificates use SNI to serve HTTPS requests",
    types=("aws:cloudfront/distribution:Distribution",),
    category="cost",
    severity="low",
    env="same",
    sources=("fsbp:CloudFront.8",),
    fix="Set viewerCertificate.sslSupportMethod to sni-only.",
    good=(Example({"viewerCertificate": {"acmCertificateArn": "a", "sslSupportMethod": "sni-only"}}), Example({})),
    bad=(
        Example(
            {"viewerCertificate": {"acmCertificateArn": "a", "sslSupportMethod": "vip"}},
            finds=("viewerCertificate.sslSupportMethod is not sni-only",),
        ),
    ),
)
def cloudfront_sni(resource: Resource) -> Iterator[str]:
    """A distribution takes no dedicated addresses, which cost 600 dollars a month."""
    custom = resource.props.has("viewerCertificate.acmCertificateArn")
    if custom and resource.props.text("viewerCertificate.sslSupportMethod") != "sni-only":
        yield "viewerCertificate.sslSupportMethod is not sni-only"


elasticache_serverless_usage_limits = Rule(
    id="elasticache-serverless-usage-limits",
    types=("aws:elasticache/serverlessCache:ServerlessCache",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    title="ElastiCache serverless caches limit data storage and ECPU usage",
    rationale="A serverless cache has a ceiling.",
    fix="Set the maximum of cacheUsageLimits.dataStorage and of cacheUsageLimits.ecpuPerSeconds.",
    check=is_set("cacheUsageLimits.dataStorage", "cacheUsageLimits.ecpuPerSeconds"),
    good=(Example({"cacheUsageLimits": {"dataStorage": {"maximum": 1}, "ecpuPerSeconds": [{"maximum": 1000}]}}),),
    bad=(
        Example(
            {},
            finds=("cacheUsageLimits.dataStorage, cacheUsageLimits.ecpuPerSeconds are not set",),
        ),
        Example(
            {"cacheUsageLimits": {"dataStorage": {"maximum": 1}}}, finds=("cacheUsageLimits.ecpuPerSeconds is not set",)
        ),
    ),
    unknown_passes_because="A limit that is unknown is there all the same.",
)


@resource_rule(
    "rds-serverless-capacity-cap",
    title="Aurora Serverless v2 clusters limit maximum capacity and can pause outside production",
    types=("aws:rds/cluster:Cluster",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    fix="Set serverlessv2ScalingConfiguration.maxCapacity; outside of production also minCapacity to 0.",
    options={"maximumUnits": Option(16, "The largest maxCapacity, in Aurora capacity units.", development=2)},
    good=(
        Example({}),
        Example({"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8}}),
        Example({"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 1}}, production=False),
    ),
    bad=(
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 128}},
            finds=("serverlessv2ScalingConfiguration.maxCapacity is 128, above the maximum of 16 units",),
        ),
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 1}},
            finds=("serverlessv2ScalingConfiguration.minCapacity is not 0: the database never sleeps",),
            production=False,
        ),
        Example(
            {"serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 2.5}},
            finds=("serverlessv2ScalingConfiguration.maxCapacity is 2.5, above the maximum of 2 units",),
            production=False,
        ),
    ),
)
def rds_serverless_capacity_cap(resource: Resource) -> Iterator[str]:
    """A serverless database has a ceiling, and sleeps where nobody depends on it."""
    scaling = "serverlessv2ScalingConfiguration"
    if not resource.props.has(scaling):
        return
    yield from at_most(f"{scaling}.maxCapacity", "maximumUnits", unit="units")(resource)
    if not resource.production and resource.props.number(f"{scaling}.minCapacity") != 0:
        yield f"{scaling}.minCapacity is not 0: the database never sleeps"


athena_scan_cutoff = Rule(
    id="athena-scan-cutoff",
    types=("aws:athena/workgroup:Workgroup",),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    title="Athena workgroups limit the bytes scanned per query",
    rationale="A query that reads too much is stopped.",
    fix="Set configuration.bytesScannedCutoffPerQuery, for example to 10737418240 (10 GB).",
    options={"maximumBytes": Option(1099511627776, "Bytes that a query may read, at most.")},
    check=at_most("configuration.bytesScannedCutoffPerQuery", "maximumBytes", unit="bytes"),
    good=(
        Example({"configuration": {"bytesScannedCutoffPerQuery": 10737418240}}),
        Example({"configuration": {"bytesScannedCutoffPerQuery": 1099511627776}}),
    ),
    bad=(
        Example(
            {},
            finds=(("configuration.bytesScannedCutoffPerQuery is absent, above the maximum of 1099511627776 bytes"),),
        ),
        Example(
            {"configuration": {"bytesScannedCutoffPerQuery": 10**15}},
            finds=("configuration.bytesScannedCutoffPerQuery is 1e+15, above the maximum of 1099511627776 bytes",),
        ),
    ),
)


@resource_rule(
    "budget-notifies",
    title="AWS Budgets budgets notify subscribers of actual and forecasted amounts",
    types=("aws:budgets/budget:Budget",),
    category="cost",
    severity="medium",
    env="same",
    fix="Add notifications of type ACTUAL and FORECASTED with subscriberSnsTopicArns or subscriberEmailAddresses.",
    good=(
        Example(
            {
                "notifications": [
                    {"notificationType": "ACTUAL", "subscriberEmailAddresses": ["a@example.com"]},
                    {"notificationType": "FORECASTED", "subscriberSnsTopicArns": ["arn"]},
                ]
            }
        ),
    ),
    bad=(
        Example(
            {},
            finds=(
                "notifications lacks one of type ACTUAL with a subscriber",
                "notifications lacks one of type FORECASTED with a subscriber",
            ),
        ),
        Example(
            {"notifications": [{"notificationType": "ACTUAL", "subscriberSnsTopicArns": ["arn"]}]},
            finds=("notifications lacks one of type FORECASTED with a subscriber",),
        ),
        Example(
            {"notifications": [{"notificationType": "ACTUAL"}, {"notificationType": "FORECASTED"}]},
            finds=(
                "notifications lacks one of type ACTUAL with a subscriber",
                "notifications lacks one of type FORECASTED with a subscriber",
            ),
        ),
    ),
    unknown_passes_because="A subscriber that is unknown is the ARN of a topic that does not exist yet.",
)
def budget_notifies(resource: Resource) -> Iterator[str]:
    """A budget tells somebody before the money is spent, and when it is."""
    told = {
        one.text("notificationType")
        for one in resource.props.blocks("notifications")
        if one.has("subscriberEmailAddresses") or one.has("subscriberSnsTopicArns")
    }
    for kind in ("ACTUAL", "FORECASTED"):
        if kind not in told:
            yield f"notifications lacks one of type {kind} with a subscriber"


@stack_rule(
    "apigateway-rest-throttling",
    title="API Gateway REST API stages set throttling limits for all methods",
    types=(
        "aws:apigateway/methodSettings:MethodSettings",
        "aws:apigateway/stage:Stage",
    ),
    category="cost",
    severity="medium",
    env="threshold-per-stack",
    sources=(
        "cdk-nag:Serverless-APIGWDefaultThrottling",
        "serverless-rules:ES2003",
        "serverless-rules:aws_api_gateway_method_settings_throttling",
    ),
    fix='Add MethodSettings with methodPath "*/*" and settings {throttlingBurstLimit, throttlingRateLimit}.',
    good=(
        Example(
            {},
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 50, "throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 1, "throttlingRateLimit": 1}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
    ),
    bad=(
        Example({}, finds=("no MethodSettings for */* limit the stage",), type=REST_STAGE),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "*/*", "settings": {"throttlingBurstLimit": 50}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
        Example(
            {},
            finds=("no MethodSettings for */* limit the stage",),
            type=REST_STAGE,
            others=(
                Example(
                    {"methodPath": "posts/GET", "settings": {"throttlingBurstLimit": 50, "throttlingRateLimit": 100}},
                    type=SETTINGS,
                    name="s",
                    depends={"stageName": ("subject",)},
                ),
            ),
        ),
    ),
)
def apigateway_rest_throttling(stack: Program) -> Iterator[tuple[Resource, str]]:
    """A REST API lets through as many requests as the stack can pay for."""
    for stage in stack.of(REST_STAGE):
        limited = any(
            one.props.text("methodPath") == "*/*"
            and (one.props.number("settings.throttlingBurstLimit") or 0) > 0
            and (one.props.number("settings.throttlingRateLimit") or 0) > 0
            for one in stack.referring(stage, "stageName", SETTINGS)
        )
        if not limited:
            yield stage, "no MethodSettings for */* limit the stage"
