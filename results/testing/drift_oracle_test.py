#!/usr/bin/python3
"""The tests for drift inside a launch give the p values of scipy.

Usage: drift_oracle_test.py PRINT_DRIFT
Exit codes: 0 as expected, 1 not, 77 scipy is missing (ctest: skipped).
"""
import json
import subprocess
import sys

try:
    from scipy import stats
except ImportError:
    print("skipped: python3-scipy is missing; remedy: apt-get install python3-scipy")
    sys.exit(77)

TOLERANCE = 1e-9
MOST_FOR_EXACT = 50


def expected(values):
    """The same figures by scipy: exact without ties and for few values, as rank_tests.hpp says."""
    third = len(values) // 3
    first, last = values[:third], values[-third:]
    untied = len(set(first + last)) == 2 * third and third <= MOST_FOR_EXACT
    rank_sum = stats.mannwhitneyu(first, last, method="exact" if untied else "asymptotic")
    exact = len(set(values)) == len(values) <= MOST_FOR_EXACT
    trend = stats.kendalltau(range(len(values)), values, method="exact" if exact else "asymptotic")
    return {"rank_sum": rank_sum.pvalue, "trend": trend.pvalue, "slope": stats.theilslopes(values)[0]}


def problems_of(line):
    got = json.loads(line)
    values = got["values"]
    return [f"{key} of {values}: expected {want}, got {got[key]}"
            for key, want in expected(values).items() if not abs(got[key] - want) <= TOLERANCE]


def main(arguments):
    if len(arguments) != 1:
        print(__doc__)
        return 1
    lines = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.splitlines()
    problems = [problem for line in lines for problem in problems_of(line)]
    print("\n".join(problems) or f"{len(lines)} samples as expected")
    return 1 if problems or not lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
