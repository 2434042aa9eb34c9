// What a reader has to know about the two sides before trusting a comparison.
#pragma once

#include <vector>

#include "results/comparison/comparison.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// Doubts about how the sides were chosen: the sides of a duet swapped, one session on both sides, a base that
// is newer than the new report.
std::vector<Doubt> doubts_about_sides(const SampledReport& base, const SampledReport& candidate);

// Doubts about one report: it is not complete, or launches drifted (a warning from a tenth of them on).
std::vector<Doubt> doubts_about(const SampledReport& report);

// If all bases were measured within an hour, the variance between them is that of one hour. Times are those
// of the reports; no doubt where one lacks its times.
std::vector<Doubt> doubts_about_times(const std::vector<SampledReport>& bases);

}  // namespace ipcbench
