// Whether a second session measured what a first one did, cell by cell. REPRODUCE.md has the rule.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/compare.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// The most telling first.
enum class Reproduced { differs, too_weak, reproduced };
template <>
inline constexpr std::array kAxis<Reproduced>{AxisValue{Reproduced::differs, "differs"},
                                              AxisValue{Reproduced::too_weak, "too weak to tell"},
                                              AxisValue{Reproduced::reproduced, "reproduced"}};

// The standard deviation between sessions, of log times, that is assumed where nobody gave one: that of the
// simulations of COMPARE.md and TREND.md.
inline constexpr double kAssumedSessionSd = 0.02;

struct ReproductionOptions {
  double within = 0.10;      // the margin, a share: ratios from 1 / (1 + within) to 1 + within are the same
  double error_rate = 0.05;  // of the cells called reproduced, and of those called differing, the wrong ones
  // Calibration or standard deviation between sessions; with neither, kAssumedSessionSd. `across`: facts that
  // explain nothing, because they differ on purpose.
  CompareOptions sessions = {};
};

struct ReproducedCell {
  Reproduced verdict = Reproduced::too_weak;
  std::string reason;  // why it cannot be judged; empty if it was
  Finding finding;     // of its time; the interval of the ratio has the confidence 1 - error_rate
  double p_reproduced = 1;
  double p_differs = 1;
  // Medians of the distance of its CPUs; NaN: unknown, or not on two CPUs.
  double base_line_ns = 0;
  double new_line_ns = 0;
};

// A cost of the harness or the machine that both sessions measured, in nanoseconds.
struct FloorPair {
  std::string name;  // "wake-up, cpus:llc"
  double base_ns = 0;
  double new_ns = 0;
};

struct Reproduction {
  ComparedSide base;
  ComparedSide candidate;
  double within = 0;
  double error_rate = 0;
  double session_sd = 0;
  std::string session_sd_from;        // "assumed", "given" or the calibration's file
  std::vector<ReproducedCell> cells;  // by verdict, then the largest change first
  std::vector<Omission> not_possible;
  std::vector<Omission> failed;
  std::vector<Omission> not_measured;  // the second session lacks them without a reason of theirs
  std::vector<std::string> facts;      // that differ and could explain a difference, one line each
  std::vector<FloorPair> floors;
  std::vector<Doubt> doubts;  // about either side
  std::string invalid;        // a doubt that leaves nothing to judge; empty: none

  [[nodiscard]] std::size_t count(Reproduced verdict) const;
};

// Judges each cell of `base` that `candidate` has. Throws ReportError if that is none, if both are one
// session or the sides of one duet; IncomparableError if the calibration is of neither machine.
Reproduction judge_reproduction(const SampledReport& base, const SampledReport& candidate,
                                const ReproductionOptions& options);

// For people: what differs and what could explain it. `all`: every cell, fact and doubt.
std::string reproduction_text(const Reproduction& reproduction, bool all, std::size_t columns);

// {"base", "new": {"report", "session", "host", "version", "started_utc"}, "rule": {"within", "error_rate",
// "session_sd", "session_sd_from"}, "counts": {"reproduced", "differs", "too_weak", "not_possible", "failed",
// "not_measured"}, "cells": [{"cell", "verdict", "reason", "ratio", "low", "high", "base_ns", "new_ns",
// "base_launches", "new_launches", "p_reproduced", "p_differs", "base_line_rtt_ns", "new_line_rtt_ns"}],
// "not_possible", "failed", "not_measured": [{"cell", "reason"}], "differing_facts": [text], "floors":
// [{"name", "base_ns", "new_ns", "ratio"}], "doubts": [{"level", "what", "advice"}], "invalid"}
std::string reproduction_json(const Reproduction& reproduction);

}  // namespace ipcbench
