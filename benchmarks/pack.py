"""What a policy pack costs by itself, started and asked as the engine does it: start-up, CPU a resource, and memory.

Run with `python -m benchmarks.pack [RESOURCES ...]`. The resources are the good examples of all rules in turn, so that
each type that a rule is about takes part; the empty pack is asked about the same ones. Needs Linux, for its /proc.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final, cast

import grpc
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from serverless_guard.record import UNKNOWN
from serverless_guard.rules import every_rule
from serverless_guard.rules.rule import ANY_TYPE

HERE = Path(__file__).resolve().parent
PACKS = {"empty": HERE / "empty_pack", "ours": HERE.parent / "policies"}
SIZES = (20, 100, 1000, 5000)
ROUNDS = 7
"""How often the start-up is measured; the median counts."""
WITHOUT_LIMIT: Final = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a string that is not known yet."""


@dataclass(frozen=True)
class Served:
    """A pack that answers: its process, its address, and the seconds until it did."""

    process: int
    address: str
    seconds: float

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, in user mode and in the kernel. Source of the fields: proc(5)."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Megabytes that it has held at most."""
        status = Path(f"/proc/{self.process}/status").read_text(encoding="utf-8")
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main(sizes: list[int]) -> int:
    """Measure and print both packs."""
    print(f"{'start-up':8} {'wall':>8} {'CPU':>8} {'memory':>8}   median of {ROUNDS}")
    for name, folder in PACKS.items():
        starts: list[tuple[float, float, float]] = []
        for _ in range(ROUNDS):
            with _served(folder) as pack:
                starts.append((pack.seconds, pack.cpu, pack.memory))
        wall, cpu, memory = (statistics.median(column) for column in zip(*starts, strict=True))
        print(f"{name:8} {wall:6.2f} s {cpu:6.2f} s {memory:5.0f} MB", flush=True)
    for size in sizes:
        requests = list(_requests(size))
        print(f"\n{size} resources, CPU of the pack: each {'':>6} the stack at the end   memory")
        for name, folder in PACKS.items():
            with _served(folder) as pack:
                each, stack = _asked(pack, requests)
                print(f"{name:29} {each * 1000:8.2f} ms {stack:18.2f} s {pack.memory:10.0f} MB", flush=True)
    return 0


@contextmanager
def _served(folder: Path) -> Generator[Served]:
    started = time.perf_counter()
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", "."]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        port = process.stdout.readline().strip() if process.stdout else ""
        try:
            yield Served(process.pid, f"127.0.0.1:{port}", time.perf_counter() - started)
        finally:
            process.terminate()


def _asked(pack: Served, requests: list[proto.AnalyzeRequest]) -> tuple[float, float]:
    """Ask about each resource and then about the stack; give the CPU seconds a resource, and those of the stack."""
    with grpc.insecure_channel(pack.address, options=WITHOUT_LIMIT) as channel:
        stub = cast("Any", AnalyzerStub(channel))
        config = {"bench:production": "false"}
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(project="bench", stack="bench", config=config))
        before = pack.cpu
        for one in requests:
            with suppress(grpc.RpcError):  # a pack may say that it remediates nothing
                stub.Remediate(one)
            stub.Analyze(one)
        between = pack.cpu
        stub.AnalyzeStack(
            proto.AnalyzeStackRequest(
                resources=[
                    proto.AnalyzerResource(type=one.type, name=one.name, urn=one.urn, properties=one.properties)
                    for one in requests
                ]
            )
        )
        return (between - before) / len(requests), pack.cpu - between


def _requests(count: int) -> Iterator[proto.AnalyzeRequest]:
    examples = [(rule, one) for rule in every_rule() for good in rule.good for one in (good, *good.others)]
    for index, (rule, example) in enumerate(islice(cycle(examples), count)):
        kind = example.type or next((one for one in rule.types if one != ANY_TYPE), "aws:dynamodb/table:Table")
        name = f"{example.name}-{index}"
        request = proto.AnalyzeRequest(type=kind, name=name, urn=f"urn:pulumi:bench::bench::{kind}::{name}")
        request.properties.update(_wire(example.props))
        yield request


def _wire(value: object) -> Any:
    if isinstance(value, Mapping):
        return {key: _wire(item) for key, item in cast("Mapping[str, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_wire(item) for item in cast("list[object]", value)]
    return UNKNOWN_STRING if value is UNKNOWN else value


if __name__ == "__main__":
    sys.exit(main([int(given) for given in sys.argv[1:]] or list(SIZES)))
