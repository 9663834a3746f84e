"""What a stack of the laptop would cost on AWS, as the previews and updates of the engine tell it."""

import json
import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cost import meter, resources, tables, usage
from cost.estimate import Estimate, estimate, price
from cost.render import LOAD, line, table
from cost.tables import CostError
from local.session import Session, say

SOURCES = ("program", "meter")


def show(session: Session, source: str = "program") -> int:
    """Print what the stack costs by component.

    Args:
        session: The stack.
        source: `program` for a month of the program as it is, with the difference to what is deployed; `meter` for
            the load that the local AWS has counted since the last update.
    """
    try:
        return _show_load(session) if source == "meter" else _show_program(session)
    except CostError as error:
        say(f"error: {error}")
        return 1


def _show_load(session: Session) -> int:
    counts = meter.since(meter.read(_meter(session)), _baseline(session))
    load = price({"load": meter.items(counts, resources.read(_export(session)))}, tables.prices())
    say(f"\n{table(load, heading='US dollars', basis=LOAD, digits=6)}")
    return 0


def _meter(session: Session) -> Path:
    return session.root / ".local/cloud/meter.json"


def _baseline_file(session: Session) -> Path:
    return session.root / f".local/cloud/meter-{session.name}.json"


def _baseline(session: Session) -> meter.Counts:
    file = _baseline_file(session)
    return meter.read(file) if file.exists() else {}


def _show_program(session: Session) -> int:
    command = ["pulumi", "preview", "--json", "--show-sames", "--stack", session.name]
    done = subprocess.run(
        command, cwd=session.root, env=session.environment, check=False, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        say(f"error: the preview failed; `make preview STACK={session.name}` says why")
        return done.returncode
    planned = _estimate(json.loads(done.stdout))
    say(f"\n{table(planned)}\n\n{line(planned, _deployed(session))}")
    return 0


@contextmanager
def of_preview(session: Session) -> Generator[list[str]]:
    """Give the arguments with which a preview writes its events down, then print what they cost.

    The engine takes them among its commands for debugging only, which `PULUMI_DEBUG_COMMANDS` turns on.
    """
    log = session.root / ".local/preview-events.json"
    log.unlink(missing_ok=True)
    session.environment["PULUMI_DEBUG_COMMANDS"] = "1"
    yield ["--event-log", str(log)]
    if steps := _steps(log):
        _say_line(lambda: line(_estimate({"steps": steps}), _deployed(session)))


@contextmanager
def of_update(session: Session) -> Generator[None]:
    """Print what an update has made of the costs; what the meter counts from then on is load."""
    before = _export(session)
    yield
    if _meter(session).exists():
        shutil.copy(_meter(session), _baseline_file(session))
    _say_line(lambda: line(_deployed(session), _estimate(before)))


def _say_line(line_of: Callable[[], str]) -> None:
    """Print an estimate; a preview or an update succeeds without one."""
    try:
        say(f"\n{line_of()}")
    except CostError as error:
        say(f"\nNo estimate of the costs: {error}")


def _steps(log: Path) -> list[dict[str, Any]]:
    if not log.exists():
        return []
    events = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines() if text]
    planned = [event["resourcePreEvent"]["metadata"] for event in events if "resourcePreEvent" in event]
    return [{"op": each["op"], "newState": each.get("new")} for each in planned]


def _deployed(session: Session) -> Estimate:
    return _estimate(_export(session))


def _export(session: Session) -> dict[str, Any]:
    command = ["pulumi", "stack", "export", "--stack", session.name]
    done = subprocess.run(
        command, cwd=session.root, env=session.environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout)


def _estimate(document: dict[str, Any]) -> Estimate:
    return estimate(resources.read(document), usage.read(), tables.prices())
