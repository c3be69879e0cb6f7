"""The services of a compose file, as processes of this machine that meet on its loopback."""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deploy.dockerfile import Stage
from fluidkit_cli.toolchain import find_node, node_environment

Ports = Callable[[str, str], int]
"""The port of this machine that stands for a service's own."""

Loose = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """How a service is run, and asked whether it is healthy."""

    name: str
    command: tuple[str, ...]
    health: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    after: tuple[str, ...]
    grace: float


def services(
    clone: Path, *, images: Mapping[str, Stage], state: Path, ports: Ports
) -> list[Service]:
    """Those of `clone/compose.yaml`, in the order in which they start.

    Each container has ports of its own, so that two may use the same; here none does. `state` is
    a folder for what volumes keep.
    """
    composed: Loose = yaml.safe_load((clone / "compose.yaml").read_text(encoding="utf-8"))
    names = tuple(composed["services"])
    found = {
        name: _Container(name, names, settings, clone, state / name, ports).service(images)
        for name, settings in composed["services"].items()
    }
    return _in_order(found)


def _in_order(found: dict[str, Service]) -> list[Service]:
    ordered: list[Service] = []
    while waiting := [service for service in found.values() if service not in ordered]:
        started = {service.name for service in ordered}
        ready = [service for service in waiting if started.issuperset(service.after)]
        assert ready, "services wait for each other"
        ordered += ready
    return ordered


@dataclass(frozen=True, slots=True)
class _Container:
    name: str
    names: tuple[str, ...]
    settings: Loose
    clone: Path
    state: Path
    ports: Ports

    def service(self, images: Mapping[str, Stage]) -> Service:
        self.state.mkdir(parents=True)
        build = self.settings.get("build")
        stage = images[build["target"]] if build else Stage(self.state)
        command, environment = self._program(stage)
        health = self.settings.get("healthcheck", {}).get("test", ["CMD", *stage.health])
        return Service(
            name=self.name,
            command=tuple(command),
            health=tuple(self._health(health[1:])),
            environment={name: self._here(value) for name, value in environment.items()},
            folder=stage.folder if build else self.state,
            after=tuple(self.settings.get("depends_on", {})),
            grace=float(self.settings["stop_grace_period"].removesuffix("s")),
        )

    def _program(self, stage: Stage) -> tuple[Sequence[str], dict[str, str]]:
        """The command and all its environment: that of an image, and what compose adds."""
        given = {
            name: self._interpolated(str(value))
            for name, value in self.settings.get("environment", {}).items()
        }
        match self.name:
            case "redis":
                folder = ("--dir", str(self.state), "--port", str(self._port("6379")))
                command = shlex.split(self._interpolated(self.settings["command"]))
                return [*command, *folder], given
            case "caddy":
                return self._caddy(), {**given, **self._ports_of_caddy()}
            case _:
                path = {"PATH": node_environment(find_node())["PATH"]}
                own = {
                    key: re.sub(r"\$PATH", path["PATH"], v) for key, v in stage.environment.items()
                }
                secrets = _settings(self.clone / self.settings["env_file"])
                environment = {**path, **own, **secrets, **given}
                port = str(self._port(environment["PORT"]))
                return stage.command, {**environment, "PORT": port}

    def _caddy(self) -> list[str]:
        """As the image of Caddy does it, with the file that compose puts there."""
        [mount] = [v for v in self.settings["volumes"] if v.split(":")[1] == "/etc/caddy"]
        caddyfile = self.clone / mount.split(":")[0] / "Caddyfile"
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(caddyfile)]

    def _ports_of_caddy(self) -> dict[str, str]:
        return {
            "HTTP_PORT": str(self._port("80")),
            "HTTPS_PORT": str(self._port("443")),
            "INSIDE_PORT": str(self._port("8080")),
            "ADMIN": f"127.0.0.1:{self._port('2019')}",
            "XDG_DATA_HOME": str(self.state / "data"),
            "XDG_CONFIG_HOME": str(self.state / "config"),
        }

    def _health(self, command: Sequence[str]) -> list[str]:
        if command[0] == "redis-cli":
            return [command[0], "-p", str(self._port("6379")), *command[1:]]
        # Caddy's has a number; those of images ask at the PORT they are given
        return [word.replace(":2019", f":{self._port('2019')}") for word in command]

    def _here(self, text: str) -> str:
        """A text in which no service has a name, and nobody listens to others than this machine."""
        named = re.compile(rf"\b({'|'.join(self.names)}):(\d+)")
        text = named.sub(lambda m: f"127.0.0.1:{self.ports(m[1], m[2])}", text)
        return text.replace("0.0.0.0", "127.0.0.1")

    def _interpolated(self, text: str) -> str:
        """https://docs.docker.com/reference/compose-file/interpolation/"""
        known = _settings(self.clone / ".env")

        def value(variable: re.Match[str]) -> str:
            name, default, error = variable.groups()
            assert name in known or error is None, f"{name} {error}"
            return known.get(name, default or "")

        return re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?([^}]*))?\}", value, text)

    def _port(self, port: str) -> int:
        return self.ports(self.name, port)


def _settings(file: Path) -> dict[str, str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
