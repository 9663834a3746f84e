"""Whole stacks beside a calculation by hand, which somebody else made from AWS's price lists in November 2026."""

from pathlib import Path

import pytest
import yaml

from cost.estimate import estimate
from tests.cost.stacks import FILES, PRICES, PROFILES, program


@pytest.mark.parametrize(
    ("name", "idle", "busy"), [("dev", 1.66, 72), ("prod", 189.4, 340), ("more", 79.5, 273), ("options", 263, 451)]
)
def test_a_stack_costs_what_a_calculation_by_hand_says(name: str, idle: float, busy: float):
    made = estimate(program(FILES[name]), PROFILES, PRICES)
    assert made.unpriced == ()
    assert made.total("idle") == pytest.approx(idle, rel=0.02)
    assert made.total("busy") == pytest.approx(busy, rel=0.10)


def test_a_stack_with_dearer_settings_costs_what_a_calculation_by_hand_says(tmp_path: Path):
    content = yaml.safe_load(FILES["prod"].read_text())
    content["config"] |= {
        "blog:relationalMinimumCapacity": "2",
        "blog:backupRetentionDays": 365,
        "blog:provisionedConcurrency": 1,
        "blog:functionMemory": 1024,
        "blog:functionArchitecture": "x86_64",
    }
    file = tmp_path / "Pulumi.variant.yaml"
    file.write_text(yaml.safe_dump(content))
    made = estimate(program(file), PROFILES, PRICES)
    # The calculation leaves out the database's copies, which outlive its own backups by 330 days.
    copies = 330 * 0.023
    assert made.total("idle") == pytest.approx(584 + copies, rel=0.02)
    assert made.total("busy") == pytest.approx(1143 + 20 * copies, rel=0.02)


def test_helpers_cost_next_to_nothing_where_everything_else_is_busy():
    made = estimate(program(FILES["prod"]), PROFILES, PRICES)
    helpers = [
        each.dollars["busy"]
        for each in made.resources.values()
        if {"dead_letters", "rotation"} & set(each.resource.components)
    ]
    assert len(helpers) >= 10
    assert sum(helpers) < 0.10
