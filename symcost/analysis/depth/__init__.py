"""What has to wait for what: longest chains of operations, by operation, by product and by scalar."""
