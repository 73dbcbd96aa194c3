"""What has to be kept and moved: activations, peak, state, traffic."""
