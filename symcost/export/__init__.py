"""Results: `reports` make pages of them, `writings` turn pages into texts, neither knows the other."""
