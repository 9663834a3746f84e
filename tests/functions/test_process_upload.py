"""An uploaded file on a bucket, a table and a queue in memory: each row is sent, whatever breaks off on the way."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote_plus

import pytest
from botocore.exceptions import ClientError

import process_upload
from blog.imports import service
from blog.imports.queue import ATTEMPTS, JobQueue, UnsentError
from blog.imports.records import LONGEST
from blog.imports.rows import CREATED_AT, MESSAGE_BYTES
from blog.imports.upload import Upload
from blog.reports.census import Census
from tests.functions.api import Context, Table
from tests.functions.buckets import Bucket
from tests.functions.conftest import Clock

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

PARTS: Any = process_upload.imports
HEADER = "userId,name,email,owner"
ADA = "ada,Ada Lovelace,ada@example.com,sub-ada"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(process_upload.imports, "_now", clock)
    return clock


@pytest.fixture
def bucket(table: Table) -> Bucket:
    """The bucket of the uploads, beside the table."""
    assert table.items() == []
    bucket = Bucket(PARTS._uploads._client, "blog-test-uploads")
    bucket.make()
    bucket.client.put_bucket_versioning(Bucket=bucket.name, VersioningConfiguration={"Status": "Enabled"})
    return bucket


class Jobs:
    """The queue, and the requests that reach it."""

    def __init__(self, client: "SQSClient") -> None:
        self.client = client
        self.url = client.create_queue(QueueName="blog-test-jobs")["QueueUrl"]
        self.requests: list[list[str]] = []

    def record(self, params: dict[str, Any], **_: Any) -> None:
        self.requests.append([entry["MessageBody"] for entry in params["Entries"]])

    def messages(self) -> list[dict[str, Any]]:
        """What the queue has been sent, in the order of the file."""
        sent = [json.loads(body) for request in self.requests for body in request]
        return sorted(sent, key=lambda message: (message["line"], json.dumps(message)))

    def waiting(self) -> int:
        attributes = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        return int(attributes["ApproximateNumberOfMessages"])


@pytest.fixture
def jobs(bucket: Bucket) -> Iterator[Jobs]:
    del bucket  # whose mock of AWS it is in
    client: SQSClient = PARTS._queue._client
    jobs = Jobs(client)
    client.meta.events.register("provide-client-params.sqs.SendMessageBatch", jobs.record)
    yield jobs
    client.meta.events.unregister("provide-client-params.sqs.SendMessageBatch", jobs.record)


def upload(bucket: Bucket, content: str | bytes, key: str = "users.csv") -> dict[str, Any]:
    """Put a file; return the event by which S3 tells of it."""
    body = content if isinstance(content, bytes) else content.encode()
    put = bucket.client.put_object(Bucket=bucket.name, Key=key, Body=body)
    file = {"key": quote_plus(key), "size": len(body), "versionId": put["VersionId"]}
    return {"Records": [{"eventSource": "aws:s3", "s3": {"bucket": {"name": bucket.name}, "object": file}}]}


def id_of(event: dict[str, Any]) -> str:
    return Upload.of(event["Records"][0]).id


def process(event: dict[str, Any]) -> None:
    process_upload.handler(event, Context())


def users(many: int) -> str:
    lines = [f"user-{number},User {number},user-{number}@example.com,sub-{number}" for number in range(many)]
    return "\n".join([HEADER, *lines, ""])


def values(jobs: Jobs) -> list[Any]:
    return [message["values"] for message in jobs.messages()]


def results(event: dict[str, Any]) -> str:
    """Where the result of an upload lies."""
    file = Upload.of(event["Records"][0])
    return f"{file.key}.result/{file.version}/"


def refused(bucket: Bucket, event: dict[str, Any]) -> list[tuple[int, str]]:
    """The lines that the result of an upload names, and why."""
    names = [key for key in bucket.keys() if key.startswith(f"{results(event)}refused-")]  # noqa: SIM118  # no dict
    lines = [json.loads(line) for name in names for line in bucket.read(name).decode().splitlines()]
    return [(line["line"], line["reason"]) for line in lines]


def result(bucket: Bucket, event: dict[str, Any]) -> dict[str, Any]:
    return json.loads(bucket.read(f"{results(event)}result.json"))


def test_a_row_becomes_a_message_that_says_where_it_comes_from(bucket: Bucket, jobs: Jobs) -> None:
    event = upload(bucket, f"{HEADER}\n{ADA}\n")
    process(event)
    assert jobs.messages() == [
        {
            "upload": id_of(event),
            "line": 2,
            "kind": "users",
            "values": {"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.com", "owner": "sub-ada"},
            "unreadable": None,
        }
    ]
    assert jobs.waiting() == 1


@pytest.mark.parametrize(
    "content",
    [
        f"\ufeff{HEADER}\r\n{ADA}\r\n",
        f"{HEADER}\n{ADA}",
        f"{HEADER}\n\n\r\n{ADA}\n\n",
        "email,owner,name,userId\nada@example.com,sub-ada,Ada Lovelace,ada\n",
        '"userId","name","email","owner"\nada,"Ada Lovelace",ada@example.com,"sub-ada"\n',
    ],
    ids=["byte order mark and CRLF", "no last end of line", "empty lines", "columns in another order", "quotes"],
)
def test_a_file_is_read_however_a_program_writes_it(bucket: Bucket, jobs: Jobs, content: str) -> None:
    process(upload(bucket, content))
    assert values(jobs) == [{"userId": "ada", "name": "Ada Lovelace", "email": "ada@example.com", "owner": "sub-ada"}]


def test_a_post_keeps_its_line_breaks_commas_and_quotes(bucket: Bucket, jobs: Jobs) -> None:
    text = 'author,title,text,createdAt\nada,On engines,"They ""weave"",\n\nlike Jäcquards.",2026-11-24T08:00:00Z\n'
    process(upload(bucket, text, "posts.csv"))
    [message] = jobs.messages()
    assert message["kind"] == "posts"
    assert message["values"] == {
        "author": "ada",
        "title": "On engines",
        "text": 'They "weave",\n\nlike Jäcquards.',
        "createdAt": "2026-11-24T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the first line has to name the columns"),
        (f"{ADA}\n".encode(), "the first line has to name the columns"),
        (b"userId,name,email\n", "userId, name, email, owner (users) or author, title, text, createdAt (posts)"),
        (b"userId,name,email,owner,owner\n", "each once"),
        (f"{HEADER},secret-word\n".encode(), "the first line has to name the columns"),
        (f"{HEADER}\n".encode("utf-16"), "it is not in UTF-8"),
        (b'userId,"name\n', "the first line has to name the columns"),
        (b'userId,"na"me,email,owner\n', "it is no line of a csv"),
    ],
    ids=[
        "empty",
        "no header",
        "a column less",
        "a column twice",
        "a column more",
        "UTF-16",
        "open quote",
        "stray quote",
    ],
)
def test_a_file_whose_first_line_does_not_name_the_columns_is_refused_without_repeating_it(
    bucket: Bucket, jobs: Jobs, table: Table, content: bytes, reason: str
) -> None:
    event = upload(bucket, content)
    process(event)
    [(line, said)] = refused(bucket, event)
    assert (line, reason in said) == (1, True)
    assert not any(word in said for word in ("Lovelace", "secret-word"))
    assert result(bucket, event) == {"upload": id_of(event), "sent": 0, "refused": 1}
    assert (jobs.requests, table.items()) == ([], [])


def test_a_row_that_can_never_be_written_is_refused_in_the_result_beside_the_file(bucket: Bucket, jobs: Jobs) -> None:
    too_long = b"x" * LONGEST
    lines = [
        HEADER.encode(),
        b"a,b",
        b"\xff,b,c,d",
        b'a"b,c,d,e',
        b'"a"b,c,d,e',
        too_long,
        ADA.encode(),
        b'"open,b,c,d',
    ]
    event = upload(bucket, b"\n".join(lines))
    process(event)
    assert refused(bucket, event) == [
        (2, "it has 2 columns, not 4"),
        (3, "it is not in UTF-8"),
        (4, "it is longer than 256 KiB, or its quotes do not close"),
        (5, "it is no line of a csv: ',' expected after '\"'"),
        (6, "it is longer than 256 KiB, or its quotes do not close"),
        (8, "it is longer than 256 KiB, or its quotes do not close"),
    ]
    assert [message["line"] for message in jobs.messages()] == [7]
    assert result(bucket, event) == {"upload": id_of(event), "sent": 1, "refused": 6}


def test_a_field_that_no_field_may_be_and_a_row_that_fits_no_message_are_no_rows(bucket: Bucket, jobs: Jobs) -> None:
    controls = "\x01" * 100_000
    event = upload(bucket, f"{HEADER}\n{'x' * 140_000},b,c,d\n{controls},{controls},c,d\n")
    process(event)
    assert refused(bucket, event) == [
        (2, "it is no line of a csv: field larger than field limit (131072)"),
        (3, "it is too long for a message"),
    ]
    assert jobs.requests == []


def test_a_message_is_ascii_for_sqs_refuses_some_characters(bucket: Bucket, jobs: Jobs) -> None:
    process(upload(bucket, f"{HEADER}\nada,\ufffe😀,b@example.com,c\n"))
    [[body]] = jobs.requests
    assert body.isascii()
    assert body.isprintable()
    assert values(jobs)[0]["name"] == "\ufffe😀"


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ("2000-01-01T00:00:00Z", True),
        ("2000-01-01T00:00:00+01:00", False),
        ("1999-12-31T23:30:00-01:00", False),
        ("2049-12-31T23:59:59.999999Z", True),
        ("2049-12-31T23:59:59-01:00", False),
        ("2026-02-29T00:00:00Z", False),
        ("2028-02-29T24:00:00Z", False),
        ("2028-02-29T00:00:00+24:00", False),
        ("2028-02-29T00:00:00.1234567Z", False),
    ],
)
def test_a_moment_is_accepted_if_the_archive_has_a_partition_for_its_year_in_utc(
    bucket: Bucket, jobs: Jobs, written: str, accepted: bool
) -> None:
    event = upload(bucket, f"author,title,text,createdAt\nada,On engines,They weave.,{written}\n")
    process(event)
    rule = f"must be {CREATED_AT.rule}"
    assert [(line, rule in reason) for line, reason in refused(bucket, event)] == ([] if accepted else [(2, True)])
    assert len(values(jobs)) == accepted


def test_the_result_of_a_file_with_the_longest_key_fits_one_too(bucket: Bucket, jobs: Jobs) -> None:
    key = "ü" * 510 + ".csv"
    process(upload(bucket, f"{HEADER}\na,b\n", key))
    assert [len(name.encode()) <= 1024 for name in bucket.keys()] == [True] * 3  # noqa: SIM118  # no dict
    assert jobs.requests == []


def test_the_longest_posts_fit_a_message_each_and_batches_stay_within_their_limit(bucket: Bucket, jobs: Jobs) -> None:
    rows = [f"ada,{number},{'😀' * 50_000},2026-11-24T08:00:00Z" for number in range(4)]
    process(upload(bucket, "\n".join(["author,title,text,createdAt", *rows]), "posts.csv"))
    assert [message["values"]["title"] for message in jobs.messages()] == ["0", "1", "2", "3"]
    assert [len(request) for request in jobs.requests] == [1, 1, 1, 1]
    assert all(len(body) <= MESSAGE_BYTES for [body] in jobs.requests)


def test_rows_are_sent_ten_at_a_time(bucket: Bucket, jobs: Jobs) -> None:
    process(upload(bucket, users(25)))
    assert sorted(len(request) for request in jobs.requests) == [5, 10, 10]
    assert [row["userId"] for row in values(jobs)] == [f"user-{number}" for number in range(25)]


def test_an_import_that_is_done_is_kept_for_the_report_and_says_which_file_it_was(
    bucket: Bucket, jobs: Jobs, table: Table
) -> None:
    event = upload(bucket, users(3), "from ada/Übung 1.csv")
    process(event)
    version = event["Records"][0]["s3"]["object"]["versionId"]
    assert jobs.waiting() == 3
    assert table.items() == [
        {
            "PK": f"IMPORT#{id_of(event)}",
            "SK": "IMPORT",
            "key": "from ada/Übung 1.csv",
            "version": version,
            "rows": "3",
            "finishedAt": "2026-11-23T21:00:00.123Z",
        },
        {
            "PK": f"IMPORT#{id_of(event)}",
            "SK": "PROGRESS",
            "columns": HEADER,
            "position": str(len(users(3))),
            "line": "5",
            "rows": "3",
            "refused": "0",
            "expiresAt": "1798059600",
        },
    ]


def test_an_event_that_comes_again_sends_nothing_and_counts_once(bucket: Bucket, jobs: Jobs, table: Table) -> None:
    event = upload(bucket, users(3))
    process(event)
    before = table.items()
    jobs.requests.clear()
    process(event)
    assert jobs.requests == []
    assert table.items() == before
    assert Census(PARTS._store._table).take(0).imports == 1


def test_an_import_that_was_broken_off_is_not_counted_yet(broken_off: "Callable[[int], dict[str, Any]]") -> None:
    broken_off(3)
    assert Census(PARTS._store._table).take(0).imports == 0


def test_a_file_without_rows_is_an_import_of_none(bucket: Bucket, jobs: Jobs, table: Table) -> None:
    process(upload(bucket, HEADER))
    assert jobs.requests == []
    assert [(item["SK"], item["rows"]) for item in table.items()] == [("IMPORT", "0")]


def test_a_file_is_imported_as_it_was_uploaded_whatever_took_its_place(
    bucket: Bucket, jobs: Jobs, table: Table
) -> None:
    first = upload(bucket, f"{HEADER}\n{ADA}\n")
    second = upload(bucket, users(1))
    process(first)
    process(second)
    assert sorted(row["userId"] for row in values(jobs)) == ["ada", "user-0"]
    assert [item["SK"] for item in table.items()] == ["IMPORT", "PROGRESS"] * 2


def test_a_file_is_read_in_blocks_and_sent_in_steps(
    bucket: Bucket, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blog.imports.store.BLOCK", 64)
    monkeypatch.setattr(service, "STEP_RECORDS", 7)
    process(upload(bucket, users(30)))
    assert [row["userId"] for row in values(jobs)] == [f"user-{number}" for number in range(30)]
    assert sorted(len(request) for request in jobs.requests) == [2, 7, 7, 7, 7]


def test_a_step_holds_no_more_bytes_than_it_may(bucket: Bucket, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "STEP_BYTES", 100)
    process(upload(bucket, users(9)))
    assert {len(request) for request in jobs.requests} == {3}


@pytest.fixture
def broken_off(bucket: Bucket, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Uploads thirty rows and breaks the import off in one of its steps of five, after that was sent."""

    def run(step: int, more: str = "") -> dict[str, Any]:
        monkeypatch.setattr(service, "STEP_RECORDS", 5)
        event = upload(bucket, users(30) + more)
        store, kept = PARTS._store, PARTS._store.keep
        steps = iter(range(1, 9))

        def keep(*arguments: Any) -> None:
            if next(steps) == step:
                raise KeyboardInterrupt
            kept(*arguments)

        with monkeypatch.context() as patch:
            patch.setattr(store, "keep", keep)
            with pytest.raises(KeyboardInterrupt):
                process(event)
        assert jobs.waiting() == 5 * step
        jobs.requests.clear()
        return event

    return run


@pytest.mark.parametrize("step", [1, 3, 6])
def test_what_was_broken_off_goes_on_with_the_step_that_may_not_have_been_sent(
    broken_off: Callable[[int], dict[str, Any]], jobs: Jobs, table: Table, step: int
) -> None:
    process(broken_off(step))
    assert [message["line"] for message in jobs.messages()] == list(range(2 + 5 * (step - 1), 32))
    assert [(item["SK"], item["rows"]) for item in table.items()] == [("IMPORT", "30"), ("PROGRESS", "30")]


class Refusing:
    """A queue that refuses messages of a batch as often as it is told, by number, and remembers all that came."""

    def __init__(self, *refused: set[str]) -> None:
        self.refused = list(refused)
        self.came: list[list[str]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "the queue"
        self.came.append([entry["MessageBody"] for entry in Entries])
        refused = self.refused.pop(0) if self.refused else set[str]()
        failed = [{"Id": id_, "Code": "InternalError", "SenderFault": False} for id_ in sorted(refused)]
        return {"Successful": [], "Failed": failed} if failed else {"Successful": []}


def queue(client: Refusing) -> tuple[JobQueue, list[float]]:
    pauses: list[float] = []
    return JobQueue(cast("SQSClient", client), "the queue", pauses.append), pauses


def test_of_a_batch_only_what_was_refused_is_sent_again_and_later_each_time() -> None:
    client = Refusing({"1", "2"}, {"2"})
    jobs, pauses = queue(client)
    jobs.send(["a", "b", "c", "d"])
    assert client.came == [["a", "b", "c", "d"], ["b", "c"], ["c"]]
    assert pauses == [0.2, 0.4]


def test_what_is_refused_to_the_last_breaks_the_import_off() -> None:
    client = Refusing(*[{"0"}] * ATTEMPTS)
    jobs, _ = queue(client)
    with pytest.raises(UnsentError, match="1 messages were refused 5 times: InternalError"):
        jobs.send(["a", "b"])
    assert client.came == [["a", "b"], ["a"], ["a"], ["a"], ["a"]]


class Narrow:
    """A queue that takes batches up to a size, and no message in which a word is."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
        self.taken: list[str] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> dict[str, Any]:  # noqa: N803
        assert QueueUrl == "the queue"
        if sum(len(entry["MessageBody"]) for entry in Entries) > self.longest:
            code = "AWS.SimpleQueueService.BatchRequestTooLong"
            raise ClientError({"Error": {"Code": code, "Message": "too long"}}, "SendMessageBatch")
        refused = [entry["Id"] for entry in Entries if "never" in entry["MessageBody"]]
        self.taken += [entry["MessageBody"] for entry in Entries if entry["Id"] not in refused]
        return {"Failed": [{"Id": id_, "Code": "InvalidMessageContents", "SenderFault": True} for id_ in refused]}


def test_what_the_queue_will_never_take_holds_up_no_other_message() -> None:
    client = Narrow(longest=30)
    jobs = JobQueue(cast("SQSClient", client), "the queue")
    messages = ["a" * 20, "b" * 31, "c" * 20, "never", "d" * 30]
    assert jobs.send(messages) == [1, 3]
    assert sorted(client.taken) == sorted([messages[0], messages[2], messages[4]])


def test_a_row_that_the_queue_will_never_take_is_refused_by_its_line(
    bucket: Bucket, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Narrow(longest=400)
    with monkeypatch.context() as patch:
        patch.setattr(PARTS, "_queue", JobQueue(cast("SQSClient", client), "the queue"))
        row = "ada,On {0},{1},2026-11-24T08:00:00Z\n"
        content = row.format(1, "short") + row.format(2, "long" * 200) + row.format(3, "short")
        event = upload(bucket, f"author,title,text,createdAt\n{content}")
        process(event)
    assert refused(bucket, event) == [(3, "it is too long for the queue")]
    assert [json.loads(message)["line"] for message in client.taken] == [2, 4]
    assert result(bucket, event) == {"upload": id_of(event), "sent": 2, "refused": 1}
    assert jobs.waiting() == 0


def test_what_is_refused_in_steps_is_listed_once_however_often_a_step_is_repeated(
    broken_off: Callable[[int, str], dict[str, Any]], bucket: Bucket
) -> None:
    event = broken_off(3, "no row\n")
    process(event)
    assert refused(bucket, event) == [(32, "it has 1 columns, not 4")]
    assert result(bucket, event) == {"upload": id_of(event), "sent": 30, "refused": 1}


def test_an_import_whose_rows_are_refused_does_not_count_and_goes_on_later(
    bucket: Bucket, jobs: Jobs, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = upload(bucket, users(3))
    with monkeypatch.context() as patch:
        patch.setattr(PARTS, "_queue", queue(Refusing(*[{"0"}] * ATTEMPTS))[0])
        with pytest.raises(UnsentError):
            process(event)
    assert table.items() == []
    process(event)
    assert len(values(jobs)) == 3


def test_a_version_that_is_gone_fails_so_that_the_event_is_kept(bucket: Bucket, jobs: Jobs) -> None:
    event = upload(bucket, users(3))
    version = event["Records"][0]["s3"]["object"]["versionId"]
    bucket.client.delete_object(Bucket=bucket.name, Key="users.csv", VersionId=version)
    with pytest.raises(ClientError, match="NoSuchVersion"):
        process(event)
    assert jobs.requests == []


def test_the_log_has_the_upload_and_its_rows_and_nothing_of_the_file(
    bucket: Bucket, jobs: Jobs, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    event = upload(bucket, f"{HEADER}\n{ADA}\n", "ada@example.com.csv")
    process(event)
    [line] = logs()
    assert (line["message"], line["correlation_id"], line["upload"], line["rows"]) == (
        "sent",
        id_of(event),
        id_of(event),
        1,
    )
    assert line["function_request_id"] == "function-request-1"
    assert "ada" not in json.dumps(line).casefold().replace(id_of(event), "")
    assert jobs.waiting() == 1


def test_an_upload_that_fails_is_logged_under_its_id(
    bucket: Bucket, jobs: Jobs, logs: Callable[[], list[dict[str, Any]]]
) -> None:
    event = upload(bucket, users(1))
    version = event["Records"][0]["s3"]["object"]["versionId"]
    bucket.client.delete_object(Bucket=bucket.name, Key="users.csv", VersionId=version)
    with pytest.raises(ClientError, match="NoSuchVersion"):
        process(event)
    assert [(line["message"], line["correlation_id"]) for line in logs()] == [("failed", id_of(event))]
    assert jobs.requests == []
