"""What get_user costs beside a bare function that reads the same item, in instructions.

Instructions repeat from run to run where times do not, so that a small difference is one of the code. The function runs
as it is deployed, from the zips with its bytecode and its layer; both ask the same stand-in for DynamoDB, which always
answers the same. Run with `python -m benchmarks.functions`; the exit status is 1 if a goal is missed.
"""

import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from components.compute.package import function_package, layer_package

# The goals: what logs, metrics, checks and problem details may add to a cold start and to a warm call.
COLD_GOAL = 1.10
WARM_GOAL = 1.30
WARM_CALLS = 20

EVENT = {
    "version": "2.0",
    "routeKey": "GET /users/{userId}",
    "rawPath": "/users/ada",
    "rawQueryString": "",
    "headers": {"accept": "*/*", "host": "id.execute-api.eu-central-1.amazonaws.com", "user-agent": "benchmark"},
    "pathParameters": {"userId": "ada"},
    "requestContext": {"requestId": "request-1", "routeKey": "GET /users/{userId}", "stage": "$default"},
    "isBase64Encoded": False,
}
ITEM = {
    "PK": {"S": "USER#ada"},
    "SK": {"S": "PROFILE"},
    "userId": {"S": "ada"},
    "name": {"S": "Ada Lovelace"},
    "email": {"S": "ada@example.com"},
    "owner": {"S": "00000000-0000-0000-0000-000000000000"},
    "version": {"N": "1"},
    "createdAt": {"S": "2026-01-01T00:00:00.000Z"},
    "updatedAt": {"S": "2026-01-01T00:00:00.000Z"},
}


class DynamoDB(BaseHTTPRequestHandler):
    """DynamoDB for a benchmark: it holds one item and answers with it whatever is asked."""

    protocol_version = "HTTP/1.1"
    answer = json.dumps({"Item": ITEM}).encode()

    def do_POST(self) -> None:
        """Read the request and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        head = {
            "Content-Type": "application/x-amz-json-1.0",
            "Content-Length": str(len(self.answer)),
            "x-amzn-RequestId": "0" * 52,
            "x-amz-crc32": str(zlib.crc32(self.answer)),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        self.wfile.write(f"HTTP/1.1 200 OK\r\n{lines}\r\n".encode() + self.answer)

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002
        """Stay silent: the table is all that this benchmark prints."""


def main() -> int:
    """Measure, print the table and tell whether the goals are met."""
    if not shutil.which("valgrind"):
        print("This benchmark counts instructions with valgrind, which is not on PATH: install it (Debian: valgrind).")
        return 1
    with tempfile.TemporaryDirectory() as folder, _dynamodb() as endpoint:
        deployed, bare = _unpack_deployed(Path(folder)), _compile_bare(Path(folder))
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONHASHSEED": "0",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
            "TABLE_NAME": "blog-benchmark",
            "POWERTOOLS_SERVICE_NAME": "blog",
            "POWERTOOLS_METRICS_NAMESPACE": "blog-benchmark",
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }
        cold, warm = _measure("get_user", environment | {"PYTHONPATH": deployed})
        bare_cold, bare_warm = _measure("bare_get_item", environment | {"PYTHONPATH": bare})
    print(f"{'million instructions':26}{'get_user':>10}{'bare':>10}{'ratio':>8}{'goal':>8}")
    met = [
        _report("init and first call", cold, bare_cold, COLD_GOAL),
        _report("a warm call", warm, bare_warm, WARM_GOAL),
    ]
    return 0 if all(met) else 1


def _report(what: str, ours: int, bare: int, goal: float) -> bool:
    """Print a row of the table; whether its goal is met."""
    ratio = ours / bare
    met = ratio <= goal
    print(f"{what:26}{ours / 1e6:10.2f}{bare / 1e6:10.2f}{ratio:8.3f}{goal:8.2f}  {'met' if met else 'MISSED'}")
    return met


def _measure(module: str, environment: dict[str, str]) -> tuple[int, int]:
    """The instructions of init with the first call, without the interpreter's own start, and of one warm call."""
    # Once uncounted: it leaves the bytecode of the installed libraries behind, as the runtime has it.
    subprocess.run(
        _invocation(module, 1),
        env=environment,
        input=json.dumps(EVENT),
        text=True,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    start = _instructions([sys.executable, "-c", "pass"], environment)
    first = _instructions(_invocation(module, 1), environment)
    more = _instructions(_invocation(module, 1 + WARM_CALLS), environment)
    return first - start, (more - first) // WARM_CALLS


def _invocation(module: str, calls: int) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("invoke.py")), module, str(calls)]


def _instructions(command: list[str], environment: dict[str, str]) -> int:
    """Run a command and count the instructions that it executes."""
    counted = subprocess.run(
        ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *command],
        env=environment,
        input=json.dumps(EVENT),
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"Collected : (\d+)", counted.stderr)
    if counted.returncode or not found:
        raise RuntimeError(f"{command} failed under valgrind with {counted.returncode}:\n{counted.stderr}")
    return int(found[1])


@contextmanager
def _dynamodb() -> Generator[str]:
    """Serve the stand-in; gives its URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), DynamoDB) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _unpack_deployed(folder: Path) -> str:
    """Unpack the function and its layer as Lambda does; gives the import path."""
    for package, target in (
        (function_package("get_user"), "task"),
        (layer_package("aws-lambda-powertools", "arm64"), "opt"),
    ):
        with zipfile.ZipFile(package.path) as archive:
            archive.extractall(folder / target)
    return os.pathsep.join([str(folder / "task"), str(folder / "opt" / "python")])


def _compile_bare(folder: Path) -> str:
    """Put the bare function beside its bytecode, of the kind that the deployed one has; gives the import path."""
    source = Path(shutil.copy(Path(__file__).with_name("bare_get_item.py"), folder))
    py_compile.compile(str(source), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    return str(folder)


if __name__ == "__main__":
    sys.exit(main())
