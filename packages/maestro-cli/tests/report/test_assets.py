"""What is carried by each report.

A fault here would be a page too large for mail, a library of unknown origin, or one that ends its script.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

from maestro_cli.report.assets import assets, hash_source

VENDOR = files("maestro_cli.report") / "assets/vendor"


def test_all_of_it_is_at_most_700_kb() -> None:
    own = assets()
    assert sum(len(part.encode()) for part in (*own.scripts, own.style)) <= 700_000


def test_nothing_ends_its_element_or_loads_something() -> None:
    own = assets()
    for script in own.scripts:
        assert "</script" not in script.lower()
        assert "<!--" not in script
        assert "sourceMappingURL" not in script
    assert "</style" not in own.style.lower()
    assert "@import" not in own.style
    assert "url(" not in own.style


def test_ours_sets_no_html() -> None:
    ours = assets().scripts[-1]
    assert not re.findall(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", ours
    )


def test_libraries_are_as_their_page_says() -> None:
    rows = re.findall(
        r"^\| `(\S+)` \| \[\S+\]\(\S+\) `\S+` \| ([\d.]+) \| \[(\S+)\]\((\S+)\) \|.*`([0-9a-f]{64})` \|$",
        (VENDOR / "README.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert {name for name, *_ in rows} == {"uplot.js", "uplot.css", "tabulator.js", "tabulator.css"}
    for name, version, licence, file, digest in rows:
        data = (VENDOR / name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest, name
        assert licence == "MIT"
        assert "Permission is hereby granted" in (VENDOR / file).read_text("utf-8")
        if name.endswith(".js"):
            assert version.encode() in data[:200]


def test_hashes_are_those_of_the_policy() -> None:
    # The example of https://www.w3.org/TR/CSP2/#script-src-hash-usage
    assert hash_source("alert('Hello, world.');") == (
        "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
    )
