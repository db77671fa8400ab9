"""The script that prepares the environment and runs the service."""

import asyncio
import fcntl
import os
import pathlib
import shutil

import pytest

pytestmark = pytest.mark.anyio
SERVICE = pathlib.Path(__file__).parent.parent


@pytest.fixture
def copy(tmp_path: pathlib.Path) -> pathlib.Path:
    """A copy of the scripts, with a program that only tells where it runs."""
    for name in ("run", "environment.sh"):
        shutil.copy(SERVICE / name, tmp_path / name)
    lines = (SERVICE / "requirements.txt").read_text().splitlines()
    tools = ("grpcio", "protobuf", "setuptools", "typing_extensions")
    (tmp_path / "requirements.txt").write_text("\n".join(line for line in lines if line.startswith(tools)))
    (tmp_path / "recommendations").mkdir()
    (tmp_path / "recommendations" / "__main__.py").write_text(
        "import catalog_pb2_grpc, os, sys\nprint(os.getcwd(), sys.argv[1:])\n"
    )
    return tmp_path


async def started(copy: pathlib.Path, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        copy / "run",
        "one",
        cwd="/",
        env={**os.environ, "PROTOS_DIR": str(SERVICE.parent.parent / "protos"), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def run(copy: pathlib.Path, **environment: str) -> tuple[int, str, str]:
    """Returns the exit code, standard output and standard error."""
    process = await started(copy, **environment)
    output, log = await asyncio.wait_for(process.communicate(), 300)
    return process.returncode, output.decode(), log.decode()


async def test_two_that_start_at_once_make_one_environment(copy: pathlib.Path) -> None:
    results = await asyncio.gather(run(copy), run(copy))
    assert [(code, output) for code, output, _ in results] == [(0, "/ ['one']\n")] * 2, results
    assert sum(log.count("installing its packages") for _, _, log in results) == 1
    (copy / "requirements.txt").write_text((copy / "requirements.txt").read_text() + "\n# changed\n")
    assert "installing its packages" in (await run(copy))[2]


async def test_a_lock_that_is_held_is_waited_for_with_a_line(copy: pathlib.Path) -> None:
    (copy / ".venv").mkdir()
    with (copy / ".venv" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        process = await started(copy, PATH=f"{wrapped(copy)}:{os.environ['PATH']}")
        line = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        assert line == f"recommendations: waiting for another process, which holds the lock {copy}/.venv/lock\n"
    _, log = await asyncio.wait_for(process.communicate(), 300)
    assert log.decode().startswith("recommendations: installing"), log


async def test_what_installs_packages_does_not_hold_the_lock(copy: pathlib.Path) -> None:
    _, _, log = await run(copy, PATH=f"{wrapped(copy)}:{os.environ['PATH']}")
    assert "descriptors: " in log
    assert ".venv/lock" not in log


def wrapped(copy: pathlib.Path) -> pathlib.Path:
    """Returns a folder with a Python that makes no environment, but shows which files it has inherited."""
    programs, script = copy / "programs", 'echo "descriptors: $(readlink /proc/$$/fd/*)" >&2; exit 1'
    programs.mkdir()
    (programs / "python3").write_text(
        f'#!/bin/bash\n[ "$1 $2" != "-m venv" ] || {{ {script}; }}\nexec {shutil.which("python3")} "$@"\n'
    )
    (programs / "python3").chmod(0o755)
    return programs


async def test_an_environment_that_was_not_finished_is_made_anew(copy: pathlib.Path) -> None:
    code, _, _ = await run(copy, PIP_INDEX_URL="http://127.0.0.1:1/", PIP_NO_INDEX="1", PIP_FIND_LINKS="/nowhere")
    assert code not in (0, 78)
    assert (await run(copy))[0] == 0


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (None, "python3 is not installed"),
        ("exit 1", "python3 is too old"),
        ('case "$2" in *venv*) exit 1 ;; esac', "python3-venv is not installed: install it"),
    ],
)
async def test_what_is_missing_is_told(copy: pathlib.Path, script: str | None, words: str) -> None:
    programs = copy / "programs"
    programs.mkdir()
    for name in ("bash", "dirname", "env"):
        (programs / name).symlink_to(shutil.which(name))
    if script is not None:
        (programs / "python3").write_text(f"#!/bin/bash\n{script}\n")
        (programs / "python3").chmod(0o755)
    code, _, log = await run(copy, PATH=str(programs))
    assert code == 78
    assert log.startswith(f"recommendations: {words}")
    assert log.count("\n") == 1


async def test_a_missing_proto_is_told(copy: pathlib.Path) -> None:
    code, _, log = await run(copy, PROTOS_DIR="/nowhere")
    assert (code, log.startswith("recommendations: /nowhere/catalog.proto is missing")) == (78, True)
