"""How often a schedule of AWS runs, https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cron-expressions.html."""

import re

from cost.tables import CostError

DAYS_OF_A_MONTH = 365 / 12
UNITS = {"minute": 24 * 60, "hour": 24, "day": 1}
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


def runs_a_day(schedule: str) -> float:
    """How often a schedule runs in a day, on average.

    Raises:
        CostError: It is neither `rate(...)` nor `cron(...)` with fields that this understands.
    """
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule):
        return UNITS[rate[2]] / int(rate[1])
    cron = re.fullmatch(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)", schedule)
    if not cron:
        raise CostError(f"the schedule {schedule!r} is neither rate(...) nor cron(...) with six fields")
    minutes, hours, days, months, weekdays, _years = cron.groups()
    times = _many(minutes, 0, 59) * _many(hours, 0, 23) * _many(months, 1, 12) / 12
    if weekdays not in {"?", "*"}:
        return times * _many(weekdays, 1, 7) / 7
    return times if days in {"*", "?"} else times * _many(days, 1, 31) / DAYS_OF_A_MONTH


def _many(text: str, first: int, last: int) -> int:
    """How many values a field of a cron expression names."""
    return len({value for part in text.split(",") for value in _values(part, first, last)})


def _values(part: str, first: int, last: int) -> range | list[int]:
    field, _, step = part.partition("/")
    if field in {"*", "?"}:
        start, end = first, last
    elif "-" in field:
        start, end = (_value(name) for name in field.split("-"))
    elif step:
        start, end = _value(field), last
    else:
        return [_value(field)]
    return range(start, end + 1, int(step or 1))


def _value(text: str) -> int:
    """A number, a day's or month's name, or a single day such as `L` or `MON#1`."""
    name = text[:3].upper()
    if name in DAYS:
        return DAYS.index(name) + 1
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    if name in months:
        return months.index(name) + 1
    digits = re.match(r"\d+", text)
    return int(digits[0]) if digits else 0
