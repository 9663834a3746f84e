"""Lives of what watches a stack, counts its cost and copies its data."""

import json

from tests.local.life import Life

LIVES = [
    Life(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=lambda world: {
            "name": "errors",
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "period": 60,
            "statistic": "Sum",
            "threshold": 0,
            "dimensions": {"FunctionName": world.function["name"]},
            "alarmActions": [world.topic["arn"]],
            "treatMissingData": "notBreaching",
        },
        look=lambda world, it: [
            (alarm["Threshold"], alarm["Dimensions"][0]["Name"], len(alarm["AlarmActions"]), alarm["TreatMissingData"])
            for alarm in world.call("cloudwatch", "describe_alarms", AlarmNames=[it["name"]])["MetricAlarms"]
        ],
        made=[(0.0, "FunctionName", 1, "notBreaching")],
        changed=lambda _: {"threshold": 2.5, "statistic": None, "extendedStatistic": "p99", "tags": {"for": "errors"}},
        changes=[(2.5, "FunctionName", 1, "notBreaching")],
        replaced={"name": "other"},
    ),
    Life(
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        inputs=lambda world: {
            "alarmName": "api",
            "alarmRule": f"ALARM({json.dumps(world.alarm['name'])})",
            "alarmActions": [world.topic["arn"]],
        },
        look=lambda world, it: [
            (alarm["AlarmRule"].partition("(")[0], len(alarm["AlarmActions"]), alarm.get("AlarmDescription", ""))
            for alarm in world.call(
                "cloudwatch", "describe_alarms", AlarmNames=[it["alarmName"]], AlarmTypes=["CompositeAlarm"]
            )["CompositeAlarms"]
        ],
        made=[("ALARM", 1, "")],
        changed=lambda world: {
            "alarmRule": f"OK({json.dumps(world.alarm['name'])})",
            "alarmDescription": "The API fails",
            "tags": {"for": "api"},
        },
        changes=[("OK", 1, "The API fails")],
        replaced={"alarmName": "other"},
    ),
    Life(
        "aws:cloudwatch/dashboard:Dashboard",
        inputs=lambda _: {"dashboardName": "blog", "dashboardBody": json.dumps({"widgets": []})},
        look=lambda world, it: world.call("cloudwatch", "get_dashboard", DashboardName=it["dashboardName"])[
            "DashboardBody"
        ],
        made=json.dumps({"widgets": []}),
        changed=lambda _: {"dashboardBody": json.dumps({"start": "-P1D", "widgets": []})},
        changes=json.dumps({"start": "-P1D", "widgets": []}),
        replaced={"dashboardName": "other"},
    ),
    Life(
        "aws:budgets/budget:Budget",
        inputs=lambda world: {
            "name": "monthly",
            "budgetType": "COST",
            "timeUnit": "MONTHLY",
            "limitAmount": "100",
            "limitUnit": "USD",
            "costFilters": [{"name": "TagKeyValue", "values": ["user:stack$blog-dev"]}],
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "FORECASTED",
                    "threshold": 100,
                    "thresholdType": "PERCENTAGE",
                    "subscriberSnsTopicArns": [world.topic["arn"]],
                }
            ],
        },
        look=lambda world, it: (
            (budget := {"AccountId": world.account(), "BudgetName": it["name"]})
            and world.call("budgets", "describe_budget", **budget)["Budget"]["BudgetLimit"]["Amount"],
            [
                (each["NotificationType"], each["Threshold"])
                for each in world.call("budgets", "describe_notifications_for_budget", **budget)["Notifications"]
            ],
        ),
        made=("100", [("FORECASTED", 100.0)]),
        changed=lambda _: {
            "limitAmount": "200",
            "notifications": [
                {
                    "comparisonOperator": "GREATER_THAN",
                    "notificationType": "ACTUAL",
                    "threshold": 80,
                    "thresholdType": "PERCENTAGE",
                    "subscriberEmailAddresses": ["team@example.com"],
                }
            ],
            "tags": {"for": "money"},
        },
        changes=("200", [("ACTUAL", 80.0)]),
        replaced={"name": "other"},
    ),
    Life(
        "aws:backup/vault:Vault",
        inputs=lambda world: {"name": "vault", "kmsKeyArn": world.key["arn"]},
        look=lambda world, it: (
            (live := world.call("backup", "describe_backup_vault", BackupVaultName=it["name"]))["EncryptionKeyArn"]
            == world.key["arn"],
            live["NumberOfRecoveryPoints"],
        ),
        made=(True, 0),
        changed=lambda _: {"tags": {"for": "copies"}},
        changes=(True, 0),
        replaced={"name": "other", "kmsKeyArn": "arn:aws:kms:eu-central-1:111122223333:key/other"},
    ),
    Life(
        "aws:backup/plan:Plan",
        inputs=lambda world: {
            "name": "daily",
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": world.vault["name"],
                    "schedule": "cron(0 3 * * ? *)",
                    "lifecycle": {"deleteAfter": 35},
                }
            ],
        },
        look=lambda world, it: [
            (rule["ScheduleExpression"], rule["Lifecycle"]["DeleteAfterDays"])
            for rule in world.call("backup", "get_backup_plan", BackupPlanId=it["id"])["BackupPlan"]["Rules"]
        ],
        made=[("cron(0 3 * * ? *)", 35)],
        changed=lambda world: {
            "rules": [
                {
                    "ruleName": "daily",
                    "targetVaultName": world.vault["name"],
                    "schedule": "cron(0 4 * * ? *)",
                    "lifecycle": {"deleteAfter": 70},
                }
            ],
            "tags": {"for": "copies"},
        },
        changes=[("cron(0 4 * * ? *)", 70)],
        replaced={"name": "other"},
    ),
    Life(
        "aws:backup/selection:Selection",
        inputs=lambda world: {
            "name": "tables",
            "planId": world.plan["id"],
            "iamRoleArn": world.role["arn"],
            "resources": ["arn:aws:dynamodb:eu-central-1:111122223333:table/blog"],
        },
        look=lambda world, it: world.call(
            "backup", "get_backup_selection", BackupPlanId=it["planId"], SelectionId=it["id"]
        )["BackupSelection"]["Resources"],
        made=["arn:aws:dynamodb:eu-central-1:111122223333:table/blog"],
        replaced={"name": "other", "resources": ["*"]},
    ),
]
