"""Opens pages in Chromium, and fails on whatever they say or fetch.

Tests derive from BrowserTest. The process ends with 77 (skipped), saying what is missing, where Chromium, chromedriver
or Selenium is.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

NEEDED = {"chromium": "chromium", "chromedriver": "chromium-driver"}  # program: Debian package
lacking = [package for program, package in NEEDED.items() if shutil.which(program) is None]
try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys  # for tests
    from selenium.webdriver.support.select import Select
    from selenium.webdriver.support.wait import WebDriverWait
except ImportError:
    lacking.append("python3-selenium")
if lacking:
    print(f"skipped: remedy: apt-get install {' '.join(lacking)}")
    sys.exit(77)

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",  # Chromium refuses to start one for root
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--allow-file-access-from-files",  # so that what a page may not fetch is its own policy's doing
]
WIDTH, HEIGHT = 1280, 900
SECONDS = 120


def start(profile):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in [*ARGUMENTS, f"--user-data-dir={profile}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    driver.set_page_load_timeout(SECONDS)
    driver.set_script_timeout(SECONDS)
    return driver


def fetched(driver):
    """The addresses that were requested since the last call."""
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            yield message["params"]["request"]["url"]


def said(driver):
    """What the console shows since the last call: messages, errors nobody caught, refusals of the page's policy."""
    return [f"{entry['level']}: {entry['message']}" for entry in driver.get_log("browser")]


class View:
    """A page as it is shown."""

    def __init__(self, driver):
        self.driver = driver

    def run(self, script, *arguments):
        """The value of a JavaScript function's body."""
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector="body"):
        return self.one(selector).text

    def press(self, *keys):
        """Sends keys to whatever has the focus."""
        webdriver.ActionChains(self.driver, duration=0).send_keys(*keys).perform()

    def hover(self, selector, x=0, y=0):
        """Points x and y pixels off the middle of an element."""
        webdriver.ActionChains(self.driver, duration=0).move_to_element_with_offset(self.one(selector), x, y).perform()

    def click_here(self):
        webdriver.ActionChains(self.driver, duration=0).click().perform()

    def click(self, selector):
        """As a hand would: in the middle of the screen, and refused where something else lies on top."""
        self.run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)
        self.one(selector).click()

    def choose(self, selector, value):
        Select(self.one(selector)).select_by_value(value)

    def emulate(self, media="screen", scheme="light"):
        """media: screen or print. scheme: light or dark."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})

    def resize(self, width, height=HEIGHT, touch=False):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": touch})
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": touch})

    def overflow(self):
        """By how many pixels the page is wider than the screen."""
        return self.run("const { scrollWidth, clientWidth } = document.documentElement; return scrollWidth - clientWidth")

    def screenshot(self, file):
        self.driver.save_screenshot(str(file))


class BrowserTest(unittest.TestCase):
    """Each test opens pages with self.page()."""

    @classmethod
    def setUpClass(cls):
        cls.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        cls.addClassCleanup(cls.profile.cleanup)
        cls.driver = start(cls.profile.name)
        cls.addClassCleanup(cls.driver.quit)

    def comes(self, condition, what=""):
        WebDriverWait(self.driver, 60, poll_frequency=0.05).until(lambda _: condition(), what)

    @contextlib.contextmanager
    def page(self, file, state="", width=WIDTH, height=HEIGHT, media="screen", scheme="light", touch=False,
             scripts=True):
        """A View of `file`, at the state in its address. Afterwards there must be no complaint."""
        address = pathlib.Path(file).resolve().as_uri()
        view = View(self.driver)
        self.driver.get("about:blank")
        view.emulate(media, scheme)
        view.resize(width, height, touch)
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        list(fetched(self.driver)), said(self.driver)
        self.driver.get(f"{address}#{state}" if state else address)
        self.settle(view)
        yield view
        self.assertEqual(self.complaints(address), [])

    def saved(self, view, selector, pattern):
        """The bytes of the file that a click on a button saves, under a name like the pattern."""
        with tempfile.TemporaryDirectory() as folder:
            view.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})
            view.click(selector)
            self.comes(lambda: any(file.stat().st_size > 0 for file in pathlib.Path(folder).glob(pattern)), pattern)
            return next(pathlib.Path(folder).glob(pattern)).read_bytes()

    def settle(self, view):
        """Waits until every section is drawn: the page draws those in sight first."""
        self.comes(lambda: not view.all("[aria-busy]"))

    def complaints(self, address):
        foreign = [url for url in fetched(self.driver)
                   if url.partition("#")[0] != address and not url.startswith(("data:", "blob:"))]
        return [f"request: {url}" for url in foreign] + said(self.driver)


def channels(colour):
    """Red, green and blue of a computed colour such as "rgb(23, 28, 36)"."""
    return [int(number) for number in re.findall(r"\d+", colour)[:3]]


def sample(name):
    """A page that plots_write_sample wrote."""
    return pathlib.Path(os.environ["IPCBENCH_SAMPLE"]) / name


def main():
    unittest.main(verbosity=2)
