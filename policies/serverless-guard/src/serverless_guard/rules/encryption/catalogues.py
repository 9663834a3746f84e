"""Glue's catalogue of tables, which is encrypted for the whole account or not at all."""

from collections.abc import Iterator
from functools import partial

from serverless_guard.program import Program
from serverless_guard.record import Block, Resource
from serverless_guard.rules.conditions import any_holds
from serverless_guard.rules.rule import Example, stack_rule

DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"
SETTINGS = "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings"
AT_REST = "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode"
PASSWORDS = "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted"
ENCRYPTED = {
    "dataCatalogEncryptionSettings": {
        "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS"},
        "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True},
    }
}


@stack_rule(
    "glue-catalog-encrypted",
    title="AWS Glue Data Catalogs encrypt metadata and connection passwords",
    types=(
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        "aws:glue/catalogDatabase:CatalogDatabase",
    ),
    category="encryption",
    severity="medium",
    env="prod-only",
    sources=("checkov:CKV_AWS_94",),
    fix="Add aws.glue.DataCatalogEncryptionSettings with SSE-KMS and encrypted connection passwords.",
    good=(
        Example(ENCRYPTED),
        Example({}, type=DATABASE, others=(Example(ENCRYPTED, type=SETTINGS, name="s"),)),
        Example(
            {
                "dataCatalogEncryptionSettings": {
                    "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS-WITH-SERVICE-ROLE"},
                    "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True},
                }
            }
        ),
    ),
    bad=(
        Example({}, finds=("the stack has no DataCatalogEncryptionSettings",), type=DATABASE),
        Example({}, finds=("the catalogue, or its connection passwords, are not encrypted",), type=SETTINGS),
        Example(
            {
                "dataCatalogEncryptionSettings": {
                    "encryptionAtRest": {"catalogEncryptionMode": "DISABLED"},
                    "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True},
                }
            },
            finds=("the catalogue, or its connection passwords, are not encrypted",),
        ),
        Example(
            {"dataCatalogEncryptionSettings": {"encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS"}}},
            finds=("the catalogue, or its connection passwords, are not encrypted",),
        ),
    ),
)
def glue_catalog_encrypted(stack: Program) -> Iterator[tuple[Resource, str]]:
    """The catalogue of tables and the passwords in it are encrypted."""
    settings = list(stack.of(SETTINGS))
    for one in settings:
        if any_holds(partial(_passwords_open, one.props), partial(_catalogue_open, one.props)):
            yield one, "the catalogue, or its connection passwords, are not encrypted"
    for database in stack.of(DATABASE) if not settings else ():
        yield database, "the stack has no DataCatalogEncryptionSettings"


def _passwords_open(settings: Block) -> bool:
    return settings.flag(PASSWORDS) is not True


def _catalogue_open(settings: Block) -> bool:
    return not (settings.text(AT_REST) or "").startswith("SSE-KMS")
