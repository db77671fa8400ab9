"""The folder of a run is removed, and what it is kept in is nobody else's."""
import pathlib
import tempfile
import unittest

from chaos import folder


class FolderTests(unittest.TestCase):
    def setUp(self):
        parent = tempfile.TemporaryDirectory()
        self.addCleanup(parent.cleanup)
        self.kept = pathlib.Path(parent.name) / "kept"

    def test_a_run_is_kept_and_replaces_only_another_run(self):
        with folder.Folder() as path:
            (path / "shop.log").write_text("first")
            folder.keep(path, self.kept)
            (path / "shop.log").write_text("second")
            folder.keep(path, self.kept)
        self.assertFalse(path.exists())
        self.assertEqual((self.kept / "shop.log").read_text(), "second")

    def test_a_folder_of_somebody_else_is_refused(self):
        self.kept.mkdir()
        self.assertIsNone(folder.refusal(self.kept))
        (self.kept / "letter").touch()
        self.assertIsNotNone(folder.refusal(self.kept))
        self.assertIsNotNone(folder.refusal(self.kept / "letter"))
        with folder.Folder() as path:
            folder.keep(path, self.kept)
        self.assertEqual([each.name for each in self.kept.iterdir()], ["letter"])
