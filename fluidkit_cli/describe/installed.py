"""Lists what is installed for the Python that runs this, and what its markers are compared with."""

import json
import os
import platform
import sys
from importlib.metadata import Distribution, distributions
from pathlib import Path


def main(argv: list[str]) -> None:
    """Writes `{"environment", "distributions"}` to the file that `argv` names.

    The environment has the names of
    https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers
    """
    (result,) = argv
    found = [_told(each) for each in distributions() if each.metadata["Name"]]
    content = json.dumps({"environment": _environment(), "distributions": found})
    Path(result).write_text(content, encoding="utf-8")


def _told(distribution: Distribution) -> dict[str, object]:
    """`source` is https://packaging.python.org/en/latest/specifications/direct-url/"""
    source = distribution.read_text("direct_url.json")
    return {
        "name": distribution.metadata["Name"],
        "version": distribution.version,
        "requires": distribution.requires or [],
        "source": json.loads(source) if source else None,
    }


def _environment() -> dict[str, str]:
    version = sys.implementation.version
    level = {"final": ""}.get(version.releaselevel, f"{version.releaselevel[0]}{version.serial}")
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": f"{version.major}.{version.minor}.{version.micro}{level}",
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
    }
