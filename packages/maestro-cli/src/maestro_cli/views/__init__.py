"""How a study is shown: one module per form."""
