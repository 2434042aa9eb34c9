#!/usr/bin/python3
"""Nothing on the page is cut or lies on something else: IPCBENCH_SAMPLE=FOLDER layout_test.py.

Every section of every sample page is measured as Chromium lays it out, in several widths and, as it opens, in print.
"""
import browser
from browser import sample

A4 = 703  # pixels between margins of 12 mm
# The states of each page: views with charts that its first view does not have, and with longer labels.
PAGES = {
    "sample.html": ["", "pattern=throughput", "pattern=throughput&size=0", "pattern=paced", "curves=ratio", "cpus=llc",
                    "wait=block&mechanism=pipe"],
    "crowd.html": ["", "curves=ratio", "mechanism=pipe"],
    "reports.html": ["", "report=hostile"],
    "thirty/reports.html": ["", "report=crowd"],
}
SETTINGS = {
    "wide": {"width": 1280},
    "narrow": {"width": 400, "height": 800, "touch": True},
    "paper": {"width": A4, "media": "print"},
}

# What is wrong: ["chart: text: is cut" or "chart: one text lies on another"].
#
# A text's box is higher than its letters, so boxes may touch by a few pixels. Tilted texts have boxes far larger than
# their letters: they are compared with texts of the same tilt, in coordinates in which these are upright.
PROBLEMS = """
const SLACK = 2.5;
const wrong = [];
const boundsOf = (points) => {
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
};
const placeOf = (text, toDrawing) => {
  const { x, y, width, height } = text.getBBox();
  const turn = toDrawing.multiply(text.getCTM());
  const [top, bottom] = [y + height * 0.18, y + height * 0.82];
  const corners = [[x, top], [x + width, top], [x, bottom], [x + width, bottom]]
    .map(([cx, cy]) => new DOMPoint(cx, cy).matrixTransform(turn));
  const upright = new DOMMatrix([turn.a, turn.b, turn.c, turn.d, 0, 0]).inverse();
  return {
    words: text.textContent,
    tilt: turn.b.toFixed(3),
    shown: boundsOf(corners),
    box: boundsOf(corners.map((point) => point.matrixTransform(upright))),
  };
};
const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > SLACK
  && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > SLACK;
for (const drawing of document.querySelectorAll(".drawing > svg")) {
  const name = drawing.parentElement.id.replace("-drawing", "");
  const { width, height } = drawing.viewBox.baseVal;
  const toDrawing = drawing.getCTM().inverse();
  const texts = [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim() !== "")
    .map((text) => placeOf(text, toDrawing));
  for (const { words, shown } of texts)
    if (shown.left < -1 || shown.top < -1 || shown.right > width + 1 || shown.bottom > height + 1)
      wrong.push(`${name}: "${words}" is cut`);
  texts.forEach((text, index) => {
    for (const other of texts.slice(index + 1))
      if (text.tilt === other.tilt && overlap(text.box, other.box))
        wrong.push(`${name}: "${text.words}" lies on "${other.words}"`);
  });
}
// Words of the page beside the charts: none wider than its place, unless that can be scrolled.
for (const element of document.querySelectorAll("h1, h2, h3, p, li, dt, dd, summary, select, #sentence *")) {
  const { left, right, width } = element.getBoundingClientRect();
  if (width > 0 && !element.closest(".scroll, .unseen") && (left < -1 || right > innerWidth + 1))
    wrong.push(`"${element.textContent.slice(0, 40)}" reaches out of the screen`);
}
return [...new Set(wrong)];
"""


class Layout(browser.BrowserTest):
    def show(self, view, state):
        """Goes to a state."""
        view.run("history.replaceState(null, '', `#${arguments[0]}`); dispatchEvent(new PopStateEvent('popstate'))", state)
        if view.run("return matchMedia('print').matches"):
            view.run("dispatchEvent(new Event('beforeprint'))")
        self.settle(view)

    # Catches texts that are cut at the edge of their drawing, and labels that lie on each other.
    def test_no_text_is_cut_or_covered(self):
        for name, states in PAGES.items():
            for setting, arguments in SETTINGS.items():
                with self.page(sample(name), **arguments) as view:
                    for state in states[:1] if setting == "paper" else states:
                        with self.subTest(name, state=state, setting=setting):
                            self.show(view, state)
                            self.assertEqual(view.run(PROBLEMS), [])


if __name__ == "__main__":
    browser.main()
