"""Where the language meets the operations: texts become graphs of primitives with known costs."""
