"""Would catch an answer that is not as the page says, and answers that are kept for ever."""

from __future__ import annotations

import json
import os

from maestro_conductor.model import records
from maestro_conductor.workspace.answer_files import AnswerFiles

RECORD = records.request(7, "hold", "me", "hold a", 3, True, "3 instances held")


def test_an_answer_has_the_fields_of_the_page(tmp_path, repository_file):
    (tmp_path / ".maestro").mkdir()
    AnswerFiles(tmp_path).write("a.json", RECORD)
    answer = json.loads((tmp_path / ".maestro/answers/a.json").read_text())
    schema = json.loads(repository_file("docs/workspace-format/schemas/answer.schema.json"))
    assert sorted(answer) == sorted(schema["$defs"]["Answer"]["required"])
    assert (answer["request"], answer["instances"], answer["time"]) == ("hold", 3, 7)


def test_the_newest_answers_are_kept(tmp_path):
    folder = tmp_path / ".maestro/answers"
    folder.mkdir(parents=True)
    for number in range(150):
        (folder / f"old{number}").touch()
        os.utime(folder / f"old{number}", (number, number))
    answers = AnswerFiles(tmp_path)
    for number in range(60):
        answers.write(f"new{number}", RECORD)
    answers.write("new0", RECORD)
    left = {path.name for path in folder.iterdir()}
    assert left == {f"old{n}" for n in range(10, 150)} | {f"new{n}" for n in range(60)}
