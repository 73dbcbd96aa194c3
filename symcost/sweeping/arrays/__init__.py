"""What runs through NumPy, which is an extra: nothing else may be imported without it."""
