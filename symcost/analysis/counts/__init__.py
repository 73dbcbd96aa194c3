"""What a model has and does: parameters, operations, FLOPs, and the lines of the text they come from."""
