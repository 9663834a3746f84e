"""What the first use of the data about AWS's actions costs in a fresh process: wall time and CPU in milliseconds.

Run with `python -m benchmarks.action_data`. The first line parses one service, the second all of them.
"""

import statistics
import subprocess
import sys
from typing import Final

PATTERNS: Final = ("dynamodb:GetItem", "*:Get*")
ROUNDS: Final = 9
PROGRAM: Final = """
import sys, time
from serverless_guard.iam import actions
wall, cpu = time.perf_counter(), time.process_time()
actions.expand(sys.argv[1])
print(1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu))
"""


def first_use(pattern: str) -> tuple[float, float]:
    """Measure what a fresh process takes to find the actions of a pattern: milliseconds of wall time and of CPU."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, pattern], capture_output=True, text=True, check=True)
    wall, cpu = done.stdout.split()
    return float(wall), float(cpu)


def main() -> None:
    """Measure and print the medians."""
    print(f"{'first use of':20} {'wall ms':>8} {'CPU ms':>8}   median of {ROUNDS} processes")
    for pattern in PATTERNS:
        walls, cpus = zip(*(first_use(pattern) for _ in range(ROUNDS)), strict=True)
        print(f"{pattern:20} {statistics.median(walls):8.1f} {statistics.median(cpus):8.1f}")


if __name__ == "__main__":
    main()
