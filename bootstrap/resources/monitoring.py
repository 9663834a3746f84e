"""Alarms, dashboards and budgets, known by their names.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html,
https://docs.aws.amazon.com/cost-management/latest/userguide/billing-permissions-ref.html (a budget has one right to
change it and one to see it)
"""

from collections.abc import Mapping

from bootstrap.access import NOT_ANOTHERS, Access, allow, in_both_regions, worldwide

ALARM = in_both_regions("cloudwatch", "alarm:{prefix}-*")
ALARMS = in_both_regions("cloudwatch", "alarm:*")
DASHBOARDS = tuple(worldwide("cloudwatch", f"dashboard/{{prefix}}{end}") for end in ("", "-*"))
BUDGETS = tuple(worldwide("budgets", f"budget/{{prefix}}{end}") for end in ("", "-*"))


def _alarm(put: str) -> Access:
    return Access(
        create=[allow("cloudwatch", f"{put} TagResource", ALARM)],
        # Alarms are described by a list of names, which IAM sees as any alarm.
        read=[
            allow("cloudwatch", "DescribeAlarms", ALARMS, when=NOT_ANOTHERS),
            allow("cloudwatch", "ListTagsForResource", ALARM),
        ],
        update=[allow("cloudwatch", f"{put} TagResource UntagResource", ALARM)],
        delete=[allow("cloudwatch", "DeleteAlarms", ALARM)],
    )


ACCESS: Mapping[str, Access] = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": _alarm("PutMetricAlarm"),
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": _alarm("PutCompositeAlarm"),
    "aws:cloudwatch/dashboard:Dashboard": Access(
        create=[allow("cloudwatch", "PutDashboard", *DASHBOARDS)],
        read=[allow("cloudwatch", "GetDashboard", *DASHBOARDS)],
        update=[allow("cloudwatch", "PutDashboard", *DASHBOARDS)],
        delete=[allow("cloudwatch", "DeleteDashboards", *DASHBOARDS)],
    ),
    "aws:budgets/budget:Budget": Access(
        create=[allow("budgets", "ModifyBudget TagResource", *BUDGETS)],
        read=[allow("budgets", "ViewBudget ListTagsForResource", *BUDGETS)],
        update=[allow("budgets", "ModifyBudget TagResource UntagResource", *BUDGETS)],
        delete=[allow("budgets", "ModifyBudget", *BUDGETS)],
    ),
}
