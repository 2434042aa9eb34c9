#!/usr/bin/python3
"""Python's readers of XML and JSON take what a comparison is written as, and find the same in both.

Usage: read_comparison_test.py STEM, of which STEM.xml and STEM.json are the two.
Exit codes: 0 as expected, 1 not.
"""
import json
import sys
import xml.etree.ElementTree

FAILING = {"regressed": "failure", "invalid": "error"}
SKIPPED = ("invalid", "incomparable")


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=refuse_constant)


def expected_cases(comparison):
    """(suite, case) -> how it ends, worked out from the findings; the first of a cell is its worst."""
    cases = {}
    for finding in comparison["findings"]:
        name = {"whole": "all cells together", "family": "the family as a whole"}.get(finding["level"], finding["name"])
        suite = {"whole": "all cells", "family": finding["name"]}.get(finding["level"], finding["family"])
        passed = "skipped" if finding["verdict"] in SKIPPED else "passed"
        cases.setdefault((suite, name), FAILING.get(finding["verdict"], passed) if finding["gated"] else passed)
    for absence in comparison["absences"]:
        missing = "skipped" if absence["allowed"] else "failure"
        cases[("not compared", absence["cell"])] = {"invalid": "error", "missing": missing}.get(absence["verdict"], "skipped")
    return cases


def read_cases(path):
    """The same from the test results, and what is wrong with their counts."""
    cases = {}
    problems = []
    root = xml.etree.ElementTree.parse(path).getroot()
    for suite in root.iter("testsuite"):
        outcomes = []
        for case in suite.iter("testcase"):
            found = [tag for tag in ("failure", "error", "skipped") if case.find(tag) is not None]
            outcomes.append(found[0] if found else "passed")
            cases[(suite.get("name"), case.get("name"))] = outcomes[-1]
        counts = [len(outcomes)] + [outcomes.count(tag) for tag in ("failure", "error", "skipped")]
        said = [int(suite.get(key)) for key in ("tests", "failures", "errors", "skipped")]
        if counts != said:
            problems.append(f"{suite.get('name')}: counted {counts}, its attributes say {said}")
    if int(root.get("tests")) != len(cases):
        problems.append(f"{len(cases)} test cases, the root says {root.get('tests')}")
    return cases, problems


def main(arguments):
    if len(arguments) != 1:
        print(__doc__)
        return 1
    expected = expected_cases(read_json(arguments[0] + ".json"))
    cases, problems = read_cases(arguments[0] + ".xml")
    for case in sorted(expected.keys() | cases.keys()):
        if expected.get(case) != cases.get(case):
            problems.append(f"{case}: expected {expected.get(case)}, read {cases.get(case)}")
    print("\n".join(problems) or f"{len(cases)} test cases as expected")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
