"""One question a file, each a short fold over the graph."""
