"""A sample of the points at which functions can break off; `make faults` runs all of them."""

from typing import Any

import pytest

from blog.imports.progress import Progress
from blog.imports.service import Imports
from blog.table import ConditionFailedError
from tests.functions.crash_points import Archive, Import, KeyRotation, PasswordRotation, Point, Report, Requests, points

SAMPLE = 36


@pytest.fixture(scope="module")
def every_point() -> list[Point]:
    return points()


def test_there_are_more_than_a_thousand_points_of_all_scenarios_the_same_each_time(every_point: list[Point]) -> None:
    assert len(every_point) > 1000
    scenarios = {point.scenario for point in every_point}
    assert scenarios == {Import, Requests, KeyRotation, PasswordRotation, Report, Archive}
    assert every_point == points()


@pytest.mark.parametrize("number", range(SAMPLE))
def test_wherever_a_function_breaks_off_nothing_is_lost_or_there_twice(every_point: list[Point], number: int) -> None:
    assert every_point[number * len(every_point) // SAMPLE].run() > 0


def test_a_write_that_takes_its_own_effect_for_a_conflict_does_not_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(ConditionFailedError, "met_itself", never)
    with pytest.raises(AssertionError):
        Point(Requests, ((3, "lose"),)).run()


def test_an_import_that_counts_a_step_before_it_is_sent_does_not_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    take = Imports._take  # pyright: ignore[reportPrivateUsage]

    def count_first(imports: Any, upload: Any, step: Any, before: Any) -> Any:
        imports._store.keep(upload, Progress(before.columns, step[-1].end, before.rows), imports._now())
        return take(imports, upload, step, before)

    monkeypatch.setattr(Imports, "_take", count_first)
    with pytest.raises(AssertionError):
        Point(Import, ((5, "kill"),)).run()
