"""The estimate's formulas and the local AWS's meter come to the same, within 10 %, on three loads of the stack dev."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from cost import meter, resources, tables, usage
from cost.estimate import Item, estimate, price
from cost.resources import Stack
from cost.usage import Profile
from local import costs
from local.smoke import call
from tests.engine.workspace import Workspace

PRICES = tables.prices()
IDLE = usage.read()["idle"].each
COMPARED = ("lambda.", "api.", "dynamodb.", "s3.", "sqs.", "transfer.")
"""What a load takes of the services that it uses; how much is logged is no part of a prediction."""

PATIENCE_SECONDS = 120
PAUSE = threading.Event()
"""Never set: waiting for it leaves the processors to what is waited for."""

type Measured = tuple[list[Item], Mapping[str, float]]
"""What the meter has counted of a load, and the average milliseconds of each function's calls by its reports."""


@pytest.fixture(scope="module")
def dev(workspace: Workspace) -> Workspace:
    """The workspace with the stack dev deployed."""
    workspace.up("dev")
    return workspace


@pytest.fixture(scope="module")
def stack(dev: Workspace) -> Stack:
    shown = dev.pulumi("dev", "stack", "export").stdout
    return resources.read(json.loads(shown[shown.index("{") :]))


@pytest.fixture(scope="module")
def token(dev: Workspace) -> Iterator[str]:
    with dev.token("dev") as token:
        yield token


def counts(dev: Workspace) -> meter.Counts:
    """What the meter has counted once it counts no more."""
    file = dev.folder / ".local/cloud/meter.json"
    before: meter.Counts = {}
    while (found := meter.read(file)) != before:
        before = found
        PAUSE.wait(0.8)
    return found


def measure(dev: Workspace, stack: Stack, load: Callable[[], None], last: str, calls: int) -> Measured:
    """Run a load, and wait until a function has been called as often as it is in the end."""
    before = counts(dev)
    begun = int(time.time() * 1000)
    load()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _calls(meter.since(counts(dev), before), last) < calls and time.monotonic() < deadline:
        PAUSE.wait(0.2)
    counted = meter.since(counts(dev), before)
    assert _calls(counted, last) >= calls
    called = [name for name, measures in counted["function"].items() if measures["invocations"]]
    items = [item for item in meter.items(counted, stack) if item.price.startswith(COMPARED)]
    return items, {name: _milliseconds(dev, name, begun) for name in called}


def _calls(counted: meter.Counts, function: str) -> float:
    return counted.get("function", {}).get(function, {}).get("invocations", 0)


def _milliseconds(dev: Workspace, function: str, begun: int) -> float:
    found = dev.client("dev", "logs").filter_log_events(
        logGroupName=f"/aws/lambda/{function}", startTime=begun, filterPattern="REPORT"
    )
    times = [int(time) for event in found["events"] for time in re.findall(r"\tDuration: (\d+) ms", event["message"])]
    assert times, f"{function} has reported no call"
    return sum(times) / len(times)


def predicted(stack: Stack, month: Mapping[str, float], calls: Mapping[str, float], measured: Measured) -> float:
    """What the formulas say of a load, beyond what the idle stack costs."""
    functions = {
        name: {"function.invocations": many, "function.milliseconds": measured[1][name]} for name, many in calls.items()
    }
    profiles = {"idle": Profile(IDLE), "load": Profile({**IDLE, **month}, functions)}
    made = estimate(stack, profiles, PRICES)
    return made.total("load") - made.total("idle")


def billed(measured: Measured) -> float:
    return price({"load": measured[0]}, PRICES).total("load")


def test_users_that_are_created_and_read(dev: Workspace, stack: Stack, token: str) -> None:
    url, via = dev.session("dev").outputs()["apiUrl"], dev.session("dev").cloud.endpoint
    answers: list[int] = []

    def load() -> None:
        for number in range(10):
            body = {"userId": f"metered-{number}", "name": "Ada", "email": "ada@example.com"}
            answers.append(len(call("POST", f"{url}/users", token=token, body=body, via=via).body))
        answers.extend(len(call("GET", f"{url}/users/metered-{n % 10}", via=via).body) for n in range(20))

    measured = measure(dev, stack, load, "blog-dev-get-user", 20)
    month = {
        "api.requests": 30,
        "api.response-kilobytes": sum(answers) / 30 / 1024,
        "table.writes": 10,  # a user is below 1 KB, and is not in the index
        "table.indexed-share": 0,
        "table.reads": 20,  # strongly consistent
    }
    calls = {"blog-dev-create-user": 10.0, "blog-dev-get-user": 20.0}
    assert predicted(stack, month, calls, measured) == pytest.approx(billed(measured), rel=0.10)


def test_posts_that_are_created_and_listed(dev: Workspace, stack: Stack, token: str) -> None:
    url, via = dev.session("dev").outputs()["apiUrl"], dev.session("dev").cloud.endpoint
    author = {"userId": "metered-author", "name": "Ada", "email": "ada@example.com"}
    assert call("POST", f"{url}/users", token=token, body=author, via=via).status == 201
    address = f"{url}/users/metered-author/posts"
    answers: list[int] = []

    def load() -> None:
        for number in range(10):
            body = {"title": f"Post {number}", "text": "x" * 100}
            answers.append(len(call("POST", address, token=token, body=body, via=via).body))
        answers.extend(len(call("GET", address, via=via).body) for _ in range(20))

    measured = measure(dev, stack, load, "blog-dev-list-posts", 20)
    month = {
        "api.requests": 30,
        "api.response-kilobytes": sum(answers) / 30 / 1024,
        "table.writes": 40,  # a transaction takes two units for the post and two for the check of its author
        "table.indexed-share": 0.25,  # of the four units of a post, one is written again in the index
        "table.reads": 10,  # ten posts are below 4 KB, eventually consistent
    }
    calls = {"blog-dev-create-post": 10.0, "blog-dev-list-posts": 20.0}
    assert predicted(stack, month, calls, measured) == pytest.approx(billed(measured), rel=0.10)


def test_a_file_that_is_imported(dev: Workspace, stack: Stack) -> None:
    bucket = dev.session("dev").outputs()["uploadsBucket"]
    rows = [f"imported-{number},User,u{number}@example.com,owner" for number in range(40)]

    def load() -> None:
        body = "\n".join(["userId,name,email,owner", *rows]).encode()
        dev.client("dev", "s3").put_object(Bucket=bucket, Key="metered.csv", Body=body)

    measured = measure(dev, stack, load, "blog-dev-process-job", 4)
    month = {
        "table.writes": 4 * 40 + 2,  # a transaction of user and receipt for each row, and the import's own progress
        "table.indexed-share": 0,
        "table.reads": 2,
    }
    calls = {"blog-dev-process-upload": 1.0, "blog-dev-process-job": 4.0}
    # Four batches of ten rows are sent, received and deleted, and the file is written once and read twice.
    others = 12 * 0.0000004 + 0.0000054 + 2 * 0.00000043
    assert predicted(stack, month, calls, measured) + others == pytest.approx(billed(measured), rel=0.10)


def test_a_load_is_shown_by_component_since_the_last_update(
    dev: Workspace, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url, session = dev.session("dev").outputs()["apiUrl"], dev.session("dev")
    with costs.of_update(session):
        pass
    body = {"userId": "metered-last", "name": "Ada", "email": "ada@example.com"}
    assert call("POST", f"{url}/users", token=token, body=body, via=session.cloud.endpoint).status == 201
    counts(dev)
    capsys.readouterr()
    assert costs.show(session, "meter") == 0
    shown = {line.split()[0]: line.split()[-1] for line in capsys.readouterr().out.splitlines() if line}
    assert shown["table"] == "0.000001"  # one write unit
    assert shown["http_api"] == "0.000001"  # one request
    assert float(shown["function"]) > 0
    assert "imports" not in shown
    Path(session.root / ".local/cloud/meter-dev.json").unlink()
