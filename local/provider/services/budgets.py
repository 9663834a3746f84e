"""AWS Budgets, a service of the account, without a region.

Sources: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Budgets.html and
https://www.pulumi.com/registry/packages/aws/api-docs/budgets/budget/.
"""

from datetime import UTC, datetime
from typing import Any

from local.provider.aws import Aws
from local.provider.resource import Facet, Live, ResourceType, Tags
from local.provider.wire import Props, items

_TIME = "%Y-%m-%d_%H:%M"
_SUBSCRIBERS = {"subscriberEmailAddresses": "EMAIL", "subscriberSnsTopicArns": "SNS"}


def _budget(props: Props) -> Live:
    period = {"Start": props.get("timePeriodStart"), "End": props.get("timePeriodEnd")}
    budget: Live = {
        "BudgetName": props["name"],
        "BudgetType": props["budgetType"],
        "TimeUnit": props["timeUnit"],
        "TimePeriod": {
            name: datetime.strptime(text, _TIME).replace(tzinfo=UTC) for name, text in period.items() if text
        },
        "CostFilters": {each["name"]: each["values"] for each in items(props, "costFilters")},
    }
    if props.get("limitAmount"):
        budget["BudgetLimit"] = {"Amount": props["limitAmount"], "Unit": props["limitUnit"]}
    return {name: value for name, value in budget.items() if value}


def _create(aws: Aws, props: Props) -> Live:
    aws.call("budgets", "CreateBudget", AccountId=aws.account, Budget=_budget(props))
    return {"accountId": aws.account}


def _find(aws: Aws, props: Props) -> Live:
    return aws.call("budgets", "DescribeBudget", AccountId=aws.account, BudgetName=props["name"])["Budget"]


def _update(aws: Aws, props: Props) -> Live:
    return aws.call("budgets", "UpdateBudget", AccountId=aws.account, NewBudget=_budget(props))


def _delete(aws: Aws, props: Props) -> Live:
    return aws.call("budgets", "DeleteBudget", AccountId=aws.account, BudgetName=props["name"])


def _state(aws: Aws, _props: Props, live: Live) -> Props:
    limit = live.get("BudgetLimit", {})
    return {
        "accountId": aws.account,
        "arn": f"arn:{aws.partition}:budgets::{aws.account}:budget/{live['BudgetName']}",
        "limitAmount": limit.get("Amount", ""),
        "limitUnit": limit.get("Unit", ""),
        "costFilters": [{"name": name, "values": values} for name, values in live.get("CostFilters", {}).items()],
        "timePeriodStart": live["TimePeriod"]["Start"].astimezone(UTC).strftime(_TIME),
        "timePeriodEnd": live["TimePeriod"]["End"].astimezone(UTC).strftime(_TIME),
    }


def _notification(wanted: Props) -> Live:
    return {
        "NotificationType": wanted["notificationType"],
        "ComparisonOperator": wanted["comparisonOperator"],
        "Threshold": float(wanted["threshold"]),
        "ThresholdType": wanted["thresholdType"],
    }


def _notifications(aws: Aws, props: Props) -> list[dict[str, Any]]:
    answer = aws.call("budgets", "DescribeNotificationsForBudget", AccountId=aws.account, BudgetName=props["name"])
    return [
        {name: value for name, value in each.items() if name != "NotificationState"}
        for each in items(answer, "Notifications")
    ]


def _write_notifications(aws: Aws, props: Props) -> None:
    """A notification has no name of its own: all are made anew."""
    budget = {"AccountId": aws.account, "BudgetName": props["name"]}
    for notification in _notifications(aws, props):
        aws.call("budgets", "DeleteNotification", **budget, Notification=notification)
    for wanted in items(props, "notifications"):
        subscribers = [
            {"SubscriptionType": kind, "Address": address}
            for name, kind in _SUBSCRIBERS.items()
            for address in items(wanted, name)
        ]
        aws.call("budgets", "CreateNotification", **budget, Notification=_notification(wanted), Subscribers=subscribers)


def _read_notifications(aws: Aws, props: Props) -> Props:
    found: list[Props] = []
    for live in _notifications(aws, props):
        subscribers = aws.call(
            "budgets",
            "DescribeSubscribersForNotification",
            AccountId=aws.account,
            BudgetName=props["name"],
            Notification=live,
        )["Subscribers"]
        found.append(
            {name[0].lower() + name[1:]: value for name, value in live.items()}
            | {
                name: addresses
                for name, kind in _SUBSCRIBERS.items()
                if (addresses := [each["Address"] for each in subscribers if each["SubscriptionType"] == kind])
            }
        )
    return {"notifications": found}


BUDGET = ResourceType(
    "aws:budgets/budget:Budget",
    service="budgets",
    create=_create,
    read=_find,
    update=_update,
    delete=_delete,
    keys={"BudgetName": "name"},
    id=("{accountId}:{name}",),
    names={"name": "BudgetName"},
    state=_state,
    replaces=frozenset({"accountId", "name", "namePrefix"}),
    defaults={"timePeriodEnd": "2087-06-15_00:00"},
    computed=frozenset({"accountId", "costTypes", "limitAmount", "limitUnit", "timePeriodStart"}),
    unordered=frozenset(
        {
            "costFilters",
            "notifications",
            *(f"notifications.{name}" for name in _SUBSCRIBERS),
        }
    ),
    unread=frozenset({"namePrefix"}),
    facets=(Facet(inputs=frozenset({"notifications"}), write=_write_notifications, read=_read_notifications),),
    tags=Tags(on={"ResourceARN": "arn"}, write="TagResource", remove="UntagResource", read="ListTagsForResource"),
)
