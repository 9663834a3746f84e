"""What functions read at run time: secrets, their rotation, parameters."""
