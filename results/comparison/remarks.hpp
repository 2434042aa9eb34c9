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

// Cells whose launches pass more messages on one side and also last longer there, both by a third and more:
// the sides measured for different times, as programs of different versions may. What changes while a launch
// lasts, such as how fast a virtual machine's idle CPU wakes up, then differs although the mechanism does
// not.
std::vector<Doubt> doubts_about_lengths(const SampledReport& base, const SampledReport& candidate);

// If all bases were measured within an hour, the variance between them is that of one hour. Times are those
// of the reports; no doubt where one lacks its times.
std::vector<Doubt> doubts_about_times(const std::vector<SampledReport>& bases);

}  // namespace ipcbench
