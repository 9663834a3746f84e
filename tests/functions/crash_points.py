"""Every point at which a function can break off: what AWS, clients and people repeat then, and what must hold after it.

`make faults` runs all of them; `test_crash_points.py` runs a sample.
"""

import io
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from moto import mock_aws

from tests.functions.conftest import FUNCTIONS, Clock, created_table  # isort: skip  # sets the environment

import archive_posts
import create_post
import create_user
import daily_report
import delete_post
import process_job
import process_upload
import update_user
from blog.cache_user import CacheUser
from blog.imports import service
from blog.rotation import Rotation
from blog.telemetry import logger
from tests.functions.api import Context, Received, Table, call, event, service_of
from tests.functions.buckets import Bucket
from tests.functions.faults import ATTEMPTS, MODES, Calls, KilledError, Mode, injected
from tests.functions.test_archive_posts import archived, removed
from tests.functions.test_rotation import STEPS, Manager, take

if TYPE_CHECKING:
    from mypy_boto3_elasticache import ElastiCacheClient

UPLOAD: Any = process_upload.imports
REPORTS: Any = daily_report.reports
ARCHIVE: Any = archive_posts.archive
TRIES = 6
"""How often a client or AWS repeats what broke off; after that, people do."""


def attempt(act: Callable[[], object]) -> bool:
    """Run an invocation; whatever it breaks off by, AWS sees no more than that it did."""
    try:
        act()
    except (Exception, KilledError):  # noqa: BLE001  # as Lambda does
        return False
    return True


def repeat(act: Callable[[], object]) -> None:
    """Repeat an invocation until one is done."""
    assert any(attempt(act) for _ in range(TRIES)), "it never succeeds"


@dataclass
class World:
    """All that the functions share: a clock, a table, and buckets."""

    clock: Clock
    table: Table
    calls: Calls = field(default_factory=lambda: Calls({}, {}))
    modes: Sequence[Mode] = ()
    """Of the faults that it meets."""

    notes: dict[str, Any] = field(default_factory=dict[str, Any])

    @contextmanager
    def quietly(self) -> Generator[None]:
        """Let calls meet no faults: they are those of AWS itself, or of who looks at the result."""
        before, self.calls.paused = self.calls.paused, True
        yield
        self.calls.paused = before

    def bucket(self, client: Any, name: str) -> Bucket:
        bucket = Bucket(client, name)
        bucket.make()
        return bucket


class Scenario:
    """Something that the functions do, by steps that each are an invocation or several."""

    def prepare(self, world: World) -> None:
        """Make what has to be there before; nothing fails yet."""

    def act(self, world: World) -> None:
        """Have it done, with all repetitions that there would be."""
        raise NotImplementedError

    def again(self, world: World) -> None:
        """Have the invocation that is under way done by another one, to its end."""
        raise NotImplementedError

    def check(self, world: World) -> None:
        """See that the invariants hold."""
        raise NotImplementedError


class Import(Scenario):
    """A file of users and one of posts: each row is written once or refused once, and counted right."""

    users = 7
    posts = 2

    def prepare(self, world: World) -> None:
        bucket = world.bucket(UPLOAD._uploads._client, "blog-test-uploads")
        bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
        client = UPLOAD._queue._client
        world.notes["queue"] = client.create_queue(QueueName="blog-test-jobs")["QueueUrl"]
        rows = [f"user-{number},User,user-{number}@example.com,sub-{number}" for number in range(self.users)]
        users = ["userId,name,email,owner", *rows[:5], "no row", *rows[5:], "Upper,U,u@example.com,sub-u", rows[0]]
        posts = [f"user-{number},On {number},Text,2026-03-01T00:00:00Z" for number in range(self.posts)]
        files = {"users.csv": users, "posts.csv": ["author,title,text,createdAt", *posts]}
        world.notes["events"] = [self.put(bucket, key, "\n".join(lines)) for key, lines in files.items()]
        world.notes["bucket"] = bucket

    def put(self, bucket: Bucket, key: str, content: str) -> dict[str, Any]:
        put = bucket.client.put_object(Bucket=bucket.name, Key=key, Body=content.encode())
        return {"Records": [{"s3": {"object": {"key": key, "size": len(content), "versionId": put["VersionId"]}}}]}

    def act(self, world: World) -> None:
        for one in world.notes["events"]:
            world.notes["again"] = partial(process_upload.handler, one, Context())
            repeat(world.notes["again"])
            self.drain(world)

    def drain(self, world: World) -> None:
        """Hand over what is in the queue until it is empty, as a poller does, in the order of the file."""
        client, url = UPLOAD._queue._client, world.notes["queue"]
        for _ in range(TRIES):
            with world.quietly():
                waiting = list(received(client, url))
            for number in range(0, len(waiting), 10):
                batch = waiting[number : number + 10]
                records = {"Records": [{"messageId": one["MessageId"], "body": one["Body"]} for one in batch]}
                failed = {one["MessageId"] for one in batch}

                def write(records: dict[str, Any] = records, failed: set[str] = failed) -> None:
                    answer = process_job.handler(records, Context())
                    failed.intersection_update(item["itemIdentifier"] for item in answer["batchItemFailures"])

                world.notes["again"] = partial(process_job.handler, records, Context())
                attempt(write)
                with world.quietly():
                    for one in batch:
                        if one["MessageId"] not in failed:
                            client.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            if not waiting:
                return
        raise AssertionError("the queue is never empty")

    def again(self, world: World) -> None:
        world.notes["again"]()

    def check(self, world: World) -> None:
        items = world.table.items()
        users = sorted(item["userId"] for item in items if item["SK"] == "PROFILE")
        assert users == sorted(f"user-{number}" for number in range(self.users))
        posts = [item for item in items if item["SK"] == "METADATA"]
        assert sorted(post["title"] for post in posts) == [f"On {number}" for number in range(self.posts)]
        assert {item["version"] for item in items if item["SK"] in ("PROFILE", "METADATA")} == {"1"}
        assert {item["key"]: item["rows"] for item in items if item["SK"] == "IMPORT"} == {
            "users.csv": str(self.users + 1),
            "posts.csv": str(self.posts),
        }
        bucket: Bucket = world.notes["bucket"]
        results = [key for key in bucket.keys() if ".result/" in key]  # noqa: SIM118  # no dict
        refused = [json.loads(line) for key in results if "refused" in key for line in bucket.read(key).splitlines()]
        assert sorted(one["line"] for one in refused) == [7, 10]
        counts = [json.loads(bucket.read(key)) for key in results if key.endswith("result.json")]
        assert sorted((one["sent"], one["refused"]) for one in counts) == [(self.posts, 0), (self.users + 1, 2)]


def received(client: Any, url: str) -> Iterator[dict[str, Any]]:
    """All that waits in a queue, each message once; it goes on waiting until it is deleted."""
    seen: dict[str, dict[str, Any]] = {}
    while found := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages"):
        seen |= {message["MessageId"]: message for message in found}
    for message in seen.values():
        client.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    yield from sorted(seen.values(), key=lambda message: (json.loads(message["Body"])["line"], message["MessageId"]))


class Requests(Scenario):
    """A client that repeats what broke off: it finds one user in its second version, and one of its two posts."""

    def prepare(self, world: World) -> None:
        world.notes["statuses"] = []

    def act(self, world: World) -> None:
        ada, post = (
            {"userId": "ada", "name": "Ada", "email": "ada@example.com"},
            {"title": "On engines", "text": "Text"},
        )
        path = {"userId": "ada"}
        key = {"idempotency-key": "key-1"}
        self.send(world, create_user, event("POST /users", body=json.dumps(ada), caller="ada", headers=key))
        route = "POST /users/{userId}/posts"
        kept, gone = (
            event(route, path=path, body=json.dumps(post), caller="ada", headers={"idempotency-key": name})
            for name in ("key-2", "key-3")
        )
        self.send(world, create_post, kept)
        post_id = self.send(world, create_post, gone).body["postId"]
        change = event(
            "PATCH /users/{userId}", path=path, body='{"name": "Countess"}', caller="ada", headers={"if-match": '"1"'}
        )
        self.send(world, update_user, change)
        self.send(world, delete_post, event("DELETE /posts/{postId}", path={"postId": post_id}, caller="ada"))

    def send(self, world: World, function: Any, request: dict[str, Any]) -> Received:
        """Send a request until it is answered; note what it was answered, first of all."""
        statuses: list[int] = []
        answers: list[Received] = []

        def invoke() -> None:
            answer = call(function, request)
            statuses.append(answer.status)
            if answer.status < 500:
                answers.append(answer)

        world.notes["again"] = lambda: call(function, request)
        for _ in range(TRIES):
            attempt(invoke)
            if answers:
                break
            statuses.append(0)
        assert answers, f"it is never answered: {statuses}"
        world.notes["statuses"].append(statuses)
        return answers[0]

    def again(self, world: World) -> None:
        world.notes["again"]()

    def check(self, world: World) -> None:
        items = world.table.items()
        assert [(item["name"], item["version"]) for item in items if item["SK"] == "PROFILE"] == [("Countess", "2")]
        assert [item["title"] for item in items if item["SK"] == "METADATA"] == ["On engines"]
        assert len([item for item in items if item["SK"] == "RECEIPT"]) == 3
        assert 500 not in {status for statuses in world.notes["statuses"] for status in statuses} or world.modes
        if set(world.modes) <= {"fail once", "lose", "delay"}:
            # What the SDK's own repetitions make good, no client notices.
            assert [statuses[0] for statuses in world.notes["statuses"]] == [201, 201, 201, 200, 204]


class KeyRotation(Scenario):
    """A secret that only its readers compare: it has one new value, and the one before it still serves."""

    lock: Any = None

    def prepare(self, world: World) -> None:
        manager = world.notes["manager"] = Manager()
        world.notes["rotation"] = Rotation(manager.client, self.lock)
        world.notes["version"] = manager.begin()

    def act(self, world: World) -> None:
        for step in STEPS:
            world.notes["again"] = lambda step=step: take(world.notes["rotation"], world.notes["version"], step)
            repeat(world.notes["again"])

    def again(self, world: World) -> None:
        attempt(world.notes["again"])

    def check(self, world: World) -> None:
        manager: Manager = world.notes["manager"]
        stages = manager.client.describe_secret(SecretId="blog-test-cache").get("VersionIdsToStages", {})
        assert "AWSCURRENT" in stages[world.notes["version"]]
        assert [version for version, labels in stages.items() if "AWSCURRENT" in labels] == [world.notes["version"]]
        assert (manager.value("AWSPREVIOUS"), len(manager.value("AWSCURRENT"))) == ("first", 43)


class PasswordRotation(KeyRotation):
    """The password of a cache's user: the same, and the user has both passwords."""

    def prepare(self, world: World) -> None:
        users = world.notes["users"] = CacheUsers(world)
        self.lock = CacheUser(cast("ElastiCacheClient", users), "blog-test")
        super().prepare(world)

    def check(self, world: World) -> None:
        super().check(world)
        manager: Manager = world.notes["manager"]
        assert set(world.notes["users"].passwords) == {"first", manager.value("AWSCURRENT")}


class CacheUsers:
    """ElastiCache with one user, which moto has no changes of; its calls meet faults as those of other clients do."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.passwords = ["first"]

    def describe_users(self, **_: str) -> dict[str, Any]:
        user = {"Status": "active", "Authentication": {"PasswordCount": len(self.passwords)}}
        return self.call("DescribeUsers", lambda: {"Users": [user]})

    def modify_user(self, *, AuthenticationMode: dict[str, Any], **_: str) -> dict[str, Any]:  # noqa: N803
        def change() -> dict[str, Any]:
            self.passwords = list(AuthenticationMode["Passwords"])
            return {}

        return self.call("ModifyUser", change)

    def call(self, operation: str, carry_out: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        answer, error = None, None
        for _ in range(ATTEMPTS):
            answer, error = self.world.calls.answer(operation, lambda: (carry_out(), None), "https://elasticache")
            if error is None and not isinstance(answer, tuple):
                return cast("dict[str, Any]", answer)
        raise error or TimeoutError(operation)


class Report(Scenario):
    """The report of a day: one, which each repetition returns."""

    def prepare(self, world: World) -> None:
        world.notes["bucket"] = world.bucket(REPORTS._store._client, "blog-test-reports")
        for number in range(3):
            item = {"PK": {"S": f"USER#{number}"}, "SK": {"S": "PROFILE"}}
            world.table.client.put_item(TableName="blog-test", Item=item)

    def write(self) -> dict[str, Any]:
        return daily_report.handler({"time": "2026-11-24T08:00:00Z"}, Context())

    def act(self, world: World) -> None:
        repeat(lambda: self.again(world))

    def again(self, world: World) -> None:
        world.notes["report"] = self.write()

    def check(self, world: World) -> None:
        bucket: Bucket = world.notes["bucket"]
        [key] = bucket.keys()
        assert json.loads(bucket.read(key)) == world.notes["report"] == self.write()
        assert world.notes["report"]["users"] == 3


class Archive(Scenario):
    """Posts that have left the table: each is in the archive once."""

    def prepare(self, world: World) -> None:
        world.notes["bucket"] = world.bucket(ARCHIVE._store._client, "blog-test-archive")
        world.notes["records"] = [
            removed(number, created_at=f"2026-0{number}-01T00:00:00.000Z") for number in range(1, 5)
        ]

    def act(self, world: World) -> None:
        repeat(lambda: self.again(world))

    def again(self, world: World) -> None:
        archive_posts.handler({"Records": world.notes["records"]}, Context())

    def check(self, world: World) -> None:
        assert archived(world.notes["bucket"]) == [f"post-{number}" for number in range(1, 5)]


SCENARIOS: tuple[type[Scenario], ...] = (Import, Requests, KeyRotation, PasswordRotation, Report, Archive)

type Faults = tuple[tuple[int, Mode], ...]


@dataclass(frozen=True)
class Point:
    """A scenario and the faults that it meets, by the number of the call."""

    scenario: type[Scenario]
    faults: Faults

    def __str__(self) -> str:
        faults = ", ".join(f"{mode} at call {number}" for number, mode in self.faults)
        return f"{self.scenario.__name__}: {faults or 'no fault'}"

    def run(self) -> int:
        """Run it and see that the invariants hold; return how many calls were made.

        Raises:
            AssertionError: An invariant does not hold.
        """
        with mock_aws(), pytest.MonkeyPatch.context() as patch, shared_world(patch) as world:
            scenario = self.scenario()
            scenario.prepare(world)
            events = {
                "repeat": lambda: scenario.again(world),
                "delay": lambda: world.clock.advance(timedelta(hours=1)),
            }
            with injected(dict(self.faults), **events) as world.calls:
                scenario.act(world)
                made = len(world.calls.names)
                world.modes = [mode for _, mode in self.faults]
                with world.quietly():
                    scenario.check(world)
            return made


@contextmanager
def shared_world(patch: pytest.MonkeyPatch) -> Generator[World]:
    """A world whose clock all functions see, with steps and batches small enough to have many of them."""
    clock = Clock()
    jobs: Any = process_job.jobs
    services = [service_of(function) for function in FUNCTIONS]
    for part in (*services, process_upload.imports, daily_report.reports, jobs):
        patch.setattr(part, "_now", clock)
    patch.setattr(service, "STEP_RECORDS", 5)
    # One batch after the other, so that each call has its number.
    patch.setattr(UPLOAD._queue, "_senders", Inline())
    patch.setattr(UPLOAD._queue, "_pause", float)
    yield World(clock, created_table(boto3.client("dynamodb")))  # pyright: ignore[reportUnknownMemberType]


class Inline:
    """Maps without threads."""

    def map(self, function: Callable[[Any], Any], items: Any) -> Iterator[Any]:
        return map(function, items)


def points(seed: int = 1) -> list[Point]:
    """All points: each fault at each call of each scenario, and once more with a second fault that the seed chooses."""
    chosen = random.Random(seed)  # a test, not a secret
    found: list[Point] = []
    for scenario in SCENARIOS:
        calls = Point(scenario, ()).run()
        single: list[Faults] = [((number, mode),) for number in range(calls) for mode in MODES]
        # Where the first fault ends the scenario's calls early, the second one is not met.
        double: list[Faults] = [(*one, (one[0][0] + chosen.randrange(1, 9), chosen.choice(MODES))) for one in single]
        found += [Point(scenario, faults) for faults in single + double]
    return found


def failure_of(point: Point) -> str | None:
    """Run a point; say why it has not survived, if it has not."""
    logger.logger_handler.setLevel("CRITICAL")
    try:
        with redirect_stdout(io.StringIO()):
            point.run()
    except Exception as error:  # noqa: BLE001  # whatever it is, the point has not survived
        return f"{point}: {type(error).__name__}: {error}"
    return None


def main() -> int:
    """Run all points; print how many survived, and those that did not."""
    logger.logger_handler.setLevel("CRITICAL")
    began = time.monotonic()
    survived: Counter[str] = Counter()
    with redirect_stdout(io.StringIO()):
        everything = points()
    with ProcessPoolExecutor() as processes:
        for point, failure in zip(everything, processes.map(failure_of, everything, chunksize=8), strict=True):
            if failure:
                print(failure)
            else:
                survived[point.scenario.__name__] += 1
    for scenario in SCENARIOS:
        total = sum(point.scenario is scenario for point in everything)
        print(f"{scenario.__name__}: {survived[scenario.__name__]} of {total} points survived")
    print(f"{survived.total()} of {len(everything)} points survived in {time.monotonic() - began:.0f} s")
    return int(survived.total() != len(everything))


if __name__ == "__main__":
    sys.exit(main())
