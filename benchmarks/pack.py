"""What the pack alone costs, asked as the engine asks it: its start, its CPU time a resource, and its memory.

Run with `python -m benchmarks.pack [RESOURCES ...]`. The resources are the good examples of all rules in turn, so that
each type that a rule is about takes part.
"""

import os
import resource
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import grpc
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from google.protobuf import empty_pb2

from benchmarks.preview import EMPTY, OURS, Variant
from policies.record import UNKNOWN
from policies.rules import every_rule
from policies.rules.rule import Example, Rule

STARTS = 9
SIZES = (20, 100, 1000, 5000)
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
