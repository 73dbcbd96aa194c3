"""A result in some writing: text for the eye, LaTeX, Markdown, JSON and CSV."""
