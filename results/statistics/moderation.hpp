// Moderated variances: each cell's variance rests on a handful of sessions, but there are many cells, and
// together they show what such a variance usually is.
#pragma once

#include <cstddef>
#include <vector>

namespace ipcbench {

// An estimate of a variance, or the distribution from which true variances come (Smyth's s0^2 and d0).
struct VarianceEstimate {
  double variance = 0;
  double freedom = 0;  // degrees of freedom; infinity: known exactly
};

// The prior that the estimates imply: true variances are d0 s0^2 / chi^2(d0). By the mean and the variance of
// the logarithms of the estimates (Smyth, Stat. Appl. Genet. Mol. Biol. 3(1), 2004, section 6.2). The freedom
// is infinite if the estimates vary no more than chance makes them, and 0, which moderates nothing, for fewer
// than six of them or if half of them are 0. Estimates below 1e-5 of their median are raised to that, as
// limma does: a logarithm of 0 would decide everything. Each freedom is at least 1.
VarianceEstimate variance_prior(const std::vector<VarianceEstimate>& estimates);

// The posterior of one estimate: (d0 s0^2 + d s^2) / (d0 + d) with d0 + d degrees of freedom.
VarianceEstimate moderated(const VarianceEstimate& estimate, const VarianceEstimate& prior);

// How many degrees of freedom the mean of the variances has. `values` has a row for each variance, with its
// observations in the same order of sessions. Rows that move together say the same thing twice: (n - 1) H^2 /
// (the sum of all squared correlations) by Satterthwaite, which is n - 1 if all H rows are alike.
// Correlations that chance makes are not subtracted, so that independent rows get about (n - 1)^2 at most. A
// row without variance counts as uncorrelated. 0 without rows.
double pooled_freedom(const std::vector<std::vector<double>>& values);

// The variance of each row, moderated by the others of its length, for a prediction of the row's next value.
// It is never below the row's own, since moderation that lowers a variance raises false alarms where a tenth
// of the rows vary five times as much as the others: from 0.4 to 1.7 % of suites of 25 rows of five sessions,
// tested at 0.4 %. The freedom is never above pooled_freedom(), since rows that move together would otherwise
// count as independent witnesses: 1.7 instead of 0.2 % of the same suites. Rows have two values at least.
std::vector<VarianceEstimate> moderated_variances(const std::vector<std::vector<double>>& rows);

}  // namespace ipcbench
