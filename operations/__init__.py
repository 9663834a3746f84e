"""What people and workflows do with a stack beside deploying it: the same commands on the laptop and on AWS."""
