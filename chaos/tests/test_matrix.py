"""A mutant is caught by its check, and by nothing else."""
import contextlib
import io
import unittest
from unittest import mock

from chaos import matrix
from chaos.mutants import Mutant

MUTANT = Mutant("a-bug", "", "a.check", ("run",), ())
FAILED = "audit: 0 of 1 checks passed; FAILED: a.check"


class MatrixTests(unittest.TestCase):
    def last_line(self, function, outcome):
        """What a function returns, and the last line that it prints, if runs have this outcome."""
        output = io.StringIO()
        with mock.patch("chaos.matrix._run", return_value=outcome), contextlib.redirect_stdout(output):
            return function([MUTANT]), output.getvalue().splitlines()[-1]

    def test_a_check_that_failed_catches_it(self):
        self.assertEqual(self.last_line(matrix._matrix, (1, FAILED)), (True, "1 of 1 caught"))

    def test_nothing_else_does(self):
        others = ["audit: 0 of 1 checks passed; missing: a.check", "audit: 0 of 1 checks passed; FAILED: b.check; broken: a.check", "Traceback"]
        for outcome in [*((1, text) for text in others), (None, FAILED), (0, FAILED)]:
            with self.subTest(outcome):
                self.assertEqual(self.last_line(matrix._matrix, outcome), (False, "0 of 1 caught"))

    def test_a_command_that_fails_without_a_mutant_proves_nothing(self):
        self.assertFalse(self.last_line(matrix._baseline, (1, FAILED))[0])
        self.assertFalse(self.last_line(matrix._baseline, (None, ""))[0])
        self.assertTrue(self.last_line(matrix._baseline, (0, ""))[0])

    def test_a_name_that_no_mutant_has_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "no mutant typo; there are .*no-outbox"):
            matrix._chosen(["typo", "no-outbox"])
