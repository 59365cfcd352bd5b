"""Draw a study's graph: one module per form. Pure functions of values: no file, no clock, no library of ours."""
