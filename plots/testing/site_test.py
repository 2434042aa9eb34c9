#!/usr/bin/python3
"""Tests of a site in Chromium: site_test.py WRITE_FLEET IPCBENCH BASELINE. The fleet's reports are made from the baseline;
one machine's texts try to break out of their place."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import browser

WRITE_FLEET, IPCBENCH, BASELINE = sys.argv[1:4]
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"


def write_fleet(folder):
    """Three machines with six sessions each; one more with a hostile report, and one under another kernel."""
    subprocess.run([WRITE_FLEET, BASELINE, folder / "fleet", "18", "3", "0", "1", ".json"], check=True, stdout=subprocess.DEVNULL)
    report = json.loads(next((folder / "fleet").rglob("*.json")).read_text())
    for name, series in [(HOSTILE, None), ("newer", "6.18.0")]:
        report["context"]["host_name"] = name
        facts = report["ipcbench"]["host"]
        facts["machine_id"] = f"__proto__ {name}"
        facts["cpu_model"] = HOSTILE
        if series:
            facts["kernel_release"] = series
        (folder / "fleet" / f"{series or 'hostile'}.json").write_text(json.dumps(report))


class Site(browser.BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        folder = pathlib.Path(scratch.name)
        write_fleet(folder)
        cls.index = folder / "fleet.sqlite"
        done = subprocess.run([IPCBENCH, "index", "--quiet", "--db", cls.index, folder / "fleet"], capture_output=True, text=True)
        if "built without" in done.stderr:
            print("skipped: built without SOCI; remedy: apt-get install libsoci-dev")
            sys.exit(77)
        assert done.returncode == 0, done.stderr
        cls.site = folder / "site"
        subprocess.run([IPCBENCH, "site", cls.index, "--out", cls.site, "--quiet"], check=True, stdout=subprocess.DEVNULL)
        script = (cls.site / "assets" / "machines.js").read_text()
        cls.machines = json.loads(json.loads(script.partition("]=")[2].rstrip(";\n")))["machines"]

    # A site's pages load the files beside them, and nothing else.
    def complaints(self, address):
        folder = self.site.as_uri()
        return [each for each in super().complaints(address) if not each.startswith(f"request: {folder}/")]

    def named(self, *names):
        return [each for name in names for each in self.machines if each["name"] == name]

    def address(self, *names):
        return "machines=" + ",".join(each["digest"][:16] for each in self.named(*names))

    def test_the_list_filters_and_leads_to_pages_and_comparisons(self):
        with self.page(self.site / "index.html") as view:
            self.assertEqual(len(view.all("tbody tr")), 5)
            view.one("#filter").send_keys("node-0001")
            self.assertEqual(len(view.all("tbody tr")), 1)
            self.assertEqual(view.run("return location.hash"), "#filter=node-0001")
            view.one("#filter").clear()
            view.one("#filter").send_keys("node-")
            for box in view.all("tbody input")[:2]:
                box.click()
            self.assertEqual(view.text("#compare"), "Compare node-0000, node-0001")
            view.click("#compare")
            self.comes(lambda: view.all("#chart-ranking svg"))

    def test_a_comparison_shows_the_sections_and_links_each_number(self):
        with self.page(self.site / "compare.html", self.address("node-0000", "node-0001")) as view:
            for section in ["ranking", "price", "heat", "curves", "side", "machines"]:
                self.comes(lambda section=section: view.all(f"#section-{section} *"), section)
            self.assertTrue(view.all("#chart-ranking svg"))
            links = view.run("return [...document.querySelectorAll('#section-side td a')].map((each) => each.href)")
            self.assertGreater(len(links), 10)
            view.choose("#state-pattern", "throughput")
            self.assertIn("pattern=throughput", view.run("return location.hash"))
            self.assertIn("machines=", view.run("return location.hash"))
        target, _, state = links[1].partition("#")
        with self.page(pathlib.Path(target.removeprefix("file://")), state) as view:
            self.assertIn("ipcbench on node-0001", view.text("#heading"))

    def test_unlike_kernels_are_not_compared(self):
        with self.page(self.site / "compare.html", self.address("node-0000", "newer")) as view:
            self.assertIn("Not compared: node-0000 ran Linux 6.1", view.text("#refusal"))
            self.assertFalse(view.all("svg"))

    def test_another_choice_of_machines_loads_their_data(self):
        with self.page(self.site / "compare.html", self.address("node-0000", "node-0001")) as view:
            view.run("location.hash = arguments[0]", self.address("node-0001", "node-0002"))
            self.comes(lambda: "node-0002" in view.text("#heading"))
            self.assertNotIn("node-0000", view.text("#heading"))

    def test_a_history_has_its_chart_and_a_link_for_each_session(self):
        machine = self.named("node-0002")[0]
        with self.page(self.site / "trends.html") as view:
            self.assertEqual(len(view.all("#sections li a")), 3)
        with self.page(self.site / "trends.html", f"machine={machine['machine']}") as view:
            self.assertTrue(view.all("#trend-drawing svg"))
            self.assertEqual(len(view.all("#section-sessions tbody tr")), 6)
            links = view.run("return [...document.querySelectorAll('#section-sessions tbody th a')].map((each) => each.href)")
            for link in links:
                self.assertTrue(pathlib.Path(link.removeprefix("file://")).exists(), link)

    # Names, processors and keys from reports become text on every page.
    def test_hostile_texts_stay_texts(self):
        hostile = self.named(HOSTILE)[0]
        pages = [("index.html", ""), ("compare.html", self.address(HOSTILE, "node-0000")),
                 (hostile["page"], ""), ("trends.html", "machine=__proto__"), ("compare.html", "machines=__proto__,../../x")]
        for name, state in pages:
            with self.subTest(name), self.page(self.site / name, state) as view:
                self.assertFalse(view.all("img"))
                self.assertIsNone(view.run("return ({}).polluted ?? null"))
        with self.page(self.site / "index.html") as view:
            self.assertIn(HOSTILE, view.text("#list"))

    def test_pages_fit_small_screens(self):
        for name, state in [("index.html", ""), ("compare.html", self.address("node-0000", "node-0001")), ("trends.html", "")]:
            with self.subTest(name), self.page(self.site / name, state, width=400) as view:
                self.assertLessEqual(view.overflow(), 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
