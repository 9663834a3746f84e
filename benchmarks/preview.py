"""What the policies add to a preview of the dev stack, in rounds that take turns, on the real engine and the local AWS.

Run with `python -m benchmarks.preview`; the exit status is 1 if the goal is missed. Ratios are formed in each round, so
that a machine whose speed drifts does not decide.
"""

import statistics
import subprocess
import sys
import time

from local.cloud import ROOT
from local.session import POLICIES, Session

ROUNDS = 7
GOAL = 1.15
"""A preview with the pack takes at most so many times one without."""

VARIANTS: dict[str, tuple[str, ...]] = {"as typed": (), "with the pack": POLICIES}


def main() -> int:
    """Measure, print a table, and tell by the exit status whether the goal is met."""
    session = Session("dev", ROOT)
    if session.up():
        return 1
    seconds: dict[str, list[float]] = {variant: [] for variant in VARIANTS}
    for round_ in range(ROUNDS + 1):
        print(f"round {round_} of {ROUNDS}" + ("" if round_ else " (warm-up)"), flush=True)
        for variant, flags in VARIANTS.items():
            taken = _preview(session, flags)
            if round_:
                seconds[variant].append(taken)
    ratio = statistics.median(
        with_pack / without for without, with_pack in zip(seconds["as typed"], seconds["with the pack"], strict=True)
    )
    for variant, taken in seconds.items():
        print(f"{variant:15} median {statistics.median(taken):5.2f} s  ({min(taken):.2f} to {max(taken):.2f})")
    print(f"{'ratio':15} median {ratio:5.2f}    goal {GOAL}")
    return 0 if ratio <= GOAL else 1


def _preview(session: Session, flags: tuple[str, ...]) -> float:
    command = ["pulumi", "preview", "--stack", session.name, *flags]
    started = time.perf_counter()
    subprocess.run(command, cwd=session.root, env=session.environment, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
