"""What is watched, who hears of it, and what the dashboard shows."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pulumi
import pytest

from components.alarms import Alarm, FunctionCounts, Metric, Signal, signals_of
from components.caching.accelerator import Accelerator
from components.caching.cache import Cache
from components.caching.cache_server import CacheEngine
from components.caching.replication_group import ReplicationGroup
from components.caching.serverless_cache import ServerlessCache
from components.compute.function import Function
from components.data.aurora import Aurora
from components.data.backup import Backup
from components.data.database import Engine
from components.data.rds import Rds
from components.data.relational import Relational
from components.data.table import Table
from components.edge.cdn import Cdn
from components.eventing.queue import Queue
from components.iam import Statement
from components.monitoring.budget import Budget
from components.monitoring.dashboard import COLUMNS, body
from components.monitoring.monitoring import Monitoring, Watched
from components.monitoring.panels import DETAILS, USERS
from components.monitoring.worldwide_alarms import WORLDWIDE_REGION, WorldwideAlarms
from components.network import Network
from tests.components.recording import Registration, record
from tests.components.test_contract import COMPONENTS, DEFAULTS, DEPLOYMENT

METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"


def of(kind: str, program: Callable[[], object]) -> list[Registration]:
    return [entry for entry in record(program) if entry.type == kind]


def monitored(*layers: Watched, emails: Sequence[str] = ()) -> Callable[[], Monitoring]:
    return lambda: Monitoring(deployment=DEPLOYMENT, emails=emails, runbooks="docs/runbooks", layers=layers)


def made[Component: pulumi.ComponentResource](kind: type[Component]) -> Component:
    return cast("Component", COMPONENTS[kind]())


def get_user(timeout: int | None = None) -> Function:
    return Function("get_user", defaults=DEFAULTS, grants=[], timeout=timeout)


def alarm(name: str, *parts: Callable[[], object], together: bool = False) -> dict[str, Any]:
    def program() -> None:
        monitored(Watched("Layer", [part() for part in parts], together=together))()

    return next(entry.inputs for entry in of(METRIC_ALARM, program) if entry.name == f"blog-test-{name}")


def test_a_function_is_watched_for_errors_throttles_and_calls_that_take_most_of_its_time():
    assert alarm("get-user-errors", get_user).items() >= {
        "namespace": "AWS/Lambda",
        "metricName": "Errors",
        "dimensions": {"FunctionName": "blog-test-get-user"},
        "statistic": "Sum",
        "threshold": 0,
        "comparisonOperator": "GreaterThanThreshold",
        "period": 60,
        "evaluationPeriods": 5,
        "datapointsToAlarm": 1,
        "treatMissingData": "notBreaching",
        "alarmActions": ["arn:blog-test-alerts"],
        "okActions": ["arn:blog-test-alerts"],
    }.items()  # fmt: skip
    assert alarm("get-user-throttles", get_user)["metricName"] == "Throttles"
    slow = alarm("get-user-duration", lambda: get_user(timeout=20))
    assert (slow["extendedStatistic"], slow["threshold"], slow["datapointsToAlarm"]) == ("p99", 16_000, 3)
    assert "statistic" not in slow


class Failures:
    """A place for failed events."""

    arn = "arn:aws:sqs:eu-central-1:123456789012:failures"

    def grant_send(self) -> Statement:
        return Statement(sid="Send", actions=["sqs:SendMessage"], resources=[self.arn])


def test_events_that_nobody_waits_for_are_watched_where_failed_ones_are_kept():
    def program() -> None:
        kept = Function("get_user", defaults=DEFAULTS, grants=[], on_failure=Failures())
        monitored(Watched("Events", [kept]))()

    def answering() -> None:
        monitored(Watched("API", [get_user()]))()

    names = {entry.name for entry in of(METRIC_ALARM, program)}
    assert names - {entry.name for entry in of(METRIC_ALARM, answering)} == {
        "blog-test-get-user-events-dropped",
        "blog-test-get-user-failures-lost",
    }


def test_an_index_of_the_table_is_watched_for_throttles_of_its_own():
    throttled = alarm("table-read-throttles-gsi1", COMPONENTS[Table])
    assert throttled["metricName"] == "ReadThrottleEvents"
    assert throttled["dimensions"] == {"TableName": "blog-test-table", "GlobalSecondaryIndexName": "GSI1"}


def test_a_queue_is_watched_for_messages_that_wait_for_an_hour_and_its_dead_letters_for_any():
    late = alarm("jobs-late", COMPONENTS[Queue])
    assert (late["metricName"], late["statistic"]) == ("ApproximateAgeOfOldestMessage", "Maximum")
    assert (late["dimensions"], late["threshold"]) == ({"QueueName": "blog-test-jobs"}, 3600)
    dead = alarm("jobs-dead-letters", lambda: made(Queue).dead_letters)
    assert (dead["dimensions"], dead["threshold"]) == ({"QueueName": "blog-test-jobs-dead-letters"}, 0)


def test_faults_are_looked_for_where_the_functions_count_them():
    faults = alarm("faults", lambda: FunctionCounts(namespace="blog-test", service="blog"))
    assert (faults["namespace"], faults["metricName"]) == ("blog-test", "Fault")
    assert faults["dimensions"] == {"service": "blog"}


def test_alarms_that_are_symptoms_of_one_trouble_send_one_message():
    program = monitored(Watched("API", [FunctionCounts(namespace="a", service="b")], together=True))
    assert [entry.inputs.get("alarmActions") for entry in of(METRIC_ALARM, program)] == [None]
    (composite,) = of(COMPOSITE, program)
    assert composite.inputs["alarmRule"] == 'ALARM("blog-test-faults")'
    assert composite.inputs["alarmActions"] == composite.inputs["okActions"] == ["arn:blog-test-alerts"]


def test_alarms_that_are_troubles_of_their_own_have_no_composite():
    assert of(COMPOSITE, monitored(Watched("Data", [FunctionCounts(namespace="a", service="b")]))) == []


def test_a_part_that_the_stack_does_without_is_no_trouble():
    assert of(METRIC_ALARM, monitored(Watched("Data", [None]))) == []


def test_a_part_of_an_unknown_kind_is_refused_with_the_fix():
    with pytest.raises(TypeError, match=r"what to watch of a str: register it in components/monitoring/alarms_\*\.py"):
        signals_of("a table")


def test_every_alarm_says_what_has_happened_and_what_to_do_first():
    def described() -> None:
        monitored(Watched("All", [get_user(), COMPONENTS[Table](), COMPONENTS[Backup]()]))()

    meanings = [entry.inputs["alarmDescription"] for entry in of(METRIC_ALARM, described)]
    assert len(meanings) == len(set(meanings)) == 12
    assert (
        "blog-test-get-user failed or timed out. First: Read the newest errors in the log group "
        "/aws/lambda/blog-test-get-user. Runbook: docs/runbooks/alarms.md#functions"
    ) in meanings


def shown(*signals: Signal, alarm_arns: Sequence[str] = ()) -> dict[str, Any]:
    made = body(signals, alarm_arns=alarm_arns, log_groups=["/aws/lambda/a", "/aws/lambda/b"], region="eu-central-1")
    return json.loads(json.dumps(made))


def titles(dashboard: dict[str, Any]) -> list[str]:
    return [each["properties"].get("title", each["properties"].get("markdown")) for each in dashboard["widgets"]]


ERRORS = [
    Alarm(
        name=f"{name}-errors",
        metric=Metric(namespace="AWS/Lambda", name="Errors", dimensions={"FunctionName": name}),
        threshold=5,
        meaning="It failed.",
        first_step="Look.",
        runbook="functions",
    )
    for name in ("a", "b")
]


def test_the_dashboard_has_a_graph_for_metrics_that_belong_together_with_a_line_for_each_part_and_its_threshold():
    throttles = Metric(namespace="AWS/Lambda", name="Throttles", dimensions={"FunctionName": "a"})
    widgets = shown(throttles, *ERRORS, alarm_arns=["arn:one"])["widgets"]
    assert [widget["type"] for widget in widgets] == ["text", "metric", "alarm", "text", "metric", "log"]
    assert widgets[2]["properties"] == {"title": "Alarms", "alarms": ["arn:one"]}
    assert widgets[4]["properties"] == {
        "title": "Failed invocations and throttles",
        "metrics": [
            ["AWS/Lambda", "Errors", "FunctionName", "a", {"stat": "Sum"}],
            ["AWS/Lambda", "Errors", "FunctionName", "b", {"stat": "Sum"}],
            ["AWS/Lambda", "Throttles", "FunctionName", "a", {"stat": "Sum"}],
        ],
        "region": "eu-central-1",
        "period": 60,
        "annotations": {"horizontal": [{"value": 5}]},
    }


def test_the_bill_is_drawn_from_the_region_that_alone_has_its_metric():
    bill = shown()["widgets"][1]["properties"]
    assert (bill["region"], bill["period"]) == ("us-east-1", 21_600)
    assert bill["metrics"] == [["AWS/Billing", "EstimatedCharges", "Currency", "USD", {"stat": "Maximum"}]]


def test_a_metric_without_a_graph_is_refused_with_the_fix():
    message = "no graph of the dashboard draws AWS/SQS Unknown: add it to components/monitoring/panels.py"
    with pytest.raises(KeyError, match=message):
        shown(Metric(namespace="AWS/SQS", name="Unknown"))


def test_no_metric_is_drawn_by_two_graphs():
    metrics = [metric for panel in (*USERS.values(), *DETAILS.values()) for metric in panel]
    assert len(metrics) == len(set(metrics))


def test_all_graphs_fit_into_24_widgets_of_which_none_covers_another_or_leaves_the_dashboard():
    names = [name for panel in (*USERS.values(), *DETAILS.values()) for name in panel]
    parts = [name.rpartition(" ") for name in names]
    everything = [Metric(namespace=namespace or "blog-test", name=name) for namespace, _, name in parts]
    widgets = shown(*everything, alarm_arns=["arn:one"])["widgets"]
    assert len(widgets) == 24
    cells = [
        (x, y)
        for widget in widgets
        for x in range(widget["x"], widget["x"] + widget["width"])
        for y in range(widget["y"], widget["y"] + widget["height"])
    ]
    assert len(cells) == len(set(cells))
    assert {x for x, _ in cells} == set(range(COLUMNS))


def test_the_dashboard_begins_with_what_users_notice():
    everything = [Metric(namespace="AWS/ApiGateway", name=name) for name in ("Latency", "5xx", "Count")]
    begun = titles(shown(*everything, *ERRORS))
    assert begun[:5] == [
        "## What users notice",
        "Requests",
        "Failed requests",
        "Latency in ms",
        "Bill of the account this month in US dollars",
    ]
    assert begun[5:] == ["## Details", "Failed invocations and throttles", "One request"]


def test_one_request_is_followed_through_all_functions_by_the_field_of_the_dashboard():
    made = shown(*ERRORS)
    (field,) = made["variables"]
    query = made["widgets"][-1]["properties"]["query"]
    assert field["pattern"] in query
    assert query.startswith("SOURCE '/aws/lambda/a' | SOURCE '/aws/lambda/b' | filter correlation_id = ")


def test_the_topic_takes_messages_of_its_publishers_for_this_account_only_and_over_tls():
    (policy,) = of("aws:sns/topicPolicy:TopicPolicy", monitored())
    allowed, refused = json.loads(policy.inputs["policy"])["Statement"]
    assert allowed["Principal"] == {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    assert (refused["Effect"], refused["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_the_publishers_may_use_the_topic_s_key_which_the_managed_key_would_refuse_them():
    (key,) = of("aws:kms/key:Key", monitored())
    statement = json.loads(key.inputs["policy"])["Statement"][1]
    assert statement["Principal"] == {"Service": ["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]}
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    (topic,) = of("aws:sns/topic:Topic", monitored())
    assert topic.inputs["kmsMasterKeyId"] == "arn:blog-test-alerts"


def test_each_address_is_subscribed_and_what_it_does_not_take_rests_in_a_queue_that_is_watched():
    program = monitored(Watched("Layer", []), emails=["team@example.com"])
    (subscription,) = of("aws:sns/topicSubscription:TopicSubscription", program)
    assert (subscription.inputs["protocol"], subscription.inputs["endpoint"]) == ("email", "team@example.com")
    assert json.loads(subscription.inputs["redrivePolicy"]) == {
        "deadLetterTargetArn": "arn:blog-test-alerts-dead-letters"
    }
    assert [entry.name for entry in of(METRIC_ALARM, program)] == ["blog-test-alerts-dead-letters"]


def test_without_an_address_there_is_nothing_to_keep():
    assert of("aws:sqs/queue:Queue", monitored()) == []


def test_the_budget_counts_the_resources_with_the_stack_s_tag_and_tells_of_what_is_spent_and_forecast():
    (budget,) = of("aws:budgets/budget:Budget", COMPONENTS[Budget])
    assert (budget.inputs["limitAmount"], budget.inputs["limitUnit"]) == ("100", "USD")
    assert budget.inputs["costFilters"] == [{"name": "TagKeyValue", "values": ["user:stack$blog-test"]}]
    told = [(each["notificationType"], each["threshold"]) for each in budget.inputs["notifications"]]
    assert told == [("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 80), ("FORECASTED", 100)]


def test_the_billing_alarm_names_the_currency_and_tells_a_topic_of_its_own_region():
    (bill,) = of(METRIC_ALARM, COMPONENTS[WorldwideAlarms])
    assert (bill.inputs["metricName"], bill.inputs["dimensions"]) == ("EstimatedCharges", {"Currency": "USD"})
    (policy,) = of("aws:sns/topicPolicy:TopicPolicy", COMPONENTS[WorldwideAlarms])
    assert f":{WORLDWIDE_REGION}:" in json.loads(policy.inputs["policy"])["Statement"][0]["Resource"][0]


def test_cloudfront_is_watched_where_its_metrics_are():
    def program() -> None:
        deployment = DEPLOYMENT.at(WORLDWIDE_REGION)
        WorldwideAlarms(deployment=deployment, dollars=0, parts=[made(Cdn)], emails=[], runbooks="docs/runbooks")

    (failing,) = of(METRIC_ALARM, program)
    assert failing.inputs.items() >= {
        "namespace": "AWS/CloudFront",
        "metricName": "5xxErrorRate",
        "dimensions": {"DistributionId": "blog-test-cdn-id", "Region": "Global"},
        "threshold": 5,
        "alarmActions": ["arn:blog-test-worldwide"],
    }.items()  # fmt: skip


def test_without_layers_there_is_a_topic_but_neither_an_alarm_nor_a_dashboard():
    registered = record(monitored(emails=["team@example.com"]))
    assert [entry.type for entry in registered if entry.type.startswith("aws:cloudwatch/")] == []
    assert [entry.name for entry in registered if entry.type == "aws:sns/topic:Topic"] == ["blog-test-alerts"]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (Aurora(minimum_capacity=0, maximum_capacity=4, replicas=0), {"ACUUtilization": 90}),
        (Rds(instance_class="db.t4g.micro", replicas=0), {"CPUUtilization": 90, "FreeStorageSpace": 2 * 2**30}),
    ],
    ids=["aurora", "rds"],
)
def test_a_database_is_watched_for_what_fills_it_up(engine: Engine, expected: dict[str, float]):
    def program() -> None:
        ledger = Relational(
            deployment=DEPLOYMENT, defaults=DEFAULTS, network=made(Network), engine=engine, login="secret"
        )
        monitored(Watched("Report", ledger.parts))()

    alarms = of(METRIC_ALARM, program)
    assert {entry.inputs["metricName"]: entry.inputs["threshold"] for entry in alarms} == expected


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (
            ReplicationGroup(node_type="cache.t4g.small", replicas=1),
            [
                ("DatabaseMemoryUsagePercentage", {"CacheClusterId": "blog-test-cache-001"}, 80),
                ("DatabaseMemoryUsagePercentage", {"CacheClusterId": "blog-test-cache-002"}, 80),
                ("EngineCPUUtilization", {"CacheClusterId": "blog-test-cache-001"}, 90),
                ("EngineCPUUtilization", {"CacheClusterId": "blog-test-cache-002"}, 90),
                ("Evictions", {"CacheClusterId": "blog-test-cache-001"}, 0),
                ("Evictions", {"CacheClusterId": "blog-test-cache-002"}, 0),
            ],
        ),
        (
            ServerlessCache(gigabytes=2),
            [
                ("BytesUsedForCache", {"clusterId": "blog-test-cache"}, 1717986918.4),
                ("Evictions", {"clusterId": "blog-test-cache"}, 0),
                ("ThrottledCmds", {"clusterId": "blog-test-cache"}, 0),
            ],
        ),
    ],
    ids=["nodes", "serverless"],
)
def test_a_cache_is_watched_for_what_makes_it_forget_or_refuse(
    engine: CacheEngine, expected: list[tuple[str, dict[str, str], float]]
):
    def program() -> None:
        cache = Cache(deployment=DEPLOYMENT, defaults=DEFAULTS, network=made(Network), engine=engine)
        monitored(Watched("Data", cache.parts))()

    alarms = [entry.inputs for entry in of(METRIC_ALARM, program) if entry.inputs["namespace"] == "AWS/ElastiCache"]
    found = [(one["metricName"], one["dimensions"], one["threshold"]) for one in alarms]
    assert sorted(found, key=str) == expected


def test_an_accelerator_is_watched_for_faults_and_load():
    def program() -> None:
        monitored(Watched("Data", [made(Accelerator)]))()

    alarms = of(METRIC_ALARM, program)
    watched = {entry.inputs["metricName"] for entry in alarms if entry.inputs["namespace"] == "AWS/DAX"}
    assert watched == {"CPUUtilization", "FaultRequestCount"}


def test_the_backup_may_copy_the_stores_that_it_is_given_and_no_others():
    (grants,) = of("aws:iam/rolePolicy:RolePolicy", COMPONENTS[Backup])
    (statement,) = json.loads(grants.inputs["policy"])["Statement"]
    table = "arn:aws:dynamodb:eu-central-1:123456789012:table/blog-test-table"
    assert statement["Resource"] == [table, f"{table}/backup/*"]
    assert statement["Action"] == [
        "dynamodb:CreateBackup",
        "dynamodb:DescribeBackup",
        "dynamodb:DescribeTable",
        "dynamodb:ListTagsOfResource",
        "dynamodb:StartAwsBackupJob",
    ]
    (plan,) = of("aws:backup/plan:Plan", COMPONENTS[Backup])
    assert plan.inputs["rules"][0]["lifecycle"] == {"deleteAfter": 35}


@pytest.mark.parametrize("protection", [True, False])
def test_a_vault_goes_with_its_copies_only_where_nothing_is_worth_keeping(protection: bool):
    deployment = replace(DEPLOYMENT, protection=protection)

    def program() -> None:
        Backup(deployment=deployment, stores=[cast("Table", COMPONENTS[Table]())], retention_days=35)

    (vault,) = of("aws:backup/vault:Vault", program)
    assert vault.inputs["forceDestroy"] is not protection
