"""The price tables and the usage file, and how mistakes in them are refused."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cost import tables, usage
from cost.tables import EVERYWHERE, CostError, Price, RegionError, Tier
from tests.cost.stacks import PRICES, PROFILES, ROOT


def folder_of(folder: Path, **files: Any) -> Path:
    for name, content in files.items():
        (folder / f"{name.replace('_', '-')}.yaml").write_text(json.dumps(content))
    return folder


def test_each_price_has_a_page_of_aws_and_a_day():
    for prices in PRICES.regions.values():
        for price in prices.values():
            assert price.page.startswith("https://aws.amazon.com/")
            assert date.fromisoformat(price.date)


def test_regions_have_the_same_prices():
    regions = {name: prices.keys() for name, prices in PRICES.regions.items() if name != EVERYWHERE}
    assert regions["eu-central-1"] == regions["us-east-1"]
    assert regions["eu-central-1"] & PRICES.regions[EVERYWHERE].keys() == set()


def test_free_tiers_are_of_prices_that_exist_and_free_types_are_named_one_by_one():
    names = {name for prices in PRICES.regions.values() for name in prices}
    for tier in PRICES.free_tiers:
        assert set(tier.prices) <= names
        assert tier.page.startswith("https://aws.amazon.com/")
    assert [type_ for type_ in PRICES.free_types if "*" in type_] == []
    assert [why for why in PRICES.free_types.values() if "(https://aws.amazon.com/" not in why] == []


def test_a_price_with_tiers_counts_each_part_of_a_quantity_by_its_own():
    price = Price((Tier(0, 0.10), Tier(100, 0.05), Tier(200, 0.01)), "page", "2026-12-01", confirmed=True)
    assert [price.dollars(quantity) for quantity in (0, 50, 100, 150, 300)] == pytest.approx([0, 5, 10, 12.5, 16])


def test_a_price_that_is_missing_is_named_with_its_file():
    with pytest.raises(CostError, match=r"cost/prices/us-east-1\.yaml has no price 'gold'; add it"):
        PRICES.find("us-east-1", "gold")
    with pytest.raises(RegionError, match=r"add cost/prices/eu-west-9\.yaml"):
        PRICES.find("eu-west-9", "vpc.endpoint-hour")


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("cheap", "gold is 'cheap', but must be a number"),
        (-1, "gold is -1, but must be a number that is not negative"),
        (True, "gold is True"),
        (None, "gold is None"),
        ({}, r"the tiers of gold begin at \[\], but must rise from 0"),
    ],
)
def test_a_price_that_is_no_number_is_refused(tmp_path: Path, value: object, told: str):
    group = {"page": "https://aws.amazon.com/", "date": "2026-12-01", "prices": {"gold": value}}
    with pytest.raises(CostError, match=told):
        tables.prices(folder_of(tmp_path, everywhere=[group]))


def test_tiers_that_do_not_rise_from_0_and_a_price_that_is_there_twice_are_refused(tmp_path: Path):
    text = "- {page: p, date: 2026-12-01, prices: {gold: {0: 2, 10: 1, 5: 3}}}\n"
    (tmp_path / "everywhere.yaml").write_text(text)
    with pytest.raises(CostError, match=r"the tiers of gold begin at \[0\.0, 10\.0, 5\.0\]"):
        tables.prices(tmp_path)
    (tmp_path / "everywhere.yaml").write_text("- {page: p, date: d, prices: {gold: 1}, unconfirmed: {gold: 2}}\n")
    with pytest.raises(CostError, match="gold is there twice"):
        tables.prices(tmp_path)


@pytest.mark.parametrize("value", ["cheap", -1, True, None, float("inf")])
def test_a_usage_that_is_no_number_is_refused_with_its_name(tmp_path: Path, value: object):
    file = tmp_path / "usage.yaml"
    file.write_text(json.dumps({"idle": {"each": {"api.requests": value}}}).replace("Infinity", ".inf"))
    with pytest.raises(CostError, match=r"usage\.yaml: api\.requests is "):
        usage.read(file)


def test_profiles_that_differ_in_their_names_are_refused(tmp_path: Path):
    file = tmp_path / "usage.yaml"
    file.write_text("idle: {each: {a: 1, b: 2}}\nbusy: {each: {a: 1}}\n")
    with pytest.raises(CostError, match="busy lacks b, which another profile has"):
        usage.read(file)


def test_a_component_with_a_number_that_none_has_is_refused(tmp_path: Path):
    file = tmp_path / "usage.yaml"
    file.write_text("busy: {each: {a: 1}, components: {rotation: {z: 1}}}\n")
    with pytest.raises(CostError, match="busy gives rotation the unknown z; use a name that `each` has, such as a"):
        usage.read(file)


def test_a_profile_without_its_part_for_each_resource_is_refused(tmp_path: Path):
    file = tmp_path / "usage.yaml"
    file.write_text("busy: {api.requests: 1}\n")
    with pytest.raises(CostError, match="busy has no `each`"):
        usage.read(file)


def test_components_of_the_usage_file_exist():
    files = {file.stem for folder in ("components", "functions") for file in (ROOT / folder).rglob("*.py")}
    files |= {name.replace("_", "-") for name in files} | {"logs", "reports"}  # Two buckets.
    for profile in PROFILES.values():
        assert profile.components.keys() <= files
