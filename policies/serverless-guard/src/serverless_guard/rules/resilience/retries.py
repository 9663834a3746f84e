"""Failures that are retried as often as it helps, and no more."""

from serverless_guard.rules.conditions import is_known_and_none_of, is_not, is_set, unless
from serverless_guard.rules.rule import Example, Rule

lambda_esm_partial_batch_response = Rule(
    id="lambda-esm-partial-batch-response",
    types=("aws:lambda/eventSourceMapping:EventSourceMapping",),
    category="resilience",
    severity="medium",
    env="same",
    tier="extended",
    title="Lambda event source mappings report batch item failures unless the batch size is 1",
    rationale="One bad message does not bring back the whole batch.",
    fix="Set functionResponseTypes to [ReportBatchItemFailures].",
    check=unless(
        lambda resource: resource.props.number("batchSize") == 1,
        lambda resource: (
            ["functionResponseTypes lacks ReportBatchItemFailures"]
            if "ReportBatchItemFailures" not in resource.props.texts("functionResponseTypes")
            else []
        ),
    ),
    good=(Example({"functionResponseTypes": ["ReportBatchItemFailures"]}), Example({"batchSize": 1})),
    bad=(
        Example({}, finds=("functionResponseTypes lacks ReportBatchItemFailures",)),
        Example({"batchSize": 10}, finds=("functionResponseTypes lacks ReportBatchItemFailures",)),
    ),
)

eventbridge_target_retry_bounded = Rule(
    id="eventbridge-target-retry-bounded",
    types=("aws:cloudwatch/eventTarget:EventTarget",),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    title="EventBridge rule targets set a maximum event age and maximum retry attempts",
    rationale="An event is retried for as long as it is worth something.",
    fix="Set retryPolicy to {maximumEventAgeInSeconds, maximumRetryAttempts}.",
    check=is_set("retryPolicy.maximumEventAgeInSeconds", "retryPolicy.maximumRetryAttempts"),
    good=(Example({"retryPolicy": {"maximumEventAgeInSeconds": 3600, "maximumRetryAttempts": 10}}),),
    bad=(
        Example(
            {},
            finds=("retryPolicy.maximumEventAgeInSeconds, retryPolicy.maximumRetryAttempts are not set",),
        ),
        Example(
            {"retryPolicy": {"maximumRetryAttempts": 10}}, finds=("retryPolicy.maximumEventAgeInSeconds is not set",)
        ),
    ),
    unknown_passes_because="A value that is unknown is there all the same.",
)

scheduler_retry_bounded = Rule(
    id="scheduler-retry-bounded",
    types=("aws:scheduler/schedule:Schedule",),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    title="EventBridge Scheduler schedules have a retry policy",
    rationale="A scheduled call is retried for as long as it is worth something.",
    fix="Set target.retryPolicy.",
    check=is_set("target.retryPolicy"),
    good=(Example({"target": {"retryPolicy": {"maximumRetryAttempts": 3}}}),),
    bad=(Example({"target": {}}, finds=("target.retryPolicy is not set",)),),
    unknown_passes_because="A value that is unknown is there all the same.",
)

lambda_alias_not_latest = Rule(
    id="lambda-alias-not-latest",
    types=("aws:lambda/alias:Alias",),
    category="resilience",
    severity="low",
    env="prod-only",
    tier="extended",
    title="Lambda aliases point to a published version, not $LATEST",
    rationale="Callers reach a version that was published, not the one being edited.",
    fix="Set functionVersion to the version of the function.",
    check=is_known_and_none_of("functionVersion", "$LATEST"),
    good=(Example({"functionVersion": "3"}),),
    bad=(Example({"functionVersion": "$LATEST"}, finds=("functionVersion is $LATEST",)),),
    unknown_passes_because="A version that is unknown is one that is published by this deployment.",
)

kms_key_enabled = Rule(
    id="kms-key-enabled",
    types=("aws:kms/key:Key",),
    category="resilience",
    severity="low",
    env="same",
    tier="extended",
    sources=("checkov:CKV_AWS_227",),
    title="KMS keys are enabled",
    rationale="A key can be used.",
    fix="Leave isEnabled out.",
    check=is_not("isEnabled", unwanted=False),
    good=(Example({}),),
    bad=(Example({"isEnabled": False}, finds=("isEnabled is false",)),),
)
