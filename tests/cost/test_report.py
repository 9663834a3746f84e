"""What AWS has billed. The local AWS has no Cost Explorer: botocore's stubber answers as the API is documented."""

from datetime import date
from typing import Any, cast

import boto3
from botocore.stub import Stubber

from cost import report

JANUARY, FEBRUARY = "2026-01-01", "2026-02-01"


def month(start: str, **services: str) -> dict[str, Any]:
    groups = [
        {"Keys": [name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
        for name, amount in services.items()
    ]
    return {"TimePeriod": {"Start": start, "End": "2026-03-01"}, "Groups": groups, "Estimated": False}


def asked(**more: Any) -> dict[str, Any]:
    return {
        "TimePeriod": {"Start": JANUARY, "End": "2026-03-01"},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        **more,
    }


def costs(*pages: tuple[dict[str, Any], dict[str, Any]], tag: tuple[str, str] | None) -> dict[str, dict[str, float]]:
    client = cast("Any", boto3.Session(aws_access_key_id="x", aws_secret_access_key="x")).client("ce", "us-east-1")
    with Stubber(client) as stub:
        for request, answer in pages:
            stub.add_response("get_cost_and_usage", answer, request)
        found = report.costs(client, start=date(2026, 1, 1), end=date(2026, 3, 1), tag=tag)
        stub.assert_no_pending_responses()
    return found


def test_the_costs_of_one_stack_are_asked_for_by_its_tag_page_by_page():
    stack = {"Tags": {"Key": "stack", "Values": ["blog-prod"], "MatchOptions": ["EQUALS"]}}
    first = (asked(Filter=stack), {"ResultsByTime": [month(JANUARY, Lambda="1.5")], "NextPageToken": "more"})
    second = (asked(Filter=stack, NextPageToken="more"), {"ResultsByTime": [month(FEBRUARY, Lambda="2", KMS="1")]})
    found = costs(first, second, tag=("stack", "blog-prod"))
    assert found == {"Lambda": {JANUARY: 1.5, FEBRUARY: 2.0}, "KMS": {FEBRUARY: 1.0}}


def test_without_a_tag_all_of_the_account_counts():
    assert costs((asked(), {"ResultsByTime": [month(JANUARY, KMS="1")]}), tag=None) == {"KMS": {JANUARY: 1.0}}


def test_the_table_has_a_column_for_each_month_and_the_dearest_service_first():
    shown = report.table({"KMS": {FEBRUARY: 1.0}, "Lambda": {JANUARY: 1.5, FEBRUARY: 2.0}}).splitlines()
    assert [row.split()[-3:] for row in shown] == [
        ["dollars", "2026-01", "2026-02"],
        ["Lambda", "1.50", "2.00"],
        ["KMS", "0.00", "1.00"],
        ["all", "1.50", "3.00"],
    ]
