#!/usr/bin/python3
"""Checks the statistics against scipy and against slow, obvious computations, to 1e-9.

Usage: statistics_oracle_test.py PROGRAM     (print_statistics)
Exit codes: 0 all agree, 1 not, 77 scipy is missing (ctest: skipped).
"""
import itertools
import json
import subprocess
import sys

try:
    import numpy
    from scipy import optimize, special, stats
except ImportError:
    print("skipped: python3-scipy is missing; remedy: apt-get install python3-scipy")
    sys.exit(77)

TOLERANCE = 1e-9
random = numpy.random.default_rng(20260131)


def means_of_two(values):
    n = len(values)
    return sorted((values[i] + values[j]) / 2 for i in range(n) for j in range(i, n))


def signed_ranks(values):
    values = numpy.asarray([v for v in values if v != 0])
    return numpy.sign(values) * stats.rankdata(numpy.abs(values))


def enumerated_p(values):
    """P(W >= observed) by trying every combination of signs."""
    ranks = numpy.abs(signed_ranks(values))
    observed = signed_ranks(values).clip(min=0).sum()
    sums = [numpy.dot(ranks, signs) for signs in itertools.product((0, 1), repeat=len(ranks))]
    return numpy.mean([s >= observed - 1e-9 for s in sums])


def w_tail_table(n):
    """P(W <= w) by w, from the number of subsets of 1..n with that sum."""
    counts = numpy.zeros(n * (n + 1) // 2 + 1)
    counts[0] = 1
    for rank in range(1, n + 1):
        counts[rank:] = counts[rank:] + counts[:-rank].copy()
    return numpy.cumsum(counts) / 2.0 ** n


def shift(values, confidence):
    means = means_of_two(values)
    below = w_tail_table(len(values))
    reached = [(k, 1 - 2 * below[k]) for k in range(len(means) // 2) if 1 - 2 * below[k] >= confidence]
    k, conf = reached[-1] if reached else (0, 1 - 2 * below[0])
    return [numpy.median(means), means[k], means[len(means) - 1 - k], conf]


def median_interval(values, confidence):
    n = len(values)
    ordered = sorted(values)
    best = 1
    for k in range(1, n // 2 + 1):
        if 1 - 2 * stats.binom.cdf(k - 1, n, 0.5) >= confidence:
            best = k
    return [numpy.median(values), ordered[best - 1], ordered[n - best], 1 - 2 * stats.binom.cdf(best - 1, n, 0.5)]


def u_tail_table(n, m):
    """P(U <= u) by u, from the number of ways to choose n of n + m ranks with that sum."""
    counts = [numpy.zeros(n * m + 1) for _ in range(n + 1)]
    counts[0][0] = 1
    for rank in range(1, n + m + 1):  # a chosen value adds its rank less its place among the chosen ones
        for chosen in range(min(n, rank), 0, -1):
            steps = rank - chosen
            if steps <= m:
                counts[chosen][steps:] += counts[chosen - 1][:len(counts[chosen]) - steps].copy()
    return numpy.cumsum(counts[n]) / special.comb(n + m, n)


def shift_between(before, after, confidence):
    differences = sorted(y - x for x in before for y in after)
    below = u_tail_table(len(before), len(after))
    reached = [(k, 1 - 2 * below[k]) for k in range(len(differences) // 2) if 1 - 2 * below[k] >= confidence]
    k, conf = reached[-1] if reached else (0, 1 - 2 * below[0])
    return [numpy.median(differences), differences[k], differences[-1 - k], conf]


def change_of_level(values, least=3, recent=8, of_any=0.25):
    """The place and the p of a step that no permutation reaches: Student's t of both parts times the possible splits."""
    values, n = numpy.asarray(values), len(values)
    deviations = numpy.sort(numpy.abs(values - numpy.median(values)))
    far = max(3.5 * 1.4826 * numpy.median(deviations), deviations[-1 - max(3, n // 10)])
    values = numpy.clip(values, numpy.median(values) - far, numpy.median(values) + far)
    place = max(range(least, n - least + 1),
                key=lambda k: k * (n - k) * (values[:k].mean() - values[k:].mean()) ** 2)
    t = stats.ttest_ind(values[:place], values[place:]).pvalue
    splits = {"any": n + 1 - 2 * least, "recent": min(recent, n - least) + 1 - least}
    return [place, min(t * splits["any"] / of_any, t * splits["recent"] / (1 - of_any))]


def holm(p):
    order = numpy.argsort(p, kind="stable")
    adjusted = numpy.empty(len(p))
    adjusted[order] = numpy.minimum(1, numpy.maximum.accumulate([(len(p) - i) * p[k] for i, k in enumerate(order)]))
    return adjusted.tolist()


def discoveries(p, rate):
    ordered = numpy.sort(p)
    below = [x for i, x in enumerate(ordered) if x <= rate * (i + 1) / len(p)]
    limit = max(below) if below else -1
    return [bool(x <= limit) for x in p]


def margin(estimate, error, freedom, limit):
    """The least alpha at which the interval of 1 - alpha is inside the margins, and outside; found by bisection."""
    def least(holds):
        return optimize.brentq(lambda alpha: holds(stats.t.ppf(1 - alpha / 2, freedom) * error), 1e-15, 1, xtol=1e-14)
    gap = limit - abs(estimate)
    return [least(lambda reach: reach - gap) if gap > 0 else 1, least(lambda reach: reach + gap) if gap < 0 else 1]


def step_down(hypotheses):
    """Westfall and Young's step-down maximum, over every combination of signs, one step at a time."""
    ranks = numpy.asarray([signed_ranks_with_zeros(h) for h in hypotheses])
    scores = ranks / numpy.sqrt((ranks ** 2).sum(axis=1))[:, None]
    signs = numpy.asarray(list(itertools.product((1, -1), repeat=ranks.shape[1])))
    flipped = scores @ signs.T
    observed = scores.sum(axis=1)
    remaining = list(range(len(hypotheses)))
    p, before = numpy.ones(len(hypotheses)), 0.0
    while remaining:
        worst = max(remaining, key=lambda h: observed[h])
        before = max(before, numpy.mean(flipped[remaining].max(axis=0) >= observed[worst] - 1e-4))
        p[worst] = before
        remaining.remove(worst)
    return p.tolist()


def signed_ranks_with_zeros(values):
    values = numpy.asarray(values)
    ranks = numpy.zeros(len(values))
    ranks[values != 0] = signed_ranks(values)
    return ranks


def pettitt_k(values):
    """Pettitt's K from its definition: pairs across each place, ascending less descending."""
    values = numpy.asarray(values)
    signs = numpy.sign(values[None, :] - values[:, None])
    return max(abs(signs[:place, place:].sum()) for place in range(1, len(values)))


def drift(values):
    """The p value and the ratio of the thirds. The p value has to be a bound: random orders exceed K less often."""
    n, third, k = len(values), len(values) // 3, pettitt_k(values)
    p = min(1, 2 * numpy.exp(-6 * k ** 2 / (n ** 3 + n ** 2)))
    orders = random.permuted(numpy.tile(2 * stats.rankdata(values) - (n + 1), (4000, 1)), axis=1)
    share = numpy.mean(numpy.abs(orders.cumsum(axis=1)).max(axis=1) >= k - 1e-6)
    assert share <= p + 5 * numpy.sqrt(p / 4000), f"Pettitt's bound {p} is below the true p value {share}"
    return [p, numpy.median(values[-third:]) / numpy.median(values[:third])]


def smyth_prior(rows):
    """d0 and s0^2 of Smyth (2004), section 6.2, by solving trigamma(d0 / 2) = excess with a root finder."""
    variances = numpy.var(rows, axis=1, ddof=1)
    variances = numpy.maximum(variances, 1e-5 * numpy.median(variances))
    half = (len(rows[0]) - 1) / 2
    e = numpy.log(variances) - special.digamma(half) + numpy.log(half)
    excess = numpy.mean((e - e.mean()) ** 2 * len(e) / (len(e) - 1) - special.polygamma(1, half))
    if excess <= 0:
        return numpy.exp(e.mean()), numpy.inf
    half0 = optimize.brentq(lambda x: special.polygamma(1, x) - excess, 1e-8, 1e8, xtol=1e-14, rtol=1e-14)
    return numpy.exp(e.mean() + special.digamma(half0) - numpy.log(half0)), 2 * half0


def moderated_variances(rows, usual=False):
    """The posterior, never below a row's own variance (or, if `usual`, the prior's), with half (a quarter) of the
    degrees of freedom that the others add, of which correlated rows have fewer."""
    d = len(rows[0]) - 1
    own = numpy.var(rows, axis=1, ddof=1)
    most = pooled_freedom(rows)
    if len(rows) < 6:
        return own, numpy.full(len(rows), float(d))
    s0, d0 = smyth_prior(rows)
    posterior = numpy.full(len(rows), s0) if numpy.isinf(d0) else (d0 * s0 + d * own) / (d0 + d)
    freedom = d + max(0, min(d0 + d, most) - d) / (4 if usual else 2)
    return numpy.maximum(numpy.maximum(posterior, own), s0 if usual else 0), numpy.full(len(rows), freedom)


def pooled_freedom(rows):
    return (len(rows[0]) - 1) * len(rows) ** 2 / (numpy.atleast_2d(numpy.corrcoef(rows)) ** 2).sum()


def prediction(rows, candidate):
    """For each cell the estimate, the interval of 95 % and Holm's p of being slower."""
    rows, candidate = numpy.asarray(rows), numpy.asarray(candidate)
    variance, freedom = moderated_variances(rows)
    estimate = candidate - rows.mean(axis=1)
    error = numpy.sqrt(variance * (1 + 1 / rows.shape[1]))
    low, high = stats.t.interval(0.95, freedom, estimate, error)
    p = holm(stats.t.sf(estimate / error, freedom))
    return numpy.column_stack([estimate, low, high, p]).ravel()


def least_p(blocks, tests):
    """The least p value of sign flips: each of the tests reaches its greatest sum with a sign vector of its own."""
    return tests / 2 ** blocks


def sessions(cells, count, spread, common):
    """Logarithms of times: a level of its own for each cell, sessions that share a part, variances that differ."""
    scale = 0.02 * numpy.exp(spread * random.normal(0, 1, (cells, 1)))
    shared = common * random.normal(0, 1, count + 1)
    return random.uniform(5, 9, (cells, 1)) + scale * (random.normal(0, 1, (cells, count + 1)) + shared)


def cases():
    """Pairs of what to ask the program and what it has to answer."""
    for n in (1, 2, 3, 5, 6, 7, 10, 11, 25, 30, 50):
        values = random.normal(0.2, 1, n).tolist()
        for confidence in (0.5, 0.9, 0.95, 0.99):
            yield ({"function": "median_interval", "values": values, "confidence": confidence},
                   median_interval(values, confidence))
            yield {"function": "shift", "values": values, "confidence": confidence}, shift(values, confidence)
        yield {"function": "hodges_lehmann", "values": values}, numpy.median(means_of_two(values))
        yield ({"function": "signed_rank_p", "values": values},
               stats.wilcoxon(values, alternative="greater", method="exact").pvalue)
    for n, m in ((1, 1), (2, 3), (5, 5), (3, 40), (12, 9), (25, 30)):
        before, after = random.normal(0, 1, n).tolist(), random.normal(0.5, 1, m).tolist()
        for confidence in (0.5, 0.9, 0.95, 0.99):
            yield ({"function": "shift_between", "values": before, "after": after, "confidence": confidence},
                   shift_between(before, after, confidence))
        exact = "exact" if len(before) * len(after) <= 400 else "asymptotic"
        yield ({"function": "rank_sum_p", "values": before, "after": after},
               stats.mannwhitneyu(before, after, method=exact).pvalue)
    for n, after in ((45, 6), (60, 8), (100, 5)):  # neighbours alternate, so that the series does not wander
        values = 0.5 * (-1.0) ** numpy.arange(n) + random.normal(0, 0.3, n) + 8.0 * (numpy.arange(n) >= n - after)
        yield {"function": "likeliest_change", "values": values.tolist()}, change_of_level(values)
    for n in (60, 200):
        values = random.normal(0.1, 1, n).tolist()
        yield ({"function": "signed_rank_p", "values": values},
               stats.wilcoxon(values, alternative="greater", method="approx", correction=False).pvalue)
    for n in (4, 7, 10, 12):
        tied = random.integers(-3, 4, n).astype(float).tolist()
        yield {"function": "signed_rank_p", "values": tied}, enumerated_p(tied) if any(tied) else 1
    for case in ([0.01, 0.03, 4, 0.1], [-0.05, 0.02, 30, 0.1], [0.3, 0.1, 2.5, 0.1], [-0.12, 0.03, 1e6, 0.1]):
        yield {"function": "margin", "values": case}, margin(*case)
    for n in (1, 2, 7, 40):
        p = random.uniform(0, 1, n) ** 3
        p = p.tolist() + ([p[0]] if n > 2 else [])
        yield {"function": "holm", "values": p}, holm(p)
        for rate in (0.05, 0.2):
            yield {"function": "discoveries", "values": p, "rate": rate}, discoveries(p, rate)
    for blocks, hypotheses in ((6, 3), (8, 10), (10, 5)):
        shared = random.normal(0, 1, blocks)
        values = (random.normal(0.4, 1, (hypotheses, blocks)) + shared).tolist()
        values[0] = [v + 1 for v in values[0]]
        values[1] = [round(v) for v in values[1]]
        yield {"function": "step_down", "values": values}, step_down(values)
    for n in (16, 20, 31, 32, 100):
        for slope, most in ((0, 1000), (20, 1000), (100, 1000), (0, 5), (0.2, 5)):  # few distinct values: many ties
            values = (random.integers(1, 1 + most, n) + slope * numpy.arange(n)).astype(int).tolist()
            yield {"function": "drift", "values": values}, drift(values)
    for cells, count, spread, common in ((5, 4, 0, 0), (6, 3, 1, 0), (12, 5, 0.8, 0), (40, 10, 0.5, 1), (30, 10, 0, 0),
                                         (200, 5, 0, 3)):
        values = sessions(cells, count, spread, common)
        rows, candidate = values[:, :-1].tolist(), values[:, -1].tolist()
        if cells >= 6:
            s0, d0 = smyth_prior(rows)
            yield {"function": "variance_prior", "values": rows}, [s0, -1 if numpy.isinf(d0) else d0]
        yield {"function": "pooled_freedom", "values": rows}, pooled_freedom(rows)
        for usual in (False, True):
            yield ({"function": "moderated_variances", "values": rows, "usual": usual},
                   numpy.column_stack(moderated_variances(rows, usual)).ravel())
        yield {"function": "prediction", "values": rows, "candidate": candidate}, prediction(rows, candidate)
    for tests in (1, 4, 16, 64, 240, 1200):
        for alpha in (0.002, 0.004, 0.05):
            yield ({"function": "blocks_to_decide", "values": [tests, alpha]},
                   next(n for n in itertools.count(1) if least_p(n, tests) <= alpha))
    # Hypotheses with the same size in each block and other signs in others: the worst is slower in every block, and
    # each of the others is the greatest under its own signs alone.
    for blocks, tests in ((4, 1), (5, 3), (7, 6)):
        chosen = random.choice(2 ** blocks - 2, tests - 1, replace=False) + 1
        signs = numpy.array([[1 if number >> block & 1 else -1 for block in range(blocks)] for number in chosen])
        values = numpy.vstack([numpy.ones((1, blocks)), signs.reshape(tests - 1, blocks)])
        worst = step_down(values.tolist())[0]
        assert abs(worst - least_p(blocks, tests)) < 1e-12, (worst, least_p(blocks, tests))
        yield {"function": "step_down", "values": values.tolist()}, step_down(values.tolist())
    for error, tests, alpha, power in ((0.02, 12, 0.004, 0.8), (0.1, 1, 0.002, 0.9)):
        z = stats.norm.ppf(1 - alpha / tests) + stats.norm.ppf(power)
        yield {"function": "detectable", "values": [error, tests, alpha, power]}, numpy.expm1(z * error)


def agree(got, want):
    return numpy.allclose(numpy.asarray(got, float), numpy.asarray(want, float), rtol=TOLERANCE, atol=TOLERANCE)


def main(program):
    asked = list(cases())
    text = json.dumps([question for question, _ in asked])
    answers = json.loads(subprocess.run([program], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout)
    wrong = [(question, got, want) for (question, want), got in zip(asked, answers) if not agree(got, want)]
    for question, got, want in wrong:
        print(f"{question['function']}: got {got}, expected {want}, for {question}")
    print(f"{len(asked)} results compared, {len(wrong)} differ")
    return 1 if wrong or len(answers) != len(asked) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
