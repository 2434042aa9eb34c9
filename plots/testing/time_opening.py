#!/usr/bin/python3
"""How long the pages of a site take to open in Chromium: time_opening.py SITE. Medians of seven loads, from the request until all
sections are drawn."""
import json
import pathlib
import statistics
import sys
import tempfile

import browser

SITE = pathlib.Path(sys.argv[1]).resolve()
DRAWN = """const done = arguments[0];
const isDrawn = () => document.querySelector("#sections") && !document.querySelector("[aria-busy]");
const look = () => (isDrawn() ? done(performance.now()) : requestAnimationFrame(look));
look();"""


def main():
    script = (SITE / "assets" / "machines.js").read_text()
    machines = json.loads(json.loads(script.partition("]=")[2].rstrip(";\n")))["machines"]
    alike = [each for each in machines if each["page"] and each["series"] == machines[0]["series"]]
    pages = {"the list": ("index.html", ""), "a machine's page": (alike[0]["page"], "")}
    for count in [2, 4]:
        pages[f"{count} machines side by side"] = ("compare.html", "machines=" + ",".join(each["digest"][:16] for each in alike[:count]))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = browser.start(profile)
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        for name, (file, state) in pages.items():
            times = []
            for _ in range(7):
                driver.get("about:blank")
                driver.get(f"{(SITE / file).as_uri()}#{state}")
                times.append(driver.execute_async_script(DRAWN))
            print(f"{name}: {statistics.median(times):.0f} ms ({min(times):.0f} to {max(times):.0f})")
        driver.quit()


main()
