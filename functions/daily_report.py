"""Scheduled each day: counts users, posts and imports, and keeps the report of the day."""

from typing import TYPE_CHECKING, Any

from blog import env
from blog.env import ENV
from blog.reports.census import Census
from blog.reports.ledger import Ledger
from blog.reports.model import day_of
from blog.reports.service import DailyReports
from blog.reports.store import ReportStore
from blog.table import Table
from blog.telemetry import logger

if TYPE_CHECKING:
    from collections.abc import Mapping

bucket = env.required("REPORTS_BUCKET", "the name of the bucket that keeps the reports")
reports = DailyReports(Census(Table.connect(ENV.table_name)), ReportStore.connect(bucket), Ledger.connect())


def handler(event: "Mapping[str, Any]", _context: object) -> dict[str, str | int]:
    """Write the report of the event's day, once however often the event comes, and return it."""
    report = reports.write(day_of(event)).content()
    logger.info("reported", report=report)
    return report
