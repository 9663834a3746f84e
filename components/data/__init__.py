"""The table, the relational store and the backups of both."""
