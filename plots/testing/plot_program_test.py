#!/usr/bin/python3
"""Tests of `ipcbench plot` with the real page and renderer: plot_program_test.py REPORT PROGRAM."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PACKAGES = {"node": "nodejs", "rsvg-convert": "librsvg2-bin"}


class Plot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.out = self.folder / "charts"

    def plot(self, *arguments, reports=None, path=None):
        command = [PROGRAM, "plot", *(reports or [REPORT]), "--out", self.out, *arguments]
        environment = None if path is None else {"PATH": str(path)}
        return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)

    def written(self):
        return sorted(file.name for file in self.out.iterdir()) if self.out.exists() else []

    def with_programs(self, *names):
        """A folder for PATH that has only these programs."""
        for name in names:
            (self.folder / name).symlink_to(shutil.which(name))
        return self.folder

    def test_a_single_picture_is_svg_or_what_was_asked_for(self):
        state = ["--chart", "ranking", "--state", "size=64&cpus=llc"]
        self.assertEqual(self.plot(*state).returncode, 0)
        self.assertEqual(self.written(), ["sample-ranking-cpus=llc.svg"])
        svg = (self.out / "sample-ranking-cpus=llc.svg").read_text(encoding="utf-8")
        self.assertIn("64 B", svg)
        self.assertIn("one last-level cache", svg)
        self.assertEqual(self.plot(*state, "--png").returncode, 0)
        self.assertEqual(self.written(), ["sample-ranking-cpus=llc.png", "sample-ranking-cpus=llc.svg"])
        self.assertEqual((self.out / "sample-ranking-cpus=llc.png").read_bytes()[:4], b"\x89PNG")

    # Catches pictures of one chart that overwrite each other.
    def test_each_state_of_a_chart_has_a_file_of_its_own(self):
        for state in ["size=64", "size=256"]:
            self.assertEqual(self.plot("--chart", "ranking", "--state", state).returncode, 0)
        self.assertEqual(len(self.written()), 2)

    # Catches a mistake that draws something else, or that does not say what there is.
    def test_an_unknown_chart_or_state_is_refused_with_what_there_is(self):
        mistakes = {
            ("--chart", "rankin"): ["'rankin'", "ranking"],
            ("--chart", "ranking", "--state", "size=100"): ["size=100", "64, 256"],
            ("--chart", "ranking", "--state", "cpus=mars"): ["cpus=mars", "same, llc"],
            ("--chart", "ranking", "--state", "speed=3"): ["'speed'"],
        }
        for arguments, parts in mistakes.items():
            with self.subTest(arguments):
                result = self.plot(*arguments)
                self.assertEqual(result.returncode, 2)
                self.assertTrue(result.stderr.startswith("ipcbench: "))
                for part in parts:
                    self.assertIn(part, result.stderr)
                self.assertEqual(self.written(), [])

    def test_several_reports_share_a_page_and_have_pictures_each(self):
        other = self.folder / "other.json"
        shutil.copy(REPORT, other)
        self.assertEqual(self.plot("--html", "--svg", reports=[REPORT, other]).returncode, 0)
        self.assertIn("reports.html", self.written())
        stems = {name.partition("-")[0] for name in self.written() if name.endswith(".svg")}
        self.assertEqual(stems, {"sample", "other"})

    # Catches options that only `compare` obeys.
    def test_reports_are_compared_with_the_options_of_compare(self):
        other = self.folder / "other.json"
        shutil.copy(REPORT, other)
        alone = self.plot("--html", "--across", "nice")
        self.assertEqual(alone.returncode, 2)
        self.assertIn("second report", alone.stderr)
        wrong = self.plot("--html", "--assume-session-sd", "2 %", reports=[REPORT, other])
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("--assume-session-sd", wrong.stderr)
        self.assertEqual(self.plot("--html", "--assume-session-sd", "0.02", reports=[REPORT, other]).returncode, 0)
        self.assertIn("independent", (self.out / "reports.html").read_text(encoding="utf-8"))

    def test_a_machine_without_node_gets_the_page_and_is_told_the_remedy(self):
        result = self.plot(path=self.with_programs("rsvg-convert"))
        self.assertEqual((result.returncode, self.written()), (0, ["sample.html"]))
        self.assertIn("apt-get install nodejs", result.stderr)
        self.assertEqual(self.plot("--svg", path=self.folder).returncode, 2)

    def test_a_machine_without_rsvg_convert_gets_svg_and_is_told_the_remedy(self):
        result = self.plot(path=self.with_programs("node"))
        self.assertEqual(result.returncode, 0)
        self.assertEqual({pathlib.Path(name).suffix for name in self.written()}, {".html", ".svg"})
        self.assertIn("librsvg2-bin", result.stderr)
        self.assertEqual(self.plot("--png", path=self.folder).returncode, 2)


if __name__ == "__main__":
    if lacking := [package for name, package in PACKAGES.items() if shutil.which(name) is None]:
        print(f"skipped: remedy: apt-get install {' '.join(lacking)}")
        sys.exit(77)
    REPORT, PROGRAM = sys.argv[1:]
    unittest.main(argv=sys.argv[:1])
