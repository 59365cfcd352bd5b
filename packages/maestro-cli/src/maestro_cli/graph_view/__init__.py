"""Draw a study's graph: one module per form. Pure functions of values: no file, no clock, no library of ours."""

__all__ = ["MOST_INSTANCES", "MOST_STEPS"]

#: No more steps or instances than this are drawn, unless more are asked for.
MOST_STEPS, MOST_INSTANCES = 300, 60
