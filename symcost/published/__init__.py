"""Published configurations: a `config.json`, what the library takes it to say, and the `config hf` that reads it."""
