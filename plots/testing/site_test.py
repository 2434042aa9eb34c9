#!/usr/bin/python3
"""Tests of a site in Chromium: site_test.py WRITE_FLEET IPCBENCH BASELINE. The fleet's reports are made from the baseline;
one machine's texts try to break out of their place."""
import csv
import io
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

import browser

WRITE_FLEET, IPCBENCH, BASELINE = sys.argv[1:4]
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
# Of each launch by its number: the CPUs of its ends, and a cache line there and back before and after it, in ns.
LINES = [(0, 1, 40, 90), (2, 0, 300, 300), (1, 0, 60, 60)]


def place(report):
    """Puts the launches of a report with pinned ends onto CPUs that are LINES apart. Returns how many cells these are."""
    pinned = [row for row in report["benchmarks"] if row["ipc"]["cpus"] == "llc"]
    for row in pinned:
        producer, consumer, before, after = LINES[row["repetition_index"]]
        row["ipc"] |= {"producer_cpu": producer, "consumer_cpu": consumer}
        row |= {"line_rtt_before_ns": before, "line_rtt_after_ns": after}
    return len(pinned) // len(LINES)


def write_fleet(folder):
    """Three machines with six sessions each; one more with a hostile report, and one under another kernel. Returns how many cells of
    these two have launches on CPUs."""
    subprocess.run([WRITE_FLEET, BASELINE, folder / "fleet", "18", "3", "0", "1", ".json"], check=True, stdout=subprocess.DEVNULL)
    report = json.loads(next((folder / "fleet").rglob("*.json")).read_text())
    placed = place(report)
    for name, series in [(HOSTILE, None), ("newer", "6.18.0")]:
        report["context"]["host_name"] = name
        facts = report["ipcbench"]["host"]
        facts["machine_id"] = f"__proto__ {name}"
        facts["cpu_model"] = HOSTILE
        if series:
            facts["kernel_release"] = series
        (folder / "fleet" / f"{series or 'hostile'}.json").write_text(json.dumps(report))
    return placed


def lines_of(saved):
    """A saved CSV: the head, and the rows."""
    head, *rows = csv.reader(io.StringIO(saved.decode(), newline=""), strict=True)
    return head, rows


def shows(text, ns):
    """Whether a page's text, which has three digits, is that number of nanoseconds. Both are empty for none."""
    if text == "" or ns == "":
        return text == ns
    figure, unit = text.split()
    return math.isclose(float(figure) * {"ns": 1, "µs": 1e3, "ms": 1e6}[unit], float(ns), rel_tol=0.006)


class Site(browser.BrowserTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        folder = pathlib.Path(scratch.name)
        cls.placed = write_fleet(folder)
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

    # Catches a file of other machines than the list shows, and a name that ends a field.
    def test_the_list_is_saved_as_it_is_filtered(self):
        titles = ["machine", "architecture", "processor", "product", "kernel", "newest", "profile", "program", "sessions"]
        cells = "return [...document.querySelectorAll('tbody tr')].map((row) => [...row.cells].slice(1, 10).map((each) => each.textContent))"
        with self.page(self.site / "index.html") as view:
            for text, names in [("", None), ("node-", ["node-0000", "node-0001", "node-0002"])]:
                view.one("#filter").send_keys(text)
                head, rows = lines_of(self.saved(view, "#machines-csv", "machines.csv"))
                self.assertEqual(head, [*titles, "digest", "report"])
                self.assertEqual([row[:9] for row in rows], view.run(cells))
                self.assertEqual(sorted(row[0] for row in rows), names or sorted(each["name"] for each in self.machines))
                self.assertEqual([(row[9], row[10]) for row in rows],
                                 [(each["digest"], each["report"]) for row in rows for each in self.named(row[0])])

    # Catches figures of the machines in the wrong column, and intervals around another figure.
    def test_machines_side_by_side_are_saved_as_shown(self):
        with self.page(self.site / "compare.html", self.address(HOSTILE, "node-0000")) as view:
            head, rows = lines_of(self.saved(view, "#side-csv", "machines.csv"))
            labels = [f"A {HOSTILE}", "B node-0000"]
            self.assertEqual(head, ["mechanism", "settings", *[label + end for label in labels for end in ("", " from", " to")]])
            shown = view.run("return [...document.querySelectorAll('#section-side tbody tr')].map((row) => row.innerText.split('\\t'))")
            self.assertEqual([row[0] for row in rows], [row[0] for row in shown])
            for (_, _, *texts), (name, _, second) in zip(rows, shown):
                first, low, high, other, other_low, other_high = map(float, texts)
                self.assertTrue(low <= first <= high and other_low <= other <= other_high, texts)
                self.assertIn(f" {other / first:.2f}×", second, name)

    # Catches sessions that are missing or in another order, and a column of another row.
    def test_a_history_is_saved_as_shown(self):
        machine = self.named("node-0002")[0]
        with self.page(self.site / "trends.html", f"machine={machine['machine']}") as view:
            head, rows = lines_of(self.saved(view, "#sessions-csv", "node-0002-trend.csv"))
            shown = view.run("return [...document.querySelectorAll('#section-sessions tr')].map((row) => row.innerText.split('\\t'))")
            self.assertEqual(head, [*shown[0], "report"])
            self.assertEqual([row[0] for row in rows], [row[0] for row in shown[1:]])
            for row, (_, *figures) in zip(rows, shown[1:]):
                self.assertTrue((self.site / row[-1]).exists(), row[-1])
                self.assertEqual([text for text, ns in zip(figures, row[1:-1], strict=True) if not shows(text, ns)], [])

    # Catches a chart of a site whose file is empty, or has rows of another length than its head.
    def test_every_chart_of_a_site_is_saved_with_its_numbers(self):
        pages = [("compare.html", self.address(HOSTILE, "node-0000")), (self.named(HOSTILE)[0]["page"], ""),
                 ("trends.html", f"machine={self.named('node-0002')[0]['machine']}")]
        for name, state in pages:
            with self.page(self.site / name, state) as view:
                buttons = view.run("return [...document.querySelectorAll('button[id$=-CSV]')].map((each) => each.id)")
                self.assertTrue(buttons)
                for button in buttons:
                    with self.subTest(f"{name} {button}"):
                        head, *rows = lines_of(self.saved(view, f"#{button}", f"*-{button.removesuffix('-CSV')}*.csv"))
                        self.assertTrue(rows[0])
                        self.assertEqual({len(row) for row in rows[0]}, {len(head)})

    # 60 ns is the geometric mean of 40 and 90. Nothing was measured between CPUs 1 and 2. Catches a pair that is split by its order,
    # a square in another place, and one that nothing was measured for.
    def test_the_distances_of_cpus_have_a_square_for_each_pair(self):
        with self.page(self.site / self.named(HOSTILE)[0]["page"]) as view:
            self.assertIn(HOSTILE, view.text("#heading"))
            head, rows = lines_of(self.saved(view, "#distances-CSV", "*-distances*.csv"))
            self.assertEqual(head, ["CPU", "CPU", "there and back, ns", "launches"])
            self.assertEqual(rows, [["0", "1", "60", str(2 * self.placed)], ["0", "2", "300", str(self.placed)]])
            squares = view.run("return [...document.querySelectorAll('#distances-drawing rect[rx]')]"
                               ".map((each) => [each.y.baseVal.value, each.x.baseVal.value, each.nextSibling.textContent])")
            down, across = (sorted({square[side] for square in squares}) for side in (0, 1))
            self.assertEqual({(down.index(y), across.index(x)): text for y, x, text in squares},
                             {(0, 1): "60.0 ns", (1, 0): "60.0 ns", (0, 2): "300 ns", (2, 0): "300 ns"})
            self.assertEqual(len(squares), 4)

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
