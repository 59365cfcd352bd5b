"""What the tests of the log share."""

from __future__ import annotations

import logging

import pytest

from maestro_conductor.observers.log_file import LogFile
from maestro_conductor.observers.log_writer import StudyLog
from maestro_conductor.testing import SmallDisk


@pytest.fixture
def log(tmp_path):
    file = LogFile(tmp_path / "logs/study.log")
    yield StudyLog(file, logging.INFO, "a study", "/w"), file
    file.close()


@pytest.fixture
def small(tmp_path):
    """A log on a disk of its own."""
    disk = SmallDisk()
    file = LogFile(tmp_path / "logs/study.log", disk=disk)
    yield StudyLog(file, logging.INFO, "a study", "/w"), file, disk
    file.close()
