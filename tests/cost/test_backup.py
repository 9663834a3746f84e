"""What AWS Backup keeps: every copy of a table, and of a database what exceeds its own backups."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cost.formulas.schedule import runs_a_day
from cost.resources import Resource
from cost.tables import CostError
from tests.cost.stacks import VIRGINIA, dollars, one

TABLE = one("aws:dynamodb/table:Table", name="t", billingMode="PROVISIONED", readCapacity=0, writeCapacity=0)
CLUSTER = one("aws:rds/cluster:Cluster", name="c", backupRetentionPeriod=35)


def backup(*rules: Mapping[str, object], of: tuple[Resource, ...] = (TABLE,)) -> tuple[Resource, ...]:
    plan = one("aws:backup/plan:Plan", parent="p", rules=list(rules))
    selection = Resource(
        "aws:backup/selection:Selection",
        "s",
        ("backup",),
        {},
        region="eu-central-1",
        parent="p",
        references={"resources": [each.urn for each in of]},
    )
    return (plan, selection, *of)


def daily(days: int | None, **more: object) -> dict[str, object]:
    return {"schedule": "cron(0 3 * * ? *)", "lifecycle": {"deleteAfter": days} if days else None, **more}


def copies(*resources: Resource) -> float:
    """What is billed beyond the table itself."""
    month = {"table.gb": 10.0, "relational.gb": 0.0}
    return dollars(*resources, usage=month) - dollars(TABLE, usage=month)


@pytest.mark.parametrize("days", [7, 35, 365])
def test_each_daily_copy_of_a_table_is_a_full_one_and_is_billed_as_long_as_it_is_kept(days: int):
    assert copies(*backup(daily(days))) == pytest.approx(days * 10 * 0.1224)


def test_a_copy_without_an_end_is_taken_as_a_year_of_them():
    assert copies(*backup(daily(None))) == pytest.approx(365 * 10 * 0.1224)


def test_each_rule_of_a_plan_and_each_copy_elsewhere_count():
    vault = "arn:aws:backup:us-east-1:111122223333:backup-vault:elsewhere"
    elsewhere = [{"destinationVaultArn": vault, "lifecycle": {"deleteAfter": 7}}]
    rules = daily(35, copyActions=elsewhere), {"schedule": "cron(0 5 ? * SUN *)", "lifecycle": {"deleteAfter": 70}}
    assert copies(*backup(*rules)) == pytest.approx(10 * ((35 + 10) * 0.1224 + 7 * 0.10))


def test_what_a_selection_does_not_name_is_not_counted():
    other = one("aws:dynamodb/table:Table", name="other", billingMode="PAY_PER_REQUEST")
    both = dollars(*backup(daily(35)), other, usage={"table.gb": 10})
    alone = dollars(other, usage={"table.gb": 10})
    assert both - alone == pytest.approx(dollars(*backup(daily(35)), usage={"table.gb": 10}))


@pytest.mark.parametrize(
    ("arn", "copied"),
    [
        ("arn:aws:dynamodb:eu-central-1:111122223333:table/blog-t", True),
        ("arn:aws:dynamodb:eu-central-1:111122223333:table/blog-other", False),
        ("arn:aws:dynamodb:*:*:table/blog-*", True),
        ("*", True),
        ("unknown yet", True),
    ],
)
def test_a_selection_may_name_a_table_by_its_arn(arn: str, copied: bool):
    table = replace(TABLE, inputs={**TABLE.inputs, "name": "blog-t"})
    plan, selection, _ = backup(daily(35))
    named = replace(selection, references={}, inputs={"resources": [arn]})
    assert copies(plan, named, table) == pytest.approx(35 * 10 * 0.1224 if copied else 0)


@pytest.mark.parametrize(("kept", "beyond"), [(35, 0), (45, 10), (365, 330)])
def test_copies_of_a_cluster_cost_once_they_outlive_its_own_backups(kept: int, beyond: int):
    month = {"relational.gb": 20}
    alone = dollars(CLUSTER, usage=month)
    assert dollars(*backup(daily(kept), of=(CLUSTER,)), usage=month) - alone == pytest.approx(beyond * 20 * 0.023)


def test_copies_of_an_instance_count_with_its_own_backups():
    instance = one(
        "aws:rds/instance:Instance",
        name="i",
        region=VIRGINIA,
        engine="postgres",
        instanceClass="db.t4g.micro",
        allocatedStorage=20,
        backupRetentionPeriod=7,
    )
    month = {"relational.gb": 20, "relational.changed-gb": 1}
    assert dollars(*backup(daily(35), of=(instance,)), usage=month) - dollars(instance, usage=month) == pytest.approx(
        (35 - 7) * 0.095
    )


@pytest.mark.parametrize(
    ("schedule", "runs"),
    [
        ("cron(0 3 * * ? *)", 1),
        ("cron(0 */6 * * ? *)", 4),
        ("cron(0/15 * * * ? *)", 96),
        ("cron(0 3,15 * * ? *)", 2),
        ("cron(0 3 ? * MON-FRI *)", 5 / 7),
        ("cron(0 3 ? * SUN *)", 1 / 7),
        ("cron(0 3 1 * ? *)", 12 / 365),
        ("cron(0 3 L * ? *)", 12 / 365),
        ("cron(0 3 1 JAN,JUL ? *)", 2 / 365),
        ("rate(12 hours)", 2),
        ("rate(1 day)", 1),
    ],
)
def test_how_often_a_schedule_runs_in_a_day(schedule: str, runs: float):
    assert runs_a_day(schedule) == pytest.approx(runs)


@pytest.mark.parametrize("schedule", ["", "daily", "cron(0 3 * *)", "None"])
def test_a_schedule_of_another_kind_is_refused(schedule: str):
    with pytest.raises(CostError, match=r"neither rate\(\.\.\.\) nor cron"):
        runs_a_day(schedule)
