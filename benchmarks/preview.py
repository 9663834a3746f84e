"""What the policies add to a preview on the real engine: with an empty pack, with ours, by the guard, beside none.

Run with `python -m benchmarks.preview [RESOURCES ...] [--beside PACK]`; the exit status is 1 if a goal is missed.
`--beside` measures another pack, from its folder, in the same rounds. The variants take turns, and ratios and
differences are formed in each round, so that a machine whose speed drifts does not decide.
"""

import argparse
import compileall
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local import cloud
from local.cloud import ROOT
from local.session import Session

HERE = Path(__file__).resolve().parent
ROUNDS = {20: 7, 100: 7, 1000: 3, 5000: 1}
"""How often each variant is previewed, by the number of resources; any other number is three times."""
RATIO_GOAL, LARGEST = 1.15, 1000
"""A preview with the pack takes at most so many times one without, up to so many resources."""
FIXED_GOAL, EACH_GOAL = 0.35, 0.0015
"""Seconds that the pack adds at most: once, and for each resource."""


@dataclass(frozen=True)
class Variant:
    """One way to preview the program: the folder of its pack, if any, and whether it has the guard."""

    name: str
    pack: Path | None = None
    guarded: bool = False


PLAIN = Variant("without")
EMPTY = Variant("empty pack", HERE / "empty_pack")
OURS = Variant("our pack", ROOT / "policies")
GUARDED, BOTH = Variant("guard", guarded=True), Variant("guard, our pack", ROOT / "policies", True)
VARIANTS = (PLAIN, EMPTY, OURS, GUARDED, BOTH)


def main(sizes: Sequence[int], others: Sequence[Path] = ()) -> int:
    """Measure, print a table, and tell by the exit status whether the goals are met."""
    variants = (*VARIANTS, *(Variant(other.resolve().name, other.resolve()) for other in others))
    for folder in (ROOT / "policies", HERE):  # as an installer does: a first import would compile them otherwise
        compileall.compile_dir(folder, quiet=1)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        shutil.copytree(HERE / "previewed", folder, dirs_exist_ok=True)
        (folder / ".venv").symlink_to(Path(sys.prefix))
        (folder / "policies").symlink_to(ROOT / "policies")
        session = Session("bench", folder)
        try:
            added = {size: measured(session, size, variants) for size in sizes}
        finally:
            cloud.stop(folder)
    return 0 if _judged(added, variants) else 1


def measured(session: Session, size: int, variants: Sequence[Variant]) -> dict[Variant, list[float]]:
    """Preview a program in rounds, print a table, and give the wall time of each preview in seconds."""
    walls: dict[Variant, list[float]] = {variant: [] for variant in variants}
    cpus: dict[Variant, list[float]] = {variant: [] for variant in variants}
    print(f"\n{size} resources ", end="", flush=True)
    _preview(session, size, PLAIN)  # the warm-up
    for _ in range(ROUNDS.get(size, 3)):
        for variant in variants:
            wall, cpu = _preview(session, size, variant)
            walls[variant].append(wall)
            cpus[variant].append(cpu)
            print(".", end="", flush=True)
    print(f"\n{'':20} {'wall':>10} {'ratio':>7} {'CPU':>10} {'ratio':>7}")
    for variant in variants:
        columns = (
            f"{statistics.median(of[variant]):8.2f} s {_ratio(of[variant], of[PLAIN]):7.2f}" for of in (walls, cpus)
        )
        print(f"{variant.name:20} {' '.join(columns)}", flush=True)
    print(f"our pack, in a program that has the guard: ratio {_ratio(walls[BOTH], walls[GUARDED]):.2f}")
    return walls


def _ratio(own: Sequence[float], plain: Sequence[float]) -> float:
    return statistics.median(one / other for one, other in zip(own, plain, strict=True))


def _preview(session: Session, size: int, variant: Variant) -> tuple[float, float]:
    pack = ("--policy-pack", str(variant.pack)) if variant.pack else ()
    environment = {**session.environment, "RESOURCES": str(size), "GUARDED": str(int(variant.guarded))}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        ["pulumi", "preview", "--stack", session.name, *pack],
        cwd=session.root,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
    )
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"a preview failed ({variant.name}, {size} resources):\n{done.stdout}{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _judged(added: Mapping[int, Mapping[Variant, Sequence[float]]], variants: Sequence[Variant]) -> bool:
    """Print what each variant adds as fixed seconds and seconds a resource; tell whether the goals are met."""
    print(f"\n{'adds':20} {'fixed':>10} {'a resource':>12}")
    fits: dict[Variant, tuple[float, float]] = {}
    for variant in variants[1:]:
        seconds = [
            (size, statistics.median(own - plain for own, plain in zip(taken[variant], taken[PLAIN], strict=True)))
            for size, taken in added.items()
        ]
        fits[variant] = fitted(seconds)
        print(f"{variant.name:20} {fits[variant][0]:8.2f} s {fits[variant][1] * 1000:9.2f} ms")
    ratios = [_ratio(taken[OURS], taken[PLAIN]) for size, taken in added.items() if size <= LARGEST]
    fixed, each = fits[OURS]
    print(f"goals: ratio {RATIO_GOAL} up to {LARGEST} resources; {FIXED_GOAL} s and {EACH_GOAL * 1000:g} ms a resource")
    return max(ratios, default=0) <= RATIO_GOAL and fixed <= FIXED_GOAL and each <= EACH_GOAL


def fitted(seconds: Sequence[tuple[int, float]]) -> tuple[float, float]:
    """Fit `fixed + each * resources`, each measurement weighed by 1 / resources: the largest does not decide alone.

    Args:
        seconds: What was added at a number of resources; at least two of them.
    """
    total = sum(1 / size for size, _ in seconds)
    mean_size = len(seconds) / total
    mean_time = sum(taken / size for size, taken in seconds) / total
    spread = sum((size - mean_size) ** 2 / size for size, _ in seconds)
    each = sum((size - mean_size) * (taken - mean_time) / size for size, taken in seconds) / spread if spread else 0.0
    return mean_time - each * mean_size, each


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.preview", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("sizes", nargs="*", type=int, default=list(ROUNDS), metavar="RESOURCES")
    parser.add_argument("--beside", action="append", type=Path, default=[], metavar="PACK")
    given = parser.parse_args()
    sys.exit(main(given.sizes, given.beside))
