"""The folder of a run, with its records, the shop's log and its data."""
import pathlib
import shutil
import subprocess
import tempfile

from chaos.shop import ROOT


class Folder:
    """A folder that is removed at the end of a run. If the run has not passed, or is to be kept, it is copied into the repository's
    `.build` before, or to where it is to be kept."""

    def __init__(self, name, keep=None):
        self._kept = pathlib.Path(keep) if keep else ROOT / ".build" / name
        self._is_wanted = keep is not None
        self.passed = False

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="chaos-"))
        # Servers that do not run as root have folders in it.
        self.path.chmod(0o755)
        return self

    def __exit__(self, *_):
        if self._is_wanted or not self.passed:
            shutil.rmtree(self._kept, ignore_errors=True)
            shutil.copytree(self.path, self._kept, ignore=shutil.ignore_patterns("filler", ".s.*"))
            print(f"chaos: the records, the log and the data are in {self._kept}", flush=True)
        subprocess.run(["umount", self.path / "data"], capture_output=True)
        shutil.rmtree(self.path, ignore_errors=True)
