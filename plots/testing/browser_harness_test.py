#!/usr/bin/python3
"""Tests of browser.py: what it complains about, and that the settings of a view arrive."""
import pathlib
import tempfile

import browser

GOOD = "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width'><link rel=icon href='data:,'><p>all is well</p>"
STRICT = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src 'unsafe-inline'\">"

# What a page does, and a part of the complaint.
BAD = {
    "prints": ("<script>console.log('hello')</script>", "hello"),
    "throws": ("<script>throw new Error('broken')</script>", "broken"),
    "rejects": ("<script>Promise.reject(new Error('late'))</script>", "late"),
    "loads a picture": ("<img src='http://127.0.0.1:9/x.png'>", "request: http://127.0.0.1:9/x.png"),
    "reads a file": ("<script src='other.js'></script>", "other.js"),
    "sends": ("<script>fetch('http://127.0.0.1:9/x').catch(() => {})</script>", "http://127.0.0.1:9/x"),
    "is kept from loading": (STRICT + "<img src='http://127.0.0.1:9/x.png'>", "Content Security Policy"),
}


class BrowserHarness(browser.BrowserTest):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, text):
        file = pathlib.Path(self.folder.name) / "page.html"
        file.write_text(text, encoding="utf-8")
        return file

    def test_a_page_that_says_and_fetches_nothing_passes(self):
        with self.page(self.write(GOOD)) as view:
            self.assertEqual(view.text(), "all is well")

    # Catches a harness that hears nothing: each of these pages breaks one rule.
    def test_any_message_error_or_request_is_a_complaint(self):
        for what, (body, complaint) in BAD.items():
            with self.subTest(what), self.assertRaisesRegex(AssertionError, complaint):
                with self.page(self.write(GOOD + body)) as view:
                    view.driver.execute_async_script("setTimeout(arguments[0], 200)")

    # Catches complaints about the page before.
    def test_a_page_is_not_blamed_for_the_one_before(self):
        with self.assertRaises(AssertionError), self.page(self.write(GOOD + BAD["throws"][0])):
            pass
        with self.page(self.write(GOOD)):
            pass

    def test_the_settings_of_a_view_arrive(self):
        file = self.write(GOOD + """<script>addEventListener("keydown", (event) => { document.title += event.key; });</script>""")
        is_set = "return matchMedia(arguments[0]).matches"
        with self.page(file, state="size=64", width=400, height=700, scheme="dark", media="print", touch=True) as view:
            self.assertEqual(view.run("return [innerWidth, innerHeight, location.hash]"), [400, 700, "#size=64"])
            for query in ["(prefers-color-scheme: dark)", "print", "(pointer: coarse)"]:
                self.assertTrue(view.run(is_set, query), query)
            view.press("a", "b")
            self.assertEqual(view.driver.title, "ab")
        with self.page(file) as view:
            self.assertEqual(view.run("return [innerWidth, location.hash]"), [browser.WIDTH, ""])
            for query in ["(prefers-color-scheme: light)", "screen", "not (pointer: coarse)"]:
                self.assertTrue(view.run(is_set, query), query)

    def test_overflow_is_measured(self):
        wide = GOOD + "<div style='width: 900px; height: 1px'></div>"
        with self.page(self.write(wide), width=400) as view:
            self.assertGreater(view.overflow(), 400)
        with self.page(self.write(wide)) as view:
            self.assertLessEqual(view.overflow(), 0)


if __name__ == "__main__":
    browser.main()
