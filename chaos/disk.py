"""The disk on which the shop keeps its data, in the run's own mounts."""
import errno
import os
import subprocess


class Disk:
    """A small file system in memory, which can be filled."""

    def __init__(self, path, mebibytes):
        self._filler = os.path.join(path, "filler")
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "chaos", path], check=True)

    def fill(self):
        """Takes all the space there is. Returns how many bytes that was."""
        with open(self._filler, "ab", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                while True:
                    try:
                        file.write(bytes(size))
                    except OSError as error:
                        if error.errno != errno.ENOSPC:
                            raise
                        break
            return file.tell()

    def free(self):
        if os.path.exists(self._filler):
            os.unlink(self._filler)
