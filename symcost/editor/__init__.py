"""What an editor asks of a text as it is typed, and the server that answers (`symcost lsp`)."""
