"""What a result sees of an input along an axis: receptive field, look-ahead, path length."""
