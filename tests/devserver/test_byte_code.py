"""Which byte code a worker believes."""

import os
import py_compile
import subprocess
import sys
import sysconfig
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PROGRAM = """
from fluidkit_cli.devserver.byte_code import read_sources
read_sources()
import installed_one, users_one
print(installed_one.VALUE, users_one.VALUE)
"""


def leave_stale_byte_code(file: Path) -> None:
    """As two saves of equal length within a second do."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('VALUE = "byte code"\n', encoding="utf-8")
    status = file.stat()
    py_compile.compile(str(file), doraise=True)
    file.write_text('VALUE = "source..."\n', encoding="utf-8")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_users_code_is_read_from_its_source_and_what_is_installed_from_its_byte_code(
    tmp_path: Path,
) -> None:
    scheme = sysconfig.get_preferred_scheme("user")
    packages = sysconfig.get_path("purelib", scheme, {"userbase": str(tmp_path / "base")})
    leave_stale_byte_code(Path(packages, "installed_one.py"))
    leave_stale_byte_code(tmp_path / "users_one.py")
    (tmp_path / "users_two.py").touch()
    folders = os.pathsep.join([packages, str(tmp_path), str(REPOSITORY)])
    environment = {"PYTHONPATH": folders, "PYTHONUSERBASE": str(tmp_path / "base")}
    command = [sys.executable, "-c", f"{PROGRAM}import users_two\n"]
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout == "byte code source...\n"
    assert not list(tmp_path.glob("__pycache__/users_two*"))
