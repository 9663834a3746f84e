"""Lives of the catalogue of tables and of the queries on them."""

from tests.local.life import Life

LIVES = [
    Life(
        "aws:glue/catalogDatabase:CatalogDatabase",
        inputs=lambda _: {"name": "archive", "description": "What left the table"},
        look=lambda world, it: (
            (live := world.call("glue", "get_database", Name=it["name"])["Database"])["Description"],
            live.get("Parameters") or None,
            world.call("glue", "get_tags", ResourceArn=it["arn"])["Tags"],
        ),
        made=("What left the table", None, {"service": "blog", "environment": "test"}),
        changed=lambda _: {"description": "Old posts", "parameters": {"kept": "years"}, "tags": {"for": "queries"}},
        changes=("Old posts", {"kept": "years"}, {"service": "blog", "environment": "test", "for": "queries"}),
        replaced={"name": "other"},
    ),
    Life(
        "aws:glue/catalogTable:CatalogTable",
        inputs=lambda world: {
            "databaseName": world.database["name"],
            "name": "posts",
            "tableType": "EXTERNAL_TABLE",
            "parameters": {"projection.enabled": "true"},
            "partitionKeys": [{"name": "year", "type": "int"}],
            "storageDescriptor": {
                "location": "s3://archive/posts/",
                "columns": [{"name": "title", "type": "string"}],
                "serDeInfo": {"serializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
            },
        },
        look=lambda world, it: (
            (live := world.call("glue", "get_table", DatabaseName=it["databaseName"], Name=it["name"])["Table"])[
                "StorageDescriptor"
            ]["SerdeInfo"]["SerializationLibrary"],
            [column["Name"] for column in live["StorageDescriptor"]["Columns"]],
            [key["Name"] for key in live["PartitionKeys"]],
            live["Parameters"],
        ),
        made=("org.openx.data.jsonserde.JsonSerDe", ["title"], ["year"], {"projection.enabled": "true"}),
        changed=lambda _: {
            "parameters": {"projection.enabled": "false"},
            "storageDescriptor": {
                "location": "s3://archive/posts/",
                "columns": [{"name": "title", "type": "string"}, {"name": "body", "type": "string"}],
                "serDeInfo": {"serializationLibrary": "org.openx.data.jsonserde.JsonSerDe"},
            },
        },
        changes=(
            "org.openx.data.jsonserde.JsonSerDe",
            ["title", "body"],
            ["year"],
            {"projection.enabled": "false"},
        ),
        replaced={"name": "other", "databaseName": "another"},
    ),
    Life(
        "aws:athena/workgroup:Workgroup",
        inputs=lambda world: {
            "name": "archive",
            "description": "Queries of the archive",
            "configuration": {
                "enforceWorkgroupConfiguration": True,
                "bytesScannedCutoffPerQuery": 10_485_760,
                "resultConfiguration": {
                    "outputLocation": "s3://archive/results/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": world.key["arn"]},
                },
            },
        },
        look=lambda world, it: (
            (live := world.call("athena", "get_work_group", WorkGroup=it["name"])["WorkGroup"])["State"],
            live["Configuration"]["BytesScannedCutoffPerQuery"],
            live["Configuration"]["ResultConfiguration"]["OutputLocation"],
            live["Configuration"]["ResultConfiguration"]["EncryptionConfiguration"]["EncryptionOption"],
        ),
        made=("ENABLED", 10_485_760, "s3://archive/results/", "SSE_KMS"),
        changed=lambda _: {
            "state": "DISABLED",
            "configuration": {
                "enforceWorkgroupConfiguration": True,
                "bytesScannedCutoffPerQuery": 20_000_000,
                "resultConfiguration": {
                    "outputLocation": "s3://archive/answers/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_S3"},
                },
            },
            "tags": {"for": "queries"},
        },
        changes=("DISABLED", 20_000_000, "s3://archive/answers/", "SSE_S3"),
        replaced={"name": "other"},
    ),
    Life(
        "aws:athena/namedQuery:NamedQuery",
        inputs=lambda world: {
            "name": "posts-per-month",
            "database": world.database["name"],
            "workgroup": "primary",
            "query": "SELECT 1",
        },
        look=lambda world, it: (
            (live := world.call("athena", "get_named_query", NamedQueryId=it["id"])["NamedQuery"])["QueryString"],
            live["Name"],
        ),
        made=("SELECT 1", "posts-per-month"),
        replaced={"query": "SELECT 2", "name": "other", "workgroup": "another"},
    ),
]
