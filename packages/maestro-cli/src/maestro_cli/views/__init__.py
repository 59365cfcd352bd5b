"""Show a study: one module per form. A view takes values, and returns lines or text."""
