#!/usr/bin/python3
"""Tests of the page's sections in Chromium: IPCBENCH_SAMPLE=FOLDER page_test.py. What holds for every chart is in
browser_test.py."""
import browser
from browser import Keys, sample

# The contrast of every visible text with the ground behind it: [[text, contrast]], by the formula of WCAG 2.2.
CONTRASTS = """
const parts = (colour) => (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
const luminance = (colour) => {
  const [red, green, blue] = parts(colour).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const opaque = (colour) => colour.startsWith("rgb(") || parts(colour)[3] === 1;
const groundOf = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const ground = getComputedStyle(at).backgroundColor;
    if (opaque(ground)) return ground;
  }
  return "rgb(255, 255, 255)";
};
const isText = ({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim() !== "";
return [...document.querySelectorAll("body *")]
  .filter((element) => [...element.childNodes].some(isText) && element.getClientRects().length > 0)
  .filter((element) => !element.closest("#heat-drawing, #changeheat-drawing, script, noscript, option"))
  .map((element) => {
    const style = getComputedStyle(element);
    const ink = element instanceof SVGElement ? style.fill : style.color;
    const [low, high] = [luminance(ink), luminance(groundOf(element))].sort((a, b) => a - b);
    return [element.textContent.slice(0, 40), (high + 0.05) / (low + 0.05)];
  });
"""


class Sections(browser.BrowserTest):
    def open(self, name, *arguments, **settings):
        return self.page(sample(name), *arguments, **settings)

    # Section by section: later ones are drawn when the browser has time.
    def drawn(self, view, section):
        self.comes(lambda: view.all(f"#section-{section} *"))
        return view.one(f"#section-{section}")

    def test_doubts_stand_on_top_the_worst_first(self):
        with self.open("sample.html") as view:
            doubts = [each.text for each in view.all("#doubts li")]
            self.assertRegex(doubts[0], "^This run is incomplete: the time ran out")
            self.assertRegex(doubts[1], r"^Invalid: CPU 1 was throttled\. Raise the limit")
            self.assertEqual(len(doubts), 4)

    def test_failed_and_skipped_cells_are_told_with_their_reasons(self):
        with self.open("sample.html") as view:
            machine = self.drawn(view, "machine")
            self.assertIn("consumer killed by signal 9", machine.text)
            self.assertIn("Skipped cells (1)", machine.text)
            self.assertIn("ipcbench run", machine.text)

    # Catches an answer that does not follow the sentence.
    def test_the_sentence_rules_the_answer(self):
        with self.open("sample.html", state="cpus=llc") as view:
            both = view.text("#section-answer")
            self.assertIn("If the ends may sleep", both)
            self.assertIn("If CPUs may burn", both)
            view.choose("#state-burn", "0")
            self.assertNotIn("If CPUs may burn", view.text("#section-answer"))
            self.assertEqual(view.run("return document.activeElement.id"), "state-burn")
            view.one("#state-per_second").send_keys("1000000000", Keys.TAB)
            self.assertIn("Nothing measured fits", view.text("#section-answer"))

    def test_needs_open_by_keyboard_and_close_with_escape(self):
        with self.open("sample.html") as view:
            view.run("document.querySelector('#state-needs summary').focus()")
            view.press(Keys.ENTER)
            box = view.one("#state-need-order")
            self.assertTrue(box.is_displayed())
            view.run("arguments[0].focus()", box)
            view.press(Keys.SPACE)
            self.assertIn("need=order", view.run("return location.hash"))
            self.assertIn('1 does not meet "messages arrive in the order of sending" (udp)', view.text("#section-answer"))
            is_open = "return document.getElementById('state-needs').open"
            self.assertTrue(view.run(is_open))
            self.assertEqual(view.run("return document.activeElement.id"), "state-need-order")
            view.press(Keys.ESCAPE)
            self.assertFalse(view.run(is_open))

    # A student's question (what does a pipe guarantee?) and that of a transport's author (where is mine among the
    # others?): one choice and one click. Catches a choice that some section does not follow.
    def test_looking_at_a_mechanism_leads_to_its_row_and_to_its_guarantees(self):
        with self.open("sample.html") as view:
            view.choose("#state-mechanism", "my_own_queue")
            self.assertRegex(view.text(".answer"), r"my_own_queue: block .* the best, anon_mmap_ring \(\d+ of 15\)")
            bold = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)"
            for chart in ["ranking", "heat", "shapes"]:
                self.comes(lambda chart=chart: "my_own_queue" in view.run(
                    bold, f"#{chart}-drawing text[font-weight='700']"), chart)
            self.drawn(view, "machine")
            self.assertIn("my_own_queue among them set off", view.text("#chart-curves figcaption"))
            self.assertIn("my_own_queue", view.text("#chart-course h3"))
            view.run("[...document.querySelectorAll('.answer a')].at(-1).click()")
            self.comes(lambda: "What my_own_queue guarantees" in view.text("#guarantees-chosen h3"))
            self.comes(lambda: abs(view.run(
                "return document.getElementById('section-guarantees').getBoundingClientRect().top")) < 400)

    # Catches a square of the heat map that does not lead to its size, and a focus that is lost on the way.
    def test_enter_on_a_square_of_the_heat_map_chooses_its_size(self):
        with self.open("sample.html") as view:
            self.drawn(view, "heat")
            view.run("document.getElementById('heat-drawing').focus()")
            for key in [Keys.HOME, Keys.ARROW_RIGHT, Keys.ENTER]:
                view.press(key)
            self.assertIn("size=8", view.run("return location.hash"))
            self.assertEqual(view.run("return document.getElementById('state-size').value"), "8")
            self.assertEqual(view.run("return document.activeElement.id"), "heat-drawing")

    def test_titles_of_the_table_sort_it(self):
        with self.open("sample.html", state="wait=block") as view:
            self.drawn(view, "table")
            rows = lambda: view.run("return [...document.querySelectorAll('#section-table tbody th')].map((each) => each.textContent)")  # noqa: E731, E501
            before = len(rows())
            click = "document.getElementById(arguments[0]).click()"
            for first in ["anon_mmap_ring", "unix_stream"]:
                view.run(click, "sort-mechanism")
                self.comes(lambda first=first: rows()[0] == first)
            self.assertIn("sort=-mechanism", view.run("return location.hash"))
            view.run(click, "rows-all")
            self.comes(lambda: len(rows()) > 5 * before)

    def test_each_of_thirty_reports_can_be_chosen(self):
        with self.open("thirty/reports.html") as view:
            self.assertEqual(len(view.all("#state-report option")), 30)
            view.choose("#state-report", "1")
            self.assertEqual(view.one("#state-report").get_attribute("value"), "1")
            self.assertIn("report=crowd", view.run("return location.hash"))

    def test_a_chart_has_a_link_to_itself(self):
        with self.open("sample.html", state="size=4096") as view:
            self.drawn(view, "heat")
            link = view.run("return document.querySelector('#chart-heat .tools a').hash")
        with self.open("sample.html", state=link.removeprefix("#")) as view:
            self.assertEqual(view.run("return document.getElementById('state-size').value"), "4096")
            top = view.run("return document.getElementById('chart-heat').getBoundingClientRect().top")
            self.assertTrue(0 <= top < 400, top)

    # Catches a card that hides the point or leaves the screen where fingers point.
    def test_touching_a_point_docks_the_card_at_the_bottom(self):
        with self.open("sample.html", width=400, height=800, touch=True) as view:
            view.run("document.getElementById('ranking-drawing').scrollIntoView({block: 'center'})")
            x, y = view.run("""
                const { x, y, width, height } = document.querySelector("#ranking-drawing path").getBoundingClientRect();
                return [x + width / 2, y + height / 2];""")
            for kind, points in [("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])]:
                view.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
            self.comes(lambda: view.one("#card").is_displayed())
            box = view.run("const { left, right, bottom } = document.getElementById('card').getBoundingClientRect();"
                           "return [left, right - innerWidth, bottom - innerHeight]")
            self.assertEqual([round(each) for each in box], [0, 0, 0])

    # 4.5:1 is what WCAG asks of text. The heat maps, whose text lies on squares, have a test of their own.
    def test_texts_have_contrast_in_both_schemes(self):
        for scheme in ["light", "dark"]:
            with self.subTest(scheme), self.open("sample.html", scheme=scheme) as view:
                self.drawn(view, "machine")
                measured = view.run(CONTRASTS)
                self.assertGreater(len(measured), 100)
                self.assertEqual([each for each in measured if each[1] < 4.5], [])


if __name__ == "__main__":
    browser.main()
