"""Carries a Dockerfile out by hand: every stage is a folder, in which its commands run."""

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

_PREPARATIONS = ("npm install --global", "pip install", "useradd")
"""What an image has to be given, and the machine of the tests has."""


@dataclass(slots=True)
class Stage:
    """The files of an image as they are below `root`, and how it is run."""

    root: Path
    directory: str = "/"
    environment: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The working directory."""
        return self.root / self.directory.lstrip("/")

    def local(self, text: str) -> str:
        """A text in which the image's folder `/app` is where it really is."""
        return re.sub(r"(?<![\w.])/app\b", f"{self.root}/app", text)


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the images of the folder `clone` below `folder`, with the programs of `environment`.

    `secrets` are files by the ids that commands mount them by.
    """

    clone: Path
    folder: Path
    environment: Mapping[str, str]
    secrets: Mapping[str, Path]

    def build(self) -> dict[str, Stage]:
        """All stages by name."""
        _send_context(self.clone, self._context)
        stages: dict[str, Stage] = {}
        for instruction, rest in _instructions(self.clone / "Dockerfile"):
            if instruction == "FROM":
                base, _, name = rest.partition(" AS ")
                stage = stages[name] = self._stage(name, base=stages.get(base))
            else:
                self._carry_out(instruction, rest, stage=stage)
        return stages

    def _stage(self, name: str, *, base: Stage | None) -> Stage:
        root = self.folder / name
        if base is None:
            return Stage(root)
        shutil.copytree(base.root, root, symlinks=True)
        return Stage(root, base.directory, dict(base.environment))

    @property
    def _context(self) -> Path:
        return self.folder / "context"

    def _carry_out(self, instruction: str, rest: str, *, stage: Stage) -> None:
        match instruction:
            case "WORKDIR":
                stage.directory = rest
                stage.folder.mkdir(parents=True, exist_ok=True)
            case "ENV":
                pairs = (pair.partition("=") for pair in shlex.split(rest))
                stage.environment |= {name: stage.local(value) for name, _, value in pairs}
            case "COPY":
                self._copy(rest.split(), stage=stage)
            case "RUN":
                self._run(rest, stage=stage)
            case "HEALTHCHECK":
                stage.health = tuple(json.loads(rest.partition("CMD ")[2]))
            case "CMD":
                stage.command = tuple(json.loads(rest))
            case "USER" | "EXPOSE" | "STOPSIGNAL":
                pass
            case _:
                raise AssertionError(f"{instruction} is not known here")

    def _copy(self, words: list[str], *, stage: Stage) -> None:
        origin = self._context
        if words[0].startswith("--from="):
            origin = self.folder / words.pop(0).removeprefix("--from=")
        *sources, target = words
        for source in sources:
            found = list(origin.glob(source.lstrip("/")))
            assert found or "*" in source, f"there is no {source}"
            for file in found:
                if file.is_dir():
                    shutil.copytree(file, stage.folder / target, symlinks=True, dirs_exist_ok=True)
                else:
                    (stage.folder / target).mkdir(parents=True, exist_ok=True)
                    shutil.copy2(file, stage.folder / target)

    def _run(self, text: str, *, stage: Stage) -> None:
        mounts, command = _mounts(text)
        if command.startswith(_PREPARATIONS):
            return
        mounted = {
            Path(stage.local(mount["target"])): self.secrets[mount["id"]]
            for mount in mounts
            if mount["type"] == "secret" and mount["id"] in self.secrets
        }
        for place, secret in mounted.items():
            shutil.copy2(secret, place)
        subprocess.run(
            ["sh", "-c", stage.local(command)],
            cwd=stage.folder,
            env={**self.environment, **stage.environment},
            check=True,
            timeout=300,
        )
        for place in mounted:
            place.unlink()


def _send_context(clone: Path, context: Path) -> None:
    """Copies what `.dockerignore` lets through; of the patterns that match, the last decides."""
    lines = (clone / ".dockerignore").read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    rules = [(_expression(pattern.lstrip("!")), pattern[0] != "!") for pattern in patterns]

    def ignored(folder: str, names: list[str]) -> set[str]:
        inside = Path(folder).relative_to(clone)
        paths = {name: (inside / name).as_posix() for name in names}
        return {name for name, path in paths.items() if is_ignored(path)}

    def is_ignored(path: str) -> bool:
        return next((drops for rule, drops in reversed(rules) if rule.fullmatch(path)), False)

    shutil.copytree(clone, context, ignore=ignored)


def _expression(pattern: str) -> re.Pattern[str]:
    """What a pattern matches: a path, and all that is below it."""
    text = re.escape(pattern).replace(r"\*\*/", "(.*/)?").replace(r"\*", "[^/]*")
    return re.compile(f"{text}(/.*)?")


def _instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    lines = dockerfile.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line:
            instruction, _, rest = line.partition(" ")
            yield instruction, rest


def _mounts(text: str) -> tuple[list[dict[str, str]], str]:
    mounts = []
    while option := re.match(r"--mount=(\S+)\s+", text):
        mounts.append(dict(part.split("=", 1) for part in option[1].split(",")))
        text = text[option.end() :]
    return mounts, text
