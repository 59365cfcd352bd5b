"""Write a report as one HTML page that loads nothing: a pure function of its values."""

from __future__ import annotations

import time
from collections.abc import Mapping

from maestro_cli.graph_view.as_svg import STYLE, svg
from maestro_cli.graph_view.picture import tone_of
from maestro_cli.report.assets import assets, hash_source
from maestro_cli.report.content import Report
from maestro_cli.report.data import pack
from maestro_cli.report.failures import Group
from maestro_cli.report.html import block, section, table, text
from maestro_cli.views.time_text import moment, short_duration

__all__ = ["page"]

#: More rows of a table are not shown, only counted.
_MOST_ROWS = 60
_MOST_TAKEN = 200
_MOST_GROUPS = 40
#: Instances of a group of failures that are named.
_MOST_NAMED = 8
#: State of a study as a whole → the tone of its word.
_TONES = {
    **dict.fromkeys(("FINISHED", "DRYRUN"), "ok"),
    **dict.fromkeys(("FAILED", "DEAD"), "bad"),
    "RUNNING": "run",
    "CANCELLED": "off",
}
#: States in the order in which people look for them.
_ORDER = (
    *("FAILED", "TIMEDOUT", "HWFAILURE", "INCOMPLETE", "CANCELLED", "UNKNOWN", "RUNNING"),
    *("FINISHING", "PENDING", "WAITING", "QUEUED", "INITIALIZED", "DRYRUN", "SKIPPED", "FINISHED"),
)


def page(report: Report) -> str:
    """Return the page."""
    own = assets()
    style = own.style + STYLE
    earlier = [
        [each.row, each.submitted, each.started, each.ended, each.state] for each in report.earlier
    ]
    data = pack(
        report.columns,
        size=report.size,
        total=report.total,
        zone=_zone(report.written),
        earlier=earlier,
        load=[list(each) for each in report.load],
    )
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(map(hash_source, own.scripts))}",
            f"style-src {hash_source(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    parts = [
        _summary(report),
        _graph(report),
        _timeline(report),
        _instances(report),
        _plots(report),
        _surprises(report),
        _failures(report),
        _durations(report),
        _study(report),
    ]
    body = "\n".join(part for part in parts if part)
    links = "".join(
        f'<a href="#{name}">{title}</a>'
        for name, title in _SECTIONS
        if f'<section id="{name}"' in body
    )
    scripts = "\n".join(f"<script>{script}</script>" for script in own.scripts)
    title = f"{report.name}: {report.state.lower()}"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>{text(title)}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#summary">To the content</a>
<header>
<h1>{text(report.name)} <span class="tag {_TONES.get(report.state, "wait")}">{text(report.state.lower())}</span></h1>
<p>{text(report.description)}</p>
<nav aria-label="Parts of this page">{links}</nav>
</header>
<main>
{body}
</main>
<footer><p>Written by maestro at {text(moment(report.written))} {text(_zone_name(report.written))}, which is the clock of all times
here. This page is whole: it loads nothing.</p></footer>
<script type="application/json" id="data">{data}</script>
{scripts}
</body>
</html>
"""


_SECTIONS = (
    ("summary", "Summary"),
    ("graph", "Graph"),
    ("timeline", "Timeline"),
    ("instances", "Instances"),
    ("plots", "Plots"),
    ("surprises", "What goes with failures"),
    ("failures", "Failures"),
    ("durations", "Run times"),
    ("study", "Study"),
)


def _zone(written: int) -> int:
    """Return the seconds that local time is ahead of UTC."""
    return time.localtime(written // 1000).tm_gmtoff


def _zone_name(written: int) -> str:
    sign, minutes = ("-" if _zone(written) < 0 else "+"), abs(_zone(written)) // 60
    return f"UTC{sign}{minutes // 60:02d}:{minutes % 60:02d}"


def _states(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[state]} {state.lower()}" for state in _ORDER if counts.get(state))


def _summary(report: Report) -> str:
    facts = "".join(
        f"<div><dt>{text(name)}</dt><dd>{text(value)}</dd></div>"
        for name, value in [
            ("State", f"{report.state.lower()}: {report.state_meaning}"),
            ("Instances", f"{report.total}: {_states(report.counts)}"),
            *report.facts,
        ]
    )
    notes = "".join(f"<li>{text(note)}</li>" for note in report.notes)
    used = [state for state in _ORDER if report.counts.get(state)]
    rows = [
        [step.name, step.size, *(step.counts.get(state, 0) or "" for state in used)]
        for step in report.steps
    ]
    return section(
        "summary",
        "Summary",
        _bar(report.counts),
        f"<dl>{facts}</dl>",
        f'<ul class="notes">{notes}</ul>' if notes else "",
        table(
            "Instances of each step, by state",
            ["Step", "Instances", *(state.lower() for state in used)],
            rows,
            numbers=range(1, len(used) + 2),
        ),
    )


def _bar(counts: Mapping[str, int]) -> str:
    """Return a bar of the states' shares; the words below say the same."""
    total = sum(counts.values())
    if not total:
        return ""
    parts, x = [], 0.0
    for state in reversed(_ORDER):
        number = counts.get(state, 0)
        if number:
            width = 1000 * number / total
            parts.append(
                f'<rect class="f {tone_of({state: 1})}" x="{x:.1f}" width="{width:.1f}" height="10">'
                f"<title>{number} {state.lower()}</title></rect>"
            )
            x += width
    label = text(_states(counts))
    return (
        f'<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img"'
        f' aria-label="{label}">{"".join(parts)}</svg>'
    )


def _graph(report: Report) -> str:
    notes = "".join(f"<p>{text(note)}.</p>" for note in report.picture.notes)
    return section(
        "graph",
        "Graph",
        "<p>Each box is a step; an arrow leads to what waits for it, a thick one waits for all of its instances.</p>",
        f'<div class="scroll" tabindex="0" role="region" aria-label="Graph of the steps">'
        f"{svg(report.picture, alone=False)}</div>",
        notes,
        _waits(report),
    )


def _waits(report: Report) -> str:
    """Return the graph as a table, for who does not see it."""
    nodes = report.picture.nodes
    waits: dict[int, list[str]] = {}
    for edge in report.picture.edges:
        name = nodes[edge.source].name
        waits.setdefault(edge.target, []).append(f"all of {name}" if edge.every else name)
    rows = [
        [node.name, node.detail, ", ".join(waits.get(number, [])) or "nothing"]
        for number, node in enumerate(nodes)
    ]
    shown = table("What each step waits for", ["Step", "Instances", "Waits for"], rows)
    return f"<details><summary>The graph as a table</summary>{shown}</details>"


def _timeline(report: Report) -> str:
    if not any(column.kind == "time" and any(column.values) for column in report.columns):
        return ""
    return section(
        "timeline",
        "Timeline",
        "<p>When the instances in the table below waited, were queued, and ran, in each of their attempts."
        " Drag to look closer, double-click to see all.</p>",
        '<div id="timeline-controls" class="controls"></div>',
        '<div id="load" class="plot" role="img" aria-label="Numbers of instances queued and running'
        ' over time"></div><div id="lanes" class="plot" role="img" aria-label="Each instance as a'
        ' bar over time; the times are in the table of instances"></div>'
        '<p id="lanes-told" class="told" aria-live="polite"></p>',
    )


def _instances(report: Report) -> str:
    left = ""
    if report.size < report.total:
        left = (
            f"<p><strong>{report.size} of {report.total} instances are here</strong>, and in the plots:"
            " those that failed first, then an even choice of the rest. Summary, failures and run times"
            " count all.</p>"
        )
    return section(
        "instances",
        "Instances",
        left,
        '<div id="filters" class="controls" role="search"></div>',
        '<p id="shown" class="told" aria-live="polite"></p>',
        '<div id="table"></div>',
        "<noscript><p>The table, the timeline and the plots need JavaScript.</p></noscript>",
    )


def _plots(report: Report) -> str:
    if not any(column.group == "parameter" for column in report.columns):
        return ""
    return section(
        "plots",
        "Plots",
        "<p>The instances that the filters above leave, over parameters"
        f"{' and results' if any(c.group == 'result' for c in report.columns) else ''}.</p>",
        '<div id="scatter-controls" class="controls"></div><div id="scatter" class="plot" role="img"'
        ' aria-label="Scatter plot; its values are in the table of instances"></div>',
        '<h3>Parallel coordinates</h3><div id="parallel-controls" class="controls"></div>'
        '<div id="parallel" class="plot" role="img" aria-label="Parallel coordinates; the values are in'
        ' the table of instances"></div>',
    )


def _surprises(report: Report) -> str:
    if not report.findings:
        return ""
    shown = report.findings[:_MOST_ROWS]
    rows = [
        [
            f"{each.parameter} = {each.value}",
            each.step,
            f"{each.failed} of {each.ended}",
            f"{100 * each.failed / each.ended:.0f} %",
            f"{each.chance:.2g}",
        ]
        for each in shown
    ]
    left = len(report.findings) - len(shown)
    return section(
        "surprises",
        "Which parameter values go with failures",
        "<p>Ordered by <em>p</em>, the probability of at least so many failures with that value, had the"
        " step’s failures fallen on its instances by chance (hypergeometric tail, which is Fisher’s exact"
        f" test, one-sided). {report.looked_at} values were looked at: the smallest <em>p</em> of mere"
        f" chance would be about {1 / max(1, report.looked_at):.1g}. Instances that could not run because"
        " of others do not count.</p>",
        table(
            "Failures by value", ["Value", "Step", "Failed", "Share", "p"], rows, numbers=(2, 3, 4)
        ),
        f"<p>{left} values that surprise less are left out.</p>" if left else "",
    )


def _failures(report: Report) -> str:
    shown = report.groups[:_MOST_GROUPS]
    left = len(report.groups) - len(shown)
    unread = (
        f"<p>Of {report.ungrouped} failures the logs were not read; they are grouped by exit code and"
        " reason.</p>"
        if report.ungrouped
        else ""
    )
    return section(
        "failures",
        "Failures",
        unread if shown else "",
        *map(_group, shown),
        f"<p>{left} more groups of failures are left out.</p>" if left else "",
    )


def _group(group: Group) -> str:
    code = "" if group.exit_code is None else f", exit code {group.exit_code}"
    number = len(group.names)
    what = f"{number} × {group.state.lower()}{code}"
    named = ", ".join(group.names[:_MOST_NAMED])
    more = f" and {number - _MOST_NAMED} more" if number > _MOST_NAMED else ""
    log = ""
    if group.lines:
        lines = block("\n".join(group.lines))
        log = f"<p>The end of {text(group.log)}:</p><pre tabindex='0'>{lines}</pre>"
    reason = f"<p>{text(group.reason)}</p>" if group.reason else ""
    return (
        f"<h3>{text(what)} in {text(', '.join(group.steps))}</h3>{reason}"
        f"<p>{text(named + more)}</p>{log}"
    )


def _durations(report: Report) -> str:
    if not report.taken:
        return ""
    shown = report.taken[:_MOST_TAKEN]
    rows = [
        [
            each.step,
            f"{each.parameter} = {each.value}" if each.parameter else "all",
            each.number,
            *(
                short_duration(time_) if time_ >= 10 else f"{time_:.2g} s"
                for time_ in (each.shortest, each.middle, each.longest)
            ),
            short_duration(each.total),
        ]
        for each in shown
    ]
    left = len(report.taken) - len(shown)
    heads = ["Step", "Parameter", "Ended", "Shortest", "Median", "Longest", "Together"]
    return section(
        "durations",
        "How long steps took",
        table("Run times of latest attempts", heads, rows, numbers=range(2, 7)),
        f"<p>{left} more rows are left out.</p>" if left else "",
    )


def _study(report: Report) -> str:
    history = "".join(f"<li>{text(line)}</li>" for line in report.history)
    file = (
        f"<h3>Study file</h3><pre tabindex='0'>{block(report.study_file)}</pre>"
        if report.study_file is not None
        else ""
    )
    return section(
        "study",
        "Study",
        f'<h3>What happened to it</h3><ol class="history">{history}</ol>' if history else "",
        file,
        table("Versions", ["What", "Version"], report.versions.items()),
    )
