"""The example of the README, run as it stands.

A fault here would be a first try that fails for everybody who copies it.
"""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_example_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"^```python\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)
    exec(code, {})  # noqa: S102 (our own page)
    assert capsys.readouterr().out == "FAILED 3\n"
