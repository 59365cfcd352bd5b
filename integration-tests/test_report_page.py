"""Reports in a browser: sorted, filtered and plotted, by mouse and keyboard, with nothing loaded.

Would catch a page that its own policy stops, a name that becomes markup, a filter that loses rows, and what
a screen reader cannot use. Chromium is Debian's, axe-core npm's; both are installed where they are missing.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chromium import Page, browser
from debian import need
from maestro_cli import app
from maestro_cli.report.content import ResultTable
from maestro_cli.report.gather import gather
from maestro_cli.report.page import page as written
from maestro_cli.study.workspace_view import open_study
from maestro_cli.testing import HOSTILE, T0, attempt, write_history
from maestro_conductor.model import records

pytestmark = pytest.mark.once

AXE = "4.14.1"
N = 40
#: What a study file may hold; the rest comes in by results.
TEXTS = [text for text in HOSTILE if "\0" not in text]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with names that nobody should have, of which every eighth instance failed."""
    place = tmp_path_factory.mktemp("report")
    names = [TEXTS[n % len(TEXTS)] for n in range(N)]
    study = {
        "description": {"name": HOSTILE[0], "description": HOSTILE[2]},
        "study": [
            {"name": "sim", "description": "s", "run": {"cmd": "true $(TEMP) $(TEXT)"}},
            {"name": "all", "description": "a", "run": {"cmd": "true", "depends": ["sim_*"]}},
        ],
        "global.parameters": {
            "TEMP": {"values": [300 + n % 8 for n in range(N)], "label": "T.%%"},
            "TEXT": {"values": names, "label": [f"X.{n}" for n in range(N)]},
        },
    }
    (place / "study.yaml").write_text(json.dumps(study), encoding="ascii")
    root = place / "OUT"
    words = ["--no-logstdout", "run", "-n", "-o", str(root), str(place / "study.yaml")]
    assert app.main(words) == 0
    past = []
    for number in range(N):
        bad = number % 8 == 7
        past += attempt(number, "FAILED" if bad else "FINISHED", 3 if bad else 0)
    past += [records.ended(T0 + 200_000, "FAILED", 2), records.closed(T0 + 200_000, "ended")]
    write_history(root, sorted(past, key=lambda record: record["time"]))
    view = open_study(root)
    for instance in view.instances(range(7, N, 8)):
        where = root / instance.workspace
        where.mkdir(parents=True)
        label = view.record(instance)["label"]
        (where / f"{label}.{instance.job}.err").write_text("".join(HOSTILE[:3]))
    results = ResultTable(
        ["energy", HOSTILE[0]], {n: [n / 2, HOSTILE[n % len(HOSTILE)]] for n in range(N)}
    )
    report = gather(view, now=T0 + 300_000, most_rows=100, results=results)
    (place / "report.html").write_text(written(report), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def one_browser() -> Iterator[Page]:
    need("chromium", "chromium")
    with browser() as page:
        yield page


@pytest.fixture
def page(one_browser: Page, folder: Path) -> Iterator[Page]:
    """The report, opened anew; afterwards nothing may have been loaded or complained of."""
    one_browser.requests.clear()
    one_browser.complaints.clear()
    one_browser.open(folder / "report.html")
    yield one_browser
    # The icon is one of no bytes, so that none is asked for.
    assert set(one_browser.requests) <= {(folder / "report.html").as_uri(), "data:,"}
    assert one_browser.complaints == []


def shown(page: Page, column: int) -> list[str]:
    rows = "[...document.querySelectorAll('#table .tabulator-row')]"
    return page.run(f"{rows}.map((row) => row.children[{column}].textContent)")


def heads(page: Page) -> list[str]:
    return page.run(
        "[...document.querySelectorAll('#table .tabulator-col-title')].map((e) => e.textContent)"
    )


def put(page: Page, selector: str, value: str) -> None:
    page.run(
        f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
        f" e.value = {json.dumps(value)};"
        " for (const kind of ['input', 'change']) e.dispatchEvent(new Event(kind)); })()"
    )
    page.frames()


def told(page: Page) -> str:
    return page.run("document.getElementById('shown').textContent")


def test_it_is_sorted_by_mouse_and_by_keyboard(page: Page) -> None:
    place = heads(page).index("TEMP")
    head = f"document.querySelectorAll('#table .tabulator-col.tabulator-sortable')[{place}]"
    page.run(f"{head}.click()")
    page.frames()
    assert shown(page, place)[:6] == ["300"] * 5 + ["301"]
    page.run(f"{head}.focus()")
    page.press("Enter")
    page.frames()
    assert shown(page, place)[:6] == ["307"] * 5 + ["306"]
    assert page.run(f"{head}.getAttribute('aria-sort')") == "descending"


def test_every_filter_leaves_what_fits(page: Page) -> None:
    assert told(page) == f"{N + 1} instances"
    put(page, "#where", "TEMP>=306")
    assert told(page) == f"10 of {N + 1} instances"
    assert set(shown(page, heads(page).index("TEMP"))) == {"306", "307"}
    put(page, "#where", "TEMP=304,TEXT='end'")
    assert told(page) == f"5 of {N + 1} instances"
    put(page, "#where", "TEMP=305,TEXT='end'")
    assert told(page) == f"0 of {N + 1} instances"
    put(page, "#where", "ABSENT=1")
    assert "no parameter ABSENT" in page.run("document.getElementById('where-wrong').textContent")
    put(page, "#where", "")
    put(page, "#step", "all")
    assert shown(page, 0) == ["all"]
    put(page, "#step", "")
    page.run("document.querySelector('#filters input[value=FAILED]').click()")
    page.frames()
    assert told(page) == f"5 of {N + 1} instances"
    assert set(shown(page, heads(page).index("State"))) == {"failed"}
    put(page, "#words", "t.307 X.15")
    assert len(shown(page, 0)) == 1
    put(page, "#words", "nothing has this")
    assert told(page) == f"0 of {N + 1} instances"
    assert "No instance fits" in page.run("document.getElementById('table').textContent")


def test_names_are_text(page: Page) -> None:
    assert page.run("document.querySelectorAll('body script:not([type])').length") == 3
    assert page.run("document.querySelector('h1').textContent").startswith(HOSTILE[0])
    found = set(shown(page, heads(page).index("TEXT")))
    assert {HOSTILE[0], r"\x1b[31mred\x07\r\nnext", r"\u202egnp.exe", "日本語"} <= found
    assert HOSTILE[0] in heads(page)  # a result's name
    tags = page.run("[...new Set([...document.querySelectorAll('*')].map((e) => e.localName))]")
    assert not {"b", "iframe", "object", "embed", "img", "base", "form"} & set(tags)


def ink(page: Page, place: str) -> int:
    """How many points of a plot are not as its background."""
    return page.run(f"""(() => {{
        const drawn = document.querySelector('#{place} canvas');
        const copy = new OffscreenCanvas(drawn.width, drawn.height);
        const look = copy.getContext('2d', {{ willReadFrequently: true }});
        look.drawImage(drawn, 0, 0);
        const data = look.getImageData(0, 0, copy.width, copy.height).data;
        let inked = 0;
        for (let i = 3; i < data.length; i += 4) inked += data[i] > 40;
        return inked;
    }})()""")


def seen(page: Page, place: str) -> None:
    """Scroll to a plot, and wait until it shows what it is to show."""
    page.run(f"document.getElementById('{place}').scrollIntoView()")
    page.until(f"document.getElementById('{place}').dataset.drawn === 'yes'")


def test_plots_are_drawn_and_follow_filters_and_axes(page: Page) -> None:
    before = {}
    for place in ("lanes", "scatter", "parallel"):
        seen(page, place)
        before[place] = ink(page, place)
        assert before[place] > 500, place
    assert ink(page, "load") > 500
    put(page, "#words", "t.300")
    for place in ("lanes", "parallel"):
        seen(page, place)
        assert ink(page, place) < before[place], place
    names = (
        "[...document.querySelectorAll('#scatter-controls select')[1].options].map((o) => o.text)"
    )
    assert "energy" in page.run(names)
    legend = "document.querySelector('#scatter .u-legend').textContent"
    seen(page, "scatter")
    assert "FINISHED" in page.run(legend)
    colour = "document.querySelectorAll('#scatter-controls select')[2]"
    page.run(
        f"(() => {{ {colour}.selectedIndex = [...{colour}.options].findIndex((o) => o.text === 'TEMP');"
        f" {colour}.dispatchEvent(new Event('change')); }})()"
    )
    seen(page, "scatter")
    assert "FINISHED" not in page.run(legend)
    assert "300" in page.run(legend)


def test_on_paper_all_rows_that_fit_the_filters_are_there(page: Page) -> None:
    put(page, "#where", "TEMP=307")
    page.run("window.dispatchEvent(new Event('beforeprint'))")
    rows = "[...document.querySelectorAll('.paper tbody tr')].map((r) => r.children[2].textContent)"
    assert page.run(rows) == ["FAILED"] * 5
    assert page.run("document.querySelectorAll('.paper script').length") == 0
    page.run("window.dispatchEvent(new Event('afterprint'))")
    assert page.run("document.querySelectorAll('.paper').length") == 0
    page.call("Page.printToPDF")


@pytest.mark.parametrize("width", [320, 800, 1600])
def test_nothing_hangs_out_at_any_width(page: Page, width: int) -> None:
    page.look(width=width, height=800)
    page.frames(6)
    assert page.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("parameters", ["", "global.parameters: {N: {values: [x], label: N.%%}}\n"])
def test_a_study_that_was_never_started_has_a_page(
    one_browser: Page, tmp_path: Path, parameters: str
) -> None:
    study = "description: {name: s, description: d}\nstudy: [{name: a, description: b, run: {cmd: 'true'}}]\n"
    (tmp_path / "s.yaml").write_text(study + parameters)
    root = str(tmp_path / "OUT")
    assert app.main(["--no-logstdout", "run", "-n", "-o", root, str(tmp_path / "s.yaml")]) == 0
    assert app.main(["report", root, "-o", str(tmp_path / "page.html")]) == 0
    one_browser.complaints.clear()
    one_browser.open(tmp_path / "page.html")
    one_browser.frames(10)
    assert shown(one_browser, 0) == ["a"]
    assert one_browser.complaints == []


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    need("npm", "npm")
    place = tmp_path_factory.mktemp("axe")
    words = ["npm", "pack", "--silent", "--pack-destination", str(place), f"axe-core@{AXE}"]
    subprocess.run(words, check=True, capture_output=True)
    (archive,) = place.glob("*.tgz")
    with tarfile.open(archive) as packed:
        file = packed.extractfile("package/axe.min.js")
        assert file is not None
        return file.read().decode()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(page: Page, axe: str, dark: bool) -> None:
    page.look(width=1200, height=900, dark=dark)
    page.frames(6)
    page.run(axe + ";1")
    found = page.run(
        "axe.run(document).then((r) => r.violations.map((v) => [v.id, v.help, v.nodes.map((n) => n.html)]))"
    )
    assert found == []
