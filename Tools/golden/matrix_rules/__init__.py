"""References of the matrix rules in NumPy: see README.md."""
