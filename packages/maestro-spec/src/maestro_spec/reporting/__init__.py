"""Show problems: to people, as JSON, to GitHub, as SARIF."""

from __future__ import annotations

from maestro_spec.reporting.text import render_text

__all__ = ["render_text"]
