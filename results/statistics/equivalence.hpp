// Is a difference within a margin, or beyond it?
#pragma once

namespace ipcbench {

// Two-sided p values: each is at most alpha exactly if the interval of confidence 1 - alpha lies within the
// margins, or wholly outside on one side.
struct MarginTest {
  double p_within = 1;  // against: the difference is at a margin or beyond
  double p_beyond = 1;  // against: the difference is at a margin or within
};

// For an estimate with Student's t at `freedom` degrees of freedom and this standard error, both finite and
// the error above 0, and the margins -margin and margin. Within: two one-sided tests (Schuirmann, J.
// Pharmacokin. Biopharm. 15, 1987). Beyond: the minimum-effect test (Murphy and Myors, J. Appl. Psychol. 84,
// 1999) in the direction of the estimate.
MarginTest test_margin(double estimate, double error, double freedom, double margin);

}  // namespace ipcbench
