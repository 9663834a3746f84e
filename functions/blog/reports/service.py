"""Makes the report of a day."""

from typing import TYPE_CHECKING

from blog import clock
from blog.reports.model import Report

if TYPE_CHECKING:
    from datetime import date

    from blog.clock import Clock
    from blog.reports.census import Census
    from blog.reports.ledger import Ledger
    from blog.reports.store import ReportStore


class DailyReports:
    """The reports of the blog, one a day.

    Args:
        census: Counts.
        store: Keeps the reports.
        ledger: Takes a line a day; None where the stack has no relational store.
        now: What time it is.
    """

    def __init__(
        self,
        census: "Census",
        store: "ReportStore",
        ledger: "Ledger | None" = None,
        now: "Clock" = clock.utc,
    ) -> None:
        self._census = census
        self._store = store
        self._ledger = ledger
        self._now = now

    def write(self, day: "date") -> Report:
        """Count, keep the report of a day, and enter it into the ledger.

        Repeated, it enters the first report again and changes nothing: so what failed half way is made good by the
        next attempt, and the ledger never says anything else than the report.

        Returns:
            The report of the day, which may be an earlier call's.
        """
        now = self._now()
        counts = self._census.take(int(now.timestamp()))
        report = self._store.keep(Report(day, clock.text(now), counts))
        if self._ledger:
            kept = report.counts
            self._ledger.record(report.day, users=kept.users, posts=kept.posts, imports=kept.imports)
        return report
