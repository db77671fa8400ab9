"""Installs and builds the programs that are measured. A peer that cannot be installed is left out, with the reason."""
import shutil, subprocess, sys

from .peers import BENCH, BUILD, PYTHON, OURS, Unavailable, last_line

REQUIREMENTS = BENCH / "requirements.txt"


def say(line):
    print(line, file=sys.stderr, flush=True)


def run(command, folder=BENCH, environment=None, timeout=3600):
    """Runs one step of a build; if it fails, its output is used for the reason."""
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"{command[0]}: {error}") from None
    if done.returncode != 0:
        lines = done.stdout.splitlines()
        fault = next((line.strip() for line in lines if "error:" in line), last_line(done.stdout))
        raise Unavailable(f"{' '.join(command[:3])}: {fault}")


def install_debian(packages):
    run([str(BENCH.parent / "scripts/setup"), *packages], timeout=900)


def install_python():
    """A virtual environment with the packages of requirements.txt; recreated if that file has changed."""
    kept = BUILD / "python/requirements.txt"
    if kept.exists() and kept.read_text() == REQUIREMENTS.read_text():
        return
    run(["python3", "-m", "venv", str(BUILD / "python")], timeout=300)
    run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)], timeout=900)
    shutil.copy(REQUIREMENTS, kept)


def prepare(peer):
    if peer.debian:
        install_debian(peer.debian)
    if peer.python:
        install_python()
    (peer.folder / ".build").mkdir(exist_ok=True)
    for words in peer.build:
        run(peer.command(words), peer.folder, peer.surroundings)


def prepare_all(peers, skipped):
    """Returns the peers that are ready; adds the reasons for the others to `skipped`. Roost's own program must build."""
    ready = []
    for peer in peers:
        say(f"building {peer.name}")
        try:
            prepare(peer)
            ready.append(peer)
        except Unavailable as reason:
            if peer.name == OURS:
                sys.exit(f"{peer.name} cannot be built: {reason}")
            skipped[peer.name] = str(reason)
            say(f"SKIPPED {peer.name}: {reason}")
    return ready
