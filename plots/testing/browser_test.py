#!/usr/bin/python3
"""Tests of the pages that plots_write_sample wrote, in Chromium: IPCBENCH_SAMPLE=FOLDER browser_test.py.

They hold for every chart of the page, whatever it shows.
"""
import base64

import browser
from browser import Keys, sample

PAGES = ["sample.html", "crowd.html", "reports.html", "thirty/reports.html"]
DRAWINGS = ".drawing > svg"
A4 = 703  # pixels between margins of 12 mm


def charts(view):
    """The names of the charts that are drawn."""
    return [drawing.get_attribute("id").removesuffix("-drawing") for drawing in view.all(".drawing")]


def markup(view):
    return view.run(f"return [...document.querySelectorAll('{DRAWINGS}')].map((svg) => svg.outerHTML)")


class Page(browser.BrowserTest):
    def open(self, name, *arguments, **settings):
        return self.page(sample(name), *arguments, **settings)

    # Catches a chart that throws with one, two or thirty reports, and a page of texts without pictures.
    def test_pages_open_without_complaint_and_draw_charts(self):
        for name in PAGES:
            with self.subTest(name), self.open(name) as view:
                self.assertGreater(len(charts(view)), 0)
                for drawn in markup(view):
                    self.assertRegex(drawn, "<(path|line|rect|circle)")

    # The host, the mechanism and the reasons of that report hold script elements and handlers.
    def test_markup_in_a_report_does_nothing(self):
        for name in ["reports.html", "thirty/reports.html"]:
            with self.subTest(name), self.open(name, state="report=hostile") as view:
                self.assertIn("</script><script>window.broken", view.text("h1"))
                self.assertIsNone(view.run("return window.broken ?? null"))
                self.assertEqual(view.all("img"), [])
                self.assertEqual(len(view.all("script")), 2)

    def test_an_address_with_markup_does_nothing(self):
        state = "size=%3Cimg%20src%3Dx%20onerror%3Dbroken%3D1%3E&__proto__=1&constructor=1&report=%3Cb%3E&cpus=%00"
        with self.open("reports.html", state=state) as view:
            self.assertIsNone(view.run("return window.broken ?? null"))
            self.assertEqual(view.all("img"), [])
            self.assertGreater(len(charts(view)), 0)

    def test_fits_a_narrow_screen_in_the_dark(self):
        for name in PAGES:
            settings = {"width": 400, "height": 800, "scheme": "dark", "touch": True}
            with self.subTest(name), self.open(name, **settings) as view:
                self.assertLessEqual(view.overflow(), 0)
                ground = view.run("return getComputedStyle(document.body).backgroundColor")
                self.assertLess(sum(browser.channels(ground)), 200, ground)
                for drawing in view.all(DRAWINGS):
                    self.assertLessEqual(drawing.size["width"], 400)

    # Catches a view without an address, an address that is not obeyed, and a step back that leads off the page.
    def test_the_address_is_the_state(self):
        with self.open("sample.html", state="size=4096") as view:
            self.assertEqual(view.run("return document.getElementById('state-size').value"), "4096")
            before = markup(view)
            view.choose("#state-cpus", "llc")
            self.settle(view)
            after = markup(view)
            self.assertNotEqual(before, after)
            address = view.run("return location.hash")
            self.assertIn("cpus=llc", address)
            view.driver.back()
            self.comes(lambda: view.run("return document.getElementById('state-cpus').value") == "same")
            self.settle(view)
            self.assertEqual(markup(view), before)
        with self.open("sample.html", state=address.removeprefix("#")) as view:
            self.assertEqual(markup(view), after)

    # One tab stop for each chart. Catches a chart whose points the keyboard cannot reach.
    def test_the_keyboard_walks_through_a_chart_and_reads_its_points(self):
        with self.open("sample.html") as view:
            for name in charts(view):
                with self.subTest(name):
                    view.run("document.getElementById(arguments[0]).focus()", f"{name}-drawing")
                    heard = set()
                    for key in [Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ARROW_DOWN]:
                        view.press(key)
                        heard.add(view.run("return document.querySelector(arguments[0]).textContent",
                                           f"#chart-{name} [aria-live]"))
                    self.assertGreater(len(heard), 1)
                    self.assertNotIn("", heard)
                    self.assertTrue(view.one("#card").is_displayed())
                    view.press(Keys.ESCAPE)
                    self.assertFalse(view.one("#card").is_displayed())
                    self.assertEqual(len(view.all(f"#chart-{name} svg [tabindex]")), 0)

    def test_tab_reaches_the_controls_and_the_first_chart(self):
        with self.open("sample.html") as view:
            reached = []
            while len(reached) < 100 and not reached[-1:] == [f"{charts(view)[0]}-drawing"]:
                view.press(Keys.TAB)
                reached.append(view.run("return document.activeElement.id"))
            self.assertIn("state-size", reached)
            self.assertLess(len(reached), 100)

    # Across the middle of a chart there is a point sooner or later.
    def test_pointing_at_a_chart_shows_its_points_and_a_click_keeps_them(self):
        with self.open("sample.html") as view:
            card = view.one("#card")
            drawing = f"#{charts(view)[0]}-drawing > svg"
            view.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", drawing)
            half = int(view.one(drawing).size["width"]) // 2
            for x in range(5 - half, half, 8):
                view.hover(drawing, x)
                if card.is_displayed():
                    break
            self.assertTrue(card.is_displayed())
            self.assertRegex(card.text, r"\d")
            view.click_here()
            view.hover("h1")
            self.assertTrue(card.is_displayed())
            view.press(Keys.ESCAPE)
            self.assertFalse(card.is_displayed())

    # Print is light whatever the screen is, and holds no control.
    def test_prints_light_and_without_controls(self):
        for name in PAGES:
            with self.subTest(name), self.open(name, scheme="dark", media="print", width=A4) as view:
                view.run("dispatchEvent(new Event('beforeprint'))")
                ground = view.run("return getComputedStyle(document.body).backgroundColor")
                self.assertIn(ground, ["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"])
                self.assertEqual([each.get_attribute("id") for each in view.all("select, button, input") if each.is_displayed()], [])
                self.assertTrue(view.one("#print-heading").is_displayed())
                self.assertLessEqual(view.overflow(), 0)
                pdf = base64.b64decode(view.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
                self.assertEqual(pdf[:5], b"%PDF-")

    def test_every_chart_can_be_saved(self):
        first = {"CSV": b"", "SVG": b"<svg ", "PNG": b"\x89PNG"}
        with self.open("sample.html") as view:
            for name in charts(view):
                for form, start in first.items():
                    saved = self.saved(view, f"#{name}-{form}", f"sample-{name}.{form.lower()}")
                    self.assertTrue(saved.startswith(start), f"{name} {form}")

    def test_without_javascript_the_page_says_so(self):
        with self.open("sample.html", scripts=False) as view:
            self.assertIn("JavaScript", view.text())


if __name__ == "__main__":
    browser.main()
