"""What `fluidkit build` says of sizes."""

from dataclasses import replace
from pathlib import Path

import pytest

from fluidkit_cli import console
from fluidkit_cli.bundle.sizes import Size, Sizes
from fluidkit_cli.commands.build_summary import say_sizes

SIZES = Sizes(
    public={
        "JavaScript": Size(12, 120_000, 40_000),
        "CSS": Size(1, 4_000, 1_000),
        "pages": Size(1, 1_500, 700),
        "assets": Size(),
    },
    largest=(("static/_app/immutable/chunks/Ab1.js", Size(1, 50_000, 17_000)),),
    server=Size(),
    backend=Size(9, 60_000, 60_000),
    total=Size(40, 2_345_678, 2_345_678),
)


def said(capsys: pytest.CaptureFixture[str], sizes: Sizes, before: Sizes | None) -> str:
    say_sizes(sizes, before=before, frontend=Path("nowhere"))
    return capsys.readouterr().out


def test_kinds_and_the_largest_scripts_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        said(capsys, SIZES, None)
        == """
  Front end          125.5 kB  41.7 kB sent
    JavaScript       120.0 kB  40.0 kB sent
      chunks/Ab1.js   50.0 kB  17.0 kB sent
    CSS                4.0 kB   1.0 kB sent
    pages              1.5 kB   0.7 kB sent
  Backend             60.0 kB
  All 40 files        2.35 MB

"""
    )


def test_what_has_changed_is_told_by_what_counts(capsys: pytest.CaptureFixture[str]) -> None:
    before = replace(
        SIZES,
        public={**SIZES.public, "CSS": Size(1, 9_000, 3_000), "pages": Size(1, 1_600, 710)},
        backend=Size(1, 50_000, 50_000),
    )
    lines = said(capsys, SIZES, before).splitlines()
    changes = {line.split()[0]: line.split()[-2] for line in lines if line.endswith(" kB")}
    assert changes == {"Front": "-2.0", "CSS": "-2.0", "Backend": "+10.0"}


def test_a_narrow_terminal_gets_what_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "width", lambda: 40)
    lines = said(capsys, replace(SIZES, server=Size(3, 9_000, 9_000)), SIZES).splitlines()
    assert max(map(len, lines)) < 40
    assert "  Front server         9.0 kB" in lines
