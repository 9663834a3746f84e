"""What the emulator of AWS lacks, beside it in its process. It runs in the emulator's Python, not in the program's."""
