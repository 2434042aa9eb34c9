// A hand-made comparison with every verdict, level and kind of remark, and with text that every format has to
// escape.
#pragma once

#include <limits>

#include "results/comparison/comparison.hpp"

namespace ipcbench::testing {

inline Finding sample_finding(std::string name, Verdict verdict, double ratio) {
  Finding finding;
  finding.name = std::move(name);
  finding.family = "pipe/latency/wait:block/peers:fork/cpus:same";
  finding.verdict = verdict;
  finding.ratio = {.estimate = ratio, .low = ratio - 0.02, .high = ratio + 0.03, .confidence = 0.95};
  finding.base_ns = 5000;
  finding.new_ns = 5000 * ratio;
  finding.base_launches = 10;
  finding.new_launches = 12;
  finding.p_slower = 0.5;
  finding.smallest_effect = 0.05;
  finding.detectable_effect = 0.041;
  return finding;
}

inline std::string sample_cell(std::size_t size) {
  return "pipe/latency/size:" + std::to_string(size) + "/wait:block/peers:fork/cpus:same";
}

inline std::vector<Finding> sample_findings() {
  Finding regressed = sample_finding(sample_cell(64), Verdict::regressed, 1.123);
  regressed.p_slower = 0.00001;
  regressed.p_slower_adjusted = 0.00004;
  regressed.second_stage = true;
  Finding tail = sample_finding(sample_cell(64), Verdict::regressed, 12.5);
  tail.metric = Metric::tail;
  tail.smallest_effect = 0.1;
  tail.p_slower_adjusted = 0.0012;
  Finding family = sample_finding("pipe/latency/wait:block/peers:fork/cpus:same", Verdict::regressed, 1.06);
  family.level = Level::family;
  family.base_ns = 0;
  family.new_ns = 0;
  family.p_slower_adjusted = 0.003;
  Finding free =
      sample_finding("pipe/latency/size:64/wait:block/peers:fork/cpus:free", Verdict::regressed, 2);
  free.family = "pipe/latency/wait:block/peers:fork/cpus:free";
  free.gated = false;
  free.reason = "not pinned";
  Finding invalid = sample_finding(sample_cell(128), Verdict::invalid, 1);
  invalid.reason = "4 % steal time\nin <new>";
  Finding incomparable = sample_finding(sample_cell(256), Verdict::incomparable, 1.01);
  incomparable.reason = "pipe_bytes: 4096 | 65536";
  Finding slower = sample_finding(sample_cell(8192), Verdict::slower, 1.041);
  slower.p_slower_adjusted = 0.0008;
  Finding unguarded = sample_finding(sample_cell(512), Verdict::unguarded, 1.04);
  unguarded.detectable_effect = 0.4;
  unguarded.watch = true;
  Finding inconclusive = sample_finding(sample_cell(1024), Verdict::inconclusive, 0.97);
  inconclusive.detectable_effect = std::numeric_limits<double>::infinity();
  Finding improved = sample_finding(sample_cell(2048), Verdict::improved, 0.8);
  improved.p_faster_adjusted = 0.002;
  Finding faster = sample_finding(sample_cell(16384), Verdict::faster, 0.97);
  faster.p_faster_adjusted = 0.003;
  Finding whole = sample_finding("all cells", Verdict::unchanged, 1.0001);
  whole.level = Level::whole;
  whole.family.clear();
  Finding plain = sample_finding("BM_copy<char, \"a&b\">/64", Verdict::unchanged, 0.9996);
  plain.family = "BM_copy<char, \"a&b\">";
  plain.base_ns = std::numeric_limits<double>::quiet_NaN();
  return {regressed,
          tail,
          family,
          free,
          invalid,
          incomparable,
          slower,
          unguarded,
          inconclusive,
          improved,
          faster,
          whole,
          sample_finding(sample_cell(4096), Verdict::unchanged, 1.002),
          plain};
}

inline ComparedSide sample_side(std::string origin, std::string id) {
  ComparedSide side{.origin = std::move(origin), .version = "0.1.0", .host_name = "host", .session = {}};
  side.session.id = std::move(id);
  side.session.seed = 7;
  side.session.profile = "quick";
  side.session.command = {"ipcbench", "run"};
  side.session.started_utc = "2026-01-31T12:34:56Z";
  side.session.ended_utc = "2026-01-31T12:35:56Z";
  side.session.planned_launches = 10;
  return side;
}

inline Comparison sample_comparison() {
  Comparison comparison;
  comparison.method = Method::independent;
  comparison.session_sd = 0.02;
  comparison.base = sample_side("base.json", "00000000000000aa");
  comparison.candidate = sample_side("new.json", "00000000000000bb");
  comparison.candidate.session.duet = DuetSide{.id = "00000000000000cc", .side = "new", .first_blocks = 10};
  comparison.settings.thresholds = {{.cells = "udp/*", .metrics = {Metric::tail}, .smallest_effect = 0.2}};
  comparison.settings.families = {{.name = "rings", .cells = "*ring*"}};
  comparison.settings.allow_missing = {"futex/*"};
  comparison.differing = {"kernel_release: 6.1.0 in base.json, 6.18.5 in new.json"};
  comparison.doubts = {{Doubt::Level::warn, "Turbo is on: 100 % of *all* CPUs.", "Switch it off."}};
  comparison.findings = sample_findings();
  comparison.absences = {
      {"tcp/latency/size:64/wait:block/peers:fork/cpus:same", Verdict::invalid,
       "failed in new.json: ::error"},
      {"udp/latency/size:64/wait:block/peers:fork/cpus:same", Verdict::missing, "not in new.json"},
      {"udp/latency/size:128/wait:block/peers:fork/cpus:same", Verdict::missing, "not in new.json"},
      {"futex/latency/size:1/wait:block/peers:fork/cpus:same", Verdict::added, "not in base.json"}};
  comparison.verdict = Verdict::regressed;
  return comparison;
}

}  // namespace ipcbench::testing
