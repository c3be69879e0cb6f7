"""How large what was built is."""

from pathlib import Path

from fluidkit_cli.bundle.sizes import Size, sizes_of


def write(file: Path, size: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(bytes(size))


def test_kinds_are_what_browsers_get_of_them(tmp_path: Path) -> None:
    static = tmp_path / "static"
    for name, size in {
        "app/a.js": 1000,
        "app/a.js.br": 300,
        "app/a.js.gz": 400,
        "app/b.js": 2000,
        "app/b.css": 50,
        "app/b.css.gz": 60,
        "200.html": 10,
        "logo.png": 70,
    }.items():
        write(static / name, size)
    write(tmp_path / "backend/main.py", 5)
    write(tmp_path / "backend_old.txt", 7)
    sizes = sizes_of(tmp_path, package="backend")
    assert sizes.public == {
        "JavaScript": Size(2, 3000, 2300),
        "CSS": Size(1, 50, 50),
        "pages": Size(1, 10, 10),
        "assets": Size(1, 70, 70),
    }
    assert sizes.largest == (
        ("static/app/b.js", Size(1, 2000, 2000)),
        ("static/app/a.js", Size(1, 1000, 300)),
    )
    assert sizes.front_end == Size(5, 3130, 2430)
    assert (sizes.server, sizes.backend) == (Size(), Size(1, 5, 5))
    assert sizes.total.files == 10


def test_what_makes_pages_is_none_that_browsers_get(tmp_path: Path) -> None:
    write(tmp_path / "frontend/build/client/a.js", 10)
    write(tmp_path / "frontend/build/prerendered/a.html", 10)
    write(tmp_path / "frontend/build/server/a.js", 30)
    write(tmp_path / "frontend/server.js", 4)
    write(tmp_path / "main.py", 3)
    sizes = sizes_of(tmp_path, package="main")
    assert sizes.front_end == Size(2, 20, 20)
    assert sizes.server == Size(2, 34, 34)
    assert sizes.backend == Size(1, 3, 3)
