"""Athena's workgroups and named queries, and the catalogue that they read.

Each call on the catalogue needs rights on the catalogue, the database and the table.

Sources: https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html,
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonathena.html
"""

from collections.abc import Mapping

from bootstrap.access import Access, allow, regional

WORKGROUP = regional("athena", "workgroup/{prefix}-*")
CATALOGUE = regional("glue", "catalog")
DATABASE = regional("glue", "database/{database}_*")
TABLE = regional("glue", "table/{database}_*/*")

ACCESS: Mapping[str, Access] = {
    "aws:athena/workgroup:Workgroup": Access(
        create=[allow("athena", "CreateWorkGroup TagResource", WORKGROUP)],
        read=[allow("athena", "GetWorkGroup ListTagsForResource", WORKGROUP)],
        update=[allow("athena", "UpdateWorkGroup TagResource UntagResource", WORKGROUP)],
        delete=[allow("athena", "DeleteWorkGroup", WORKGROUP)],
    ),
    "aws:athena/namedQuery:NamedQuery": Access(
        create=[allow("athena", "CreateNamedQuery", WORKGROUP)],
        read=[allow("athena", "GetNamedQuery", WORKGROUP)],
        update=[allow("athena", "UpdateNamedQuery", WORKGROUP)],
        delete=[allow("athena", "DeleteNamedQuery", WORKGROUP)],
    ),
    "aws:glue/catalogDatabase:CatalogDatabase": Access(
        create=[allow("glue", "CreateDatabase", CATALOGUE, DATABASE), allow("glue", "TagResource", DATABASE)],
        read=[allow("glue", "GetDatabase", CATALOGUE, DATABASE), allow("glue", "GetTags", DATABASE)],
        update=[
            allow("glue", "UpdateDatabase", CATALOGUE, DATABASE),
            allow("glue", "TagResource UntagResource", DATABASE),
        ],
        # The reference counts its tables and their versions among what goes with a database.
        delete=[allow("glue", "DeleteDatabase", CATALOGUE, DATABASE, TABLE)],
    ),
    "aws:glue/catalogTable:CatalogTable": Access(
        create=[allow("glue", "CreateTable", CATALOGUE, DATABASE, TABLE)],
        read=[allow("glue", "GetTable GetPartitionIndexes", CATALOGUE, DATABASE, TABLE)],
        update=[allow("glue", "UpdateTable", CATALOGUE, DATABASE, TABLE)],
        delete=[allow("glue", "DeleteTable", CATALOGUE, DATABASE, TABLE)],
    ),
}
