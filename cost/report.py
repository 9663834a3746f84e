"""What AWS has billed, by service and month, as Cost Explorer tells it.

Source: https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html. Each request to it
costs a cent. The tag has to be active as a cost allocation tag.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any


def costs(client: Any, *, start: date, end: date, tag: tuple[str, str] | None = None) -> dict[str, dict[str, float]]:
    """Ask for the costs, by service and month.

    Args:
        client: boto3's client of `ce`.
        start: The first day.
        end: The day after the last.
        tag: Key and value of the tag of the resources that count; all of the account's without one.

    Returns:
        US dollars by service and by the first day of the month.
    """
    found: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for month in _months(client, start, end, tag):
        for group in month["Groups"]:
            amount = float(group["Metrics"]["UnblendedCost"]["Amount"])
            found[group["Keys"][0]][month["TimePeriod"]["Start"]] = amount
    return dict(found)


def _months(client: Any, start: date, end: date, tag: tuple[str, str] | None) -> Iterator[dict[str, Any]]:
    request: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
    }
    if tag:
        request["Filter"] = {"Tags": {"Key": tag[0], "Values": [tag[1]], "MatchOptions": ["EQUALS"]}}
    while True:
        page = client.get_cost_and_usage(**request)
        yield from page["ResultsByTime"]
        if not page.get("NextPageToken"):
            return
        request["NextPageToken"] = page["NextPageToken"]


def table(found: dict[str, dict[str, float]]) -> str:
    """A row for each service, the dearest first, and a column for each month."""
    months = sorted({month for by_month in found.values() for month in by_month})
    rows = sorted(found.items(), key=lambda row: -sum(row[1].values()))
    lines = [f"{'US dollars':44}" + "".join(f"{month[:7]:>12}" for month in months)]
    lines += [f"{name:44}" + "".join(f"{by_month.get(m, 0):12.2f}" for m in months) for name, by_month in rows]
    totals = [sum(by_month.get(month, 0) for by_month in found.values()) for month in months]
    lines.append(f"{'all':44}" + "".join(f"{total:12.2f}" for total in totals))
    return "\n".join(lines)
