"""Shells and folders that drivers are run with."""

import shutil

import pytest

SHELLS = [
    shell
    for shell in (["dash"], ["bash", "--posix"], ["ksh"], ["busybox", "sh"])
    if shutil.which(shell[0])
]

#: A folder whose name would do harm if it ever became part of a command.
ODD = "a b'\"$(touch x)\n#BSUB -n 7\n\\ é*"


@pytest.fixture(params=SHELLS, ids=lambda shell: shell[0])
def shell(request):
    return request.param


@pytest.fixture
def odd():
    return ODD


@pytest.fixture(params=["plain", ODD], ids=["plain", "odd"])
def workspace(request, tmp_path):
    folder = tmp_path / request.param
    folder.mkdir()
    return folder
