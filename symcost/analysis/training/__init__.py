"""The backward pass and the update that follows it."""
