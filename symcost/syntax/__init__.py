"""From text to tree: `parse` reads, `ast` is what it finds."""
