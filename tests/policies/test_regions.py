"""The services without a region beside the SDK's classes: in pulumi_aws 7, what is in a region can be told which."""

import re
from collections import defaultdict
from pathlib import Path

import pulumi_aws

from serverless_guard.rules.exposure.regions import GLOBAL

PARTIAL = {"route53"}
"""Modules that are global but for a few types (Route 53 Resolver, profiles), which have modules of their own."""


def test_the_modules_without_a_region_are_those_of_the_sdk():
    regional: defaultdict[str, set[bool]] = defaultdict(set)
    for file in Path(pulumi_aws.__file__).parent.glob("*/*.py"):
        text = file.read_text(encoding="utf-8")
        if token := re.search(r'^@pulumi\.type_token\("aws:(\w+)/', text, re.MULTILINE):
            regional[token[1]].add(re.search(r"^ +region: pulumi\.Input", text, re.MULTILINE) is not None)
    without = {module for module, found in regional.items() if found == {False}} - {"applicationloadbalancing"}
    assert without | PARTIAL == GLOBAL
