"""What stands before the table."""
