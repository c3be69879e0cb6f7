"""What Linux tells of processes and of file systems."""

import os
from pathlib import Path

import pytest

from fluidkit_cli.devserver import system

MOUNTS = rb"""
overlay / overlay rw 0 0
proc /proc proc rw 0 0
C:\134 /mnt/c 9p rw 0 0
server:/home /home/me nfs4 rw 0 0
/dev/sdb /home/me/local\040disk ext4 rw 0 0
user@host: /mnt/there fuse.sshfs rw 0 0
/dev/sdc /mnt/stick fuseblk rw 0 0
""".lstrip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/work", ""),
        ("/mnt/c/shop", "9p"),
        ("/mnt/cc", ""),
        ("/home/me/shop", "nfs4"),
        ("/home/me/local disk/shop", ""),
        ("/mnt/there/shop", "fuse.sshfs"),
        ("/mnt/stick", ""),
    ],
)
def test_file_systems_that_others_write_to_are_known(
    folder: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "self/mounts").write_bytes(MOUNTS)
    monkeypatch.setattr(system, "_PROC", tmp_path)
    assert system.silent_file_system(Path(folder)) == kind


def test_where_there_is_no_proc_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_PROC", tmp_path)
    assert system.silent_file_system(tmp_path) == ""
    assert (system.started(os.getpid()), list(system.members("run"))) == (0, [])
    assert system.holder_of(1) is None
    assert system.any_lives([os.getpgrp()])
