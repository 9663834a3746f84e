"""All orders in which a writer, a reader and a failing cache can act: how long a changed value is still served.

The real `Cache` runs against a simulated server. A path is a list of choices: who takes the next step, and what becomes
of a command. After each path, readers ask until they get the changed value.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

from blog import cache
from blog.cache import Cache
from blog.cache_server import CacheUnavailableError

if TYPE_CHECKING:
    from blog.cache_server import CacheServer

KEY = "key"
OLD, NEW = "1", "2"

NEVER = -1.0
"""For how long a changed value is served if no read that begins after the change gets it."""


class Choices:
    """The choices of one path: those of a prefix, and then the first of each."""

    def __init__(self, prefix: list[int]) -> None:
        self.made = prefix
        self.counts: list[int] = []

    def choose(self, count: int) -> int:
        """Choose one of so many."""
        if len(self.counts) == len(self.made):
            self.made = [*self.made, 0]
        self.counts.append(count)
        return self.made[len(self.counts) - 1]

    def following(self) -> list[int] | None:
        """The prefix of the next path; None after the last one."""
        made = list(self.made)
        while made and made[-1] + 1 == self.counts[len(made) - 1]:
            made.pop()
        return [*made[:-1], made[-1] + 1] if made else None


class Actor(threading.Thread):
    """A function that acts step by step: before each command and each call of the table, it waits for its turn."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._act = act
        self._turn, self._waiting = threading.Semaphore(0), threading.Semaphore(0)
        self.done = False

    def run(self) -> None:
        self._turn.acquire()
        self._act()
        self.done = True
        self._waiting.release()

    def pause(self) -> None:
        """Wait for the next turn; called by the actor."""
        self._waiting.release()
        self._turn.acquire()

    def step(self) -> None:
        """Let it act up to its next pause."""
        self._turn.release()
        self._waiting.acquire()


@dataclass
class World:
    """A table, a cache server and its replica, the functions that use them, and the clock of all."""

    choices: Choices
    failures: int
    now: float = 0.0
    value: str = OLD
    changed_at: float | None = None
    entries: dict[str, tuple[str, float]] = field(default_factory=dict[str, tuple[str, float]])
    actor: Actor | None = None
    stale_seconds: float = NEVER
    failovers: int = 1
    lapses: int = 1

    def run(self, lapse: float, *acts: Callable[["World"], None]) -> None:
        """Run actors to their ends in an order that is chosen, with failovers and a lapse of time between steps."""
        replica = dict(self.entries)
        actors = [Actor(lambda act=act: act(self)) for act in acts]
        for actor in actors:
            actor.start()
        while alive := [actor for actor in actors if not actor.done]:
            options: list[Actor | str] = [*alive]
            options += ["failover"] if self.failovers and self.failures else []
            options += ["lapse"] if self.lapses else []
            match options[self.choices.choose(len(options))]:
                case "failover":
                    self.entries, self.failovers, self.failures = dict(replica), 0, self.failures - 1
                case "lapse":
                    self.now, self.lapses = self.now + lapse, 0
                case Actor() as actor:
                    self.actor = actor
                    actor.step()
                case other:
                    raise AssertionError(other)
        self.actor = None

    def pause(self) -> None:
        """Between two steps of whoever acts; outside of `run`, nobody else does."""
        if self.actor:
            self.actor.pause()

    # What the cache asks of its server.

    def ask(self, *words: str) -> bytes | None:
        """Carry out a command, lose it, or lose its answer."""
        self.pause()
        outcome = self.choices.choose(3) if self.failures and self.actor else 0
        if outcome:
            self.failures -= 1
        answer = None if outcome == 1 else self._carry_out(words)
        if outcome:
            raise CacheUnavailableError("lost")
        return answer

    insist = ask

    def _entry(self, key: str) -> str | None:
        value, ends_at = self.entries.get(key, ("", 0.0))
        return value if ends_at > self.now else None

    def _carry_out(self, words: tuple[str, ...]) -> bytes | None:
        match words:
            case ("GET", key):
                found = self._entry(key)
                return None if found is None else found.encode()
            case ("SET", key, value, *condition, "PX", milliseconds):
                if condition and self._entry(key) is not None:
                    return None
                self.entries[key] = (value, self.now + int(milliseconds) / 1000)
                return b"OK"
            case ("DEL", key):
                self.entries.pop(key, None)
                return b"1"
            case ("EVAL", _, "1", key, lease, value, milliseconds):
                if self._entry(key) == lease:
                    self.entries[key] = (value, self.now + int(milliseconds) / 1000)
                return None
            case _:
                raise AssertionError(words)

    # What stands behind it, and who acts.

    def load(self) -> str | None:
        self.pause()
        return self.value

    def cache(self) -> Cache:
        return Cache(cast("CacheServer", self))

    def write(self) -> None:
        with self.cache().changing(KEY):
            self.pause()
            self.value, self.changed_at = NEW, self.now

    def read(self) -> None:
        """Read, and note for how long the old value is served after its change."""
        began = self.now
        changed = self.changed_at
        if self.cache().read(KEY, self.load) == OLD and changed is not None:
            self.stale_seconds = max(self.stale_seconds, began - changed)


def paths(
    *acts: Callable[[World], None], failures: int, cached: bool = True, lapse: float = 0.9, failovers: int = 1
) -> Iterator[float]:
    """Run all paths, and say for how long each serves the changed value.

    Args:
        acts: What those who act at once do.
        failures: How many commands may fail, or servers fail over.
        cached: Whether the cache has the old value when they begin.
        lapse: How many seconds may pass once between two steps.
        failovers: How many of the failures may be failovers.
    """
    prefix: list[int] | None = []
    while prefix is not None:
        choices = Choices(prefix)
        world = World(choices, failures, failovers=failovers)
        if cached:
            world.read()
        world.run(lapse, *acts)
        # A value that is read from the table stays right: it is enough to ask until the first such answer.
        while world.value == NEW and world.now < 400:
            before = world.stale_seconds
            world.now += 0.1 if world.now < 10 else 10
            world.read()
            if world.stale_seconds == before:
                break
        yield world.stale_seconds
        prefix = choices.following()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for another reader's lease is a matter of milliseconds, and changes nothing here."""
    monkeypatch.setattr(cache, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(cache, "JITTER", 0.0)


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("other", [World.read, World.write], ids=["a reader", "another writer"])
def test_without_failures_no_order_of_steps_serves_a_changed_value(
    other: Callable[[World], None], cached: bool
) -> None:
    seen = list(paths(World.write, other, failures=0, cached=cached, lapse=4.5))
    assert len(seen) > 200
    assert max(seen) == NEVER


@pytest.mark.parametrize(
    ("failures", "cached", "lapse", "failovers"), [(2, True, 0.9, 0), (2, False, 0.9, 0), (1, True, 4.5, 1)]
)
def test_whatever_fails_in_whichever_order_a_changed_value_is_gone_after_the_bound(
    failures: int, cached: bool, lapse: float, failovers: int
) -> None:
    acts = (World.write, World.read)
    seen = list(paths(*acts, failures=failures, cached=cached, lapse=lapse, failovers=failovers))
    assert len(seen) > 1000
    assert 3 < max(seen) <= cache.STALE_SECONDS == 5


def test_entries_of_five_minutes_break_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIFETIME_SECONDS", 300)
    seen = list(paths(World.write, World.read, failures=1))
    assert sum(seconds > cache.STALE_SECONDS for seconds in seen) > 50
    assert max(seen) > 280


def test_leases_that_nobody_checks_serve_a_changed_value_though_nothing_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def store(world: World, *words: str) -> bytes | None:
        return World.ask(world, "SET", words[3], words[5], "PX", words[6]) if words[0] == "EVAL" else world.ask(*words)

    monkeypatch.setattr(World, "insist", store)
    assert max(paths(World.write, World.read, failures=0, cached=False)) > 3
