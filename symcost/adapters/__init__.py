"""Adapters: what a LoRA adds to the model that it stands beside, from its `adapter_config.json`."""
