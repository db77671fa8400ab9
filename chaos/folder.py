"""The folder of a run, with its records, the shop's log and its data."""
import pathlib
import shutil
import tempfile

MARK = ".made-by-chaos"


def refusal(kept):
    """Why a run cannot be kept in a folder, or None: what somebody else has there must not be replaced."""
    kept = pathlib.Path(kept)
    if not kept.exists():
        return None
    if not kept.is_dir():
        return f"{kept} is not a folder"
    if any(kept.iterdir()) and not (kept / MARK).exists():
        return f"{kept} is not empty, and was not made by this program"
    return None


class Folder:
    """A folder that exists while a run does. It belongs to the process outside of the run's namespaces, which outlives the run."""

    def __enter__(self):
        path = pathlib.Path(tempfile.mkdtemp(prefix="chaos-"))
        # Servers that do not run as root have folders in it.
        path.chmod(0o755)
        (path / MARK).touch()
        self.path = path
        return path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def keep(path, kept):
    """Copies the folder of a run to where it is kept. The run itself does so: nobody else sees its file systems."""
    if reason := refusal(kept):
        print(f"chaos: the records are not kept: {reason}", flush=True)
        return
    shutil.rmtree(kept, ignore_errors=True)
    try:
        shutil.copytree(path, kept, ignore=shutil.ignore_patterns("filler", ".s.*"))
    except OSError as error:  # the run is over, and its result must not be lost with its records
        print(f"chaos: not everything could be kept in {kept}: {error}", flush=True)
        return
    print(f"chaos: the records, the log and the data are in {kept}", flush=True)
