#!/usr/bin/python3
"""Tests of gallery.py's own checks, then of the gallery: gallery_test.py REPORT PROGRAM."""
import pathlib
import shutil
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "plots"))
import gallery  # noqa: E402

SVG = "<svg><title>A &lt;b&gt; of pipe_ring, &#39;host&#39;</title><desc>64 B. More.</desc></svg>"
TITLE = r"A \<b> of pipe\_ring, 'host': 64 B"
SHOWN = f"text\n\n![{TITLE}](plots/gallery/a.svg)\n"


class Problems(unittest.TestCase):
    def problems(self, names=("a",), drawn=("a",), document=SHOWN):
        return list(gallery.problems(set(names), {name: SVG for name in drawn}, {"README.md": document}))

    def test_a_picture_that_is_listed_drawn_and_shown_is_well(self):
        self.assertEqual(self.problems(), [])

    # Each breaks one rule once.
    def test_what_is_amiss_is_said(self):
        cases = [
            ({"drawn": (), "document": ""}, "a.svg is missing"),
            ({"drawn": ("a", "b")}, "b.svg is no picture"),
            ({"document": "text"}, "no document shows"),
            ({"document": SHOWN.replace("pipe", "tcp")}, "without its title"),
            ({"document": SHOWN + "![](plots/gallery/old.svg)"}, "old.svg, which is no picture"),
        ]
        for settings, said in cases:
            with self.subTest(said):
                found = self.problems(**settings)
                self.assertEqual(len(found), 1, found)
                self.assertIn(said, found[0])

    def test_a_title_replaces_what_stood_there(self):
        before = "![old \\] words](plots/gallery/a.svg) and ![x](other.svg)"
        after = f"![{TITLE}](plots/gallery/a.svg) and ![x](other.svg)"
        self.assertEqual(gallery.titled(before, {"a": SVG}), after)


if __name__ == "__main__":
    if shutil.which("node") is None:
        print("skipped: remedy: apt-get install nodejs")
        sys.exit(77)
    arguments = sys.argv[1:]
    if not unittest.main(argv=sys.argv[:1], exit=False).result.wasSuccessful():
        sys.exit(1)
    sys.exit(subprocess.run([ROOT / "plots/gallery.py", "--check", *arguments], check=False).returncode)
