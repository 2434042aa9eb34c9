// What several reports say of each other, for the page: the comparison of each with the first one, of the
// last one with all before it, and the trend over the sessions of one host. Every verdict is
// results/comparison's.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "plots/named_report.hpp"
#include "results/comparison/compare.hpp"

namespace ipcbench {

// Null for fewer than two reports. Otherwise {pairs: [COMPARED], latest: COMPARED or null, trend: TREND or
// null}.
//
// COMPARED: {base, new: names of reports; error: why they cannot be compared, and nothing else; headline,
// verdict, method, why_informational, cells: {VERDICT: number}, geometric_mean or null, differing, doubts,
// left_out, absences: as in comparison_json(); findings in columns (columns.hpp): {level, name, family,
// metric, verdict, reason, ratio, low, high, base_ns, new_ns, smallest_effect, cell}}. cell: the index among
// the new report's cells; of a family that of its first; null for the whole. Of findings about cells only
// those of time are kept, and those of other metrics that changed.
//
// pairs: the first report with each other one. latest: the last session with all earlier ones as bases, if
// the reports are sessions of one host and enough for that.
//
// TREND, over the sessions of one host, three or more: {sessions: names of reports, oldest first; trends in
// columns: as in trends_json(), and cell as above, in the last session}.
//
// Of `options`, latest takes `across` only, since its bases show how much sessions differ, and trend none.
nlohmann::json comparisons_of(const std::vector<NamedReport>& reports, const CompareOptions& options = {});

}  // namespace ipcbench
