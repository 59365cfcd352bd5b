"""A value that is read from another place than the format page says, by tables made by hand."""

from __future__ import annotations

import math
import tracemalloc

import pytest

from maestro_cli.results.declared import read_declared
from maestro_cli.results.formats import MOST_VALUES, NoResultError, read_rows


def read(file, content, *, rows="last", **more):
    result = {"format": None, "keys": None, "pattern": None, "rows": rows, "required": False}
    keys = more.pop("keys", None)
    if isinstance(keys, dict):
        keys = [list(pair) for pair in keys.items()]
    elif keys is not None:
        keys = [[key, key] for key in keys]
    (declared,) = read_declared([{"file": file, **result, **more, "keys": keys}])
    return list(read_rows(declared, content if isinstance(content, bytes) else content.encode()))


TREE = '{"e": {"total": -1.5, "parts": [1, 2, {"x": "y"}]}, "n": 3, "ok": true, "u": "2 eV", "no": null, "a.b": 7}'


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("n", 3), ("ok", True), ("u", "2 eV"), ("no", None), ("absent", None), ("e.total", -1.5), ("e.parts.0", 1),
        ("e.parts.-1.x", "y"), ("e.parts.9", None), ("e.parts.x", None), ("e.parts.1.x", None), ("n.x", None),
        ("a.b", 7), ("e.parts", '[1, 2, {"x": "y"}]'), ("e", '{"total": -1.5, "parts": [1, 2, {"x": "y"}]}'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("file", ["a.json", "a.yaml"])
def test_a_path_in_a_tree(file, path, value):
    (row,) = read(file, TREE, keys={"v": path})
    assert row == {"v": value}
    assert type(row["v"]) is type(value)


@pytest.mark.parametrize("file", ["a.json", "a.yaml"])
def test_all_single_values_at_the_top(file):
    assert read(file, TREE) == [{"n": 3, "ok": True, "u": "2 eV", "no": None, "a.b": 7}]
    assert read(file, "3") == [{"value": 3}]


@pytest.mark.parametrize(("file", "text"), [
    ("a.json", '[{"a": 1}, {"a": 2, "b": "x"}]'), ("a.jsonl", '{"a": 1}\n\n{"a": 2, "b": "x"}\n'),
    ("a.yaml", "- {a: 1}\n- {a: 2, b: x}\n"),
])  # fmt: skip
def test_rows_of_a_list(file, text):
    assert read(file, text) == [{"a": 2, "b": "x"}]
    assert read(file, text, rows="all") == [{"a": 1}, {"a": 2, "b": "x"}]
    assert read(file, text, rows="all", keys=["b"]) == [{"b": None}, {"b": "x"}]
    assert read("a.json", "[]", rows="all") == []


@pytest.mark.parametrize(
    ("file", "text", "rows"),
    [
        ("a.csv", "a,b c\n1,x\n2.5, y \n", [{"a": 1, "b c": "x"}, {"a": 2.5, "b c": "y"}]),
        ("a.csv", '\ufeffa,b\r\n\r\n1,"x,\ny"\r\n', [{"a": 1, "b": "x,\ny"}]),
        ("a.csv", "a,b\n1\n1,2,3\n,4\n", [{"a": 1, "b": None}, {"a": 1, "b": 2}, {"a": None, "b": 4}]),
        ("a.tsv", "a,x\tb\n1\t2\n", [{"a,x": 1, "b": 2}]),
        ("a.csv", "a\tb\n1\t2,5\n", [{"a": 1, "b": "2,5"}]),
        ("a.csv", "a,,a\n1,2,3\n", [{"a": 3}]),
        ("a.csv", "a,b\n", []),
        ("a.csv", "", []),
    ],
)  # fmt: skip
def test_a_table(file, text, rows):
    assert read(file, text, rows="all") == rows
    assert read(file, text) == rows[-1:]


def test_columns_of_a_table_are_chosen():
    assert read("a.csv", "a,b,c\n1,2,3\n", keys={"x": "c", "no": "d"}) == [{"x": 3, "no": None}]


def test_lines_of_keys():
    text = "# e = 0\nenergy = -1.5\nname: a = b\nunit=3 eV\n\n no line \n = 1\nenergy : 2\nurl = http://x\nempty=\n"
    found = {"energy": 2, "name": "a = b", "unit": "3 eV", "url": "http://x", "empty": None}
    assert read("a.txt", text) == [found]
    assert read("a.txt", text, keys={"e": "energy", "no": "x"}) == [{"e": 2, "no": None}]


def test_a_pattern():
    log = "step 1 residual = 0.5\nstep 2 residual = 1.0D-3\nend\n"
    pattern = r"^step (?P<step>\d+) residual\s*=\s*(?P<r>\S+)( (?P<unit>\w+))?$"
    last = {"step": 2, "r": 0.001, "unit": None}
    assert read("a.log", log, pattern=pattern) == [last]
    assert read("a.log", log, pattern=pattern, rows="all") == [
        {"step": 1, "r": 0.5, "unit": None},
        last,
    ]
    assert read("a.log", "", pattern=pattern) == []


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("a.json", b"", "it is no JSON"), ("a.json", b"{", "it is no JSON"), ("a.json", b"\xff\xfe", "it is no UTF-8"),
        ("a.json", b"[" * 200_000, "it is nested too deep"), ("a.json", b'{"a":' * 200_000, "it is nested too deep"),
        ("a.yaml", b"[" * 200_000, "it is no YAML"), ("a.yaml", b"\0", "it is no YAML"), ("a.yaml", b"a: b: c", "it is no YAML"),
        ("a.csv", b"\x00\xff", "it is no UTF-8"), ("a.csv", b'a\n"b', "it is no CSV"),
        ("a.csv", b"a\n" + b"x" * 200_000, "it is no CSV"),
    ],
)  # fmt: skip
def test_what_is_none_is_said(file, content, message):
    with pytest.raises(NoResultError, match=message):
        read(file, content)


def test_aliases_of_yaml_that_stand_for_billions_are_refused():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    with pytest.raises(NoResultError):
        read("a.yaml", "a0: &a0 [1]\n" + levels)


def test_what_is_binary_is_no_hindrance_to_patterns_and_keys():
    content = bytes(range(256)) + b"\ne = 3\n\xff = 4\n"
    assert read("a", content, pattern="e = (?P<e>.*)") == [{"e": 3}]
    assert read("a", content, keys=["e"]) == [{"e": 3}]


def test_numbers_that_json_does_not_have_and_python_does():
    (row,) = read("a.json", '{"a": NaN, "b": -Infinity, "c": 1e999, "d": %s}' % ("1" * 5000))
    assert math.isnan(row["a"])
    assert (row["b"], row["c"], row["d"]) == (-math.inf, math.inf, "1" * 5000)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b" " * 4_000_000, [{}]),
        (b"=" * 4_000_000, [{}]),
        (b"a " * 2_000_000 + b"= 1\n", [{("a " * 2_000_000).strip(): 1}]),
    ],
)
def test_long_lines_are_looked_at_once(content, rows):
    """One at each of whose characters a pattern begins anew takes hours, and pytest ends it."""
    assert read("a", content) == rows


@pytest.mark.parametrize(
    ("file", "begin", "line", "more"),
    [
        ("a.csv", "a\n", "1\n", {}),
        ("a.jsonl", "", '{"a": 1}\n', {}),
        ("a.txt", "", "1\n", {"pattern": r"(?P<a>\d)"}),
    ],
)
def test_rows_are_made_one_by_one_as_they_may_be_millions(file, begin, line, more):
    (declared,) = read_declared(
        [
            {
                "file": file,
                "format": None,
                "keys": None,
                "pattern": None,
                "rows": "all",
                "required": False,
                **more,
            }
        ]
    )
    content = (begin + line * 50_000).encode()
    tracemalloc.start()
    try:
        assert sum(row == {"a": 1} for row in read_rows(declared, content)) == 50_000
        assert tracemalloc.get_traced_memory()[1] < 8 * len(content) + 1_000_000
    finally:
        tracemalloc.stop()


def test_of_values_that_only_the_file_names_no_more_are_taken_than_anybody_reads():
    names = [f"k{number}" for number in range(MOST_VALUES + 5)]
    whole = {
        "a.json": "{" + ",".join(f'"{name}": 1' for name in names) + "}",
        "a.csv": ",".join(names) + "\n" + ",".join("1" for _ in names),
        "a.txt": "".join(f"{name} = 1\n" for name in names),
    }
    for file, text in whole.items():
        (row,) = read(file, text)
        assert list(row) == names[:MOST_VALUES], file
        assert read(file, text, keys=[names[-1]]) == [{names[-1]: 1}], file


def test_the_last_of_a_value_that_stands_twice_counts():
    text = "a = 1\n" + "".join(f"k{number} = 1\n" for number in range(MOST_VALUES + 5)) + "a = 2\n"
    assert read("a.txt", text)[0]["a"] == 2
