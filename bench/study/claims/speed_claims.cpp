#include "bench/study/claims/speed_claims.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/study/claims/comparison.hpp"
#include "bench/study/claims/mechanism_kinds.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

using Comparisons = std::vector<SpeedComparison>;
using Names = std::vector<std::string_view>;
using Quantities = std::vector<Quantity>;
using ByMechanism = std::map<std::string, MeasuredCell>;

const MeasuredCell* find(const ByMechanism& mechanisms, std::string_view name) {
  const auto found = mechanisms.find(std::string(name));
  return found == mechanisms.end() ? nullptr : &found->second;
}

void compare(Comparisons& comparisons, std::string_view label, const MeasuredCell* left,
             const MeasuredCell* right, const Quantities& quantities) {
  if (left == nullptr || right == nullptr) return;
  for (const Quantity quantity : quantities) {
    comparisons.push_back(
        {.subject = std::string(label), .quantity = quantity, .left = left, .right = right});
  }
}

Comparisons each_against(const MeasuredCells& cells, const Names& subjects, std::string_view reference,
                         const Quantities& quantities) {
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    for (const std::string_view subject : subjects) {
      compare(comparisons, subject, find(mechanisms, subject), find(mechanisms, reference), quantities);
    }
  }
  return comparisons;
}

// --- Cells that are lacking -----------------------------------------------------------------------

bool has_mechanism(const Report& report, std::string_view name) {
  return std::ranges::any_of(report.rows, [&](const Row& row) { return row.cell.mechanism == name; });
}

// Why the report has no cells of that mechanism, as far as it says.
std::string why_lacking(const Report& report, std::string_view name) {
  const std::string prefix = fmt::format("{}/", name);
  for (const auto* omissions : {&report.skipped, &report.failed}) {
    for (const Omission& omission : *omissions) {
      if (omission.cell.starts_with(prefix)) return fmt::format("{} ({})", name, omission.reason);
    }
  }
  return std::string(name);
}

Answer judge_against(const Report& report, const Names& subjects, std::string_view reference,
                     const Quantities& quantities, const Saying& saying) {
  const MeasuredCells cells = measured_cells(report);
  const Comparisons comparisons = each_against(cells, subjects, reference, quantities);
  if (!comparisons.empty()) return judge(comparisons, saying);
  std::vector<std::string> lacking;
  const auto note = [&](std::string_view name) {
    if (!has_mechanism(report, name)) lacking.push_back(why_lacking(report, name));
  };
  std::ranges::for_each(subjects, note);
  note(reference);
  if (lacking.empty()) return untested("the report has no cells of them that differ in nothing else");
  return untested(fmt::format("the report lacks {}", fmt::join(lacking, ", ")));
}

// --- The fastest of a kind ------------------------------------------------------------------------

template <class Belongs>
const MeasuredCell* fastest(const ByMechanism& mechanisms, Belongs belongs) {
  const MeasuredCell* best = nullptr;
  for (const auto& [name, cell] : mechanisms) {
    if (!belongs(cell.cell)) continue;
    if (best == nullptr || cell.time_ns.median < best->time_ns.median) best = &cell;
  }
  return best;
}

bool competes_with_memory(const Cell& cell) {
  const bool in_memory = std::ranges::find(kInMemory, cell.mechanism) != kInMemory.end();
  return !is_floor(cell) && !is_memory_ring(cell.mechanism) && !in_memory;
}

}  // namespace

Answer shared_memory_is_fastest(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    compare(comparisons, "",
            fastest(mechanisms, [](const Cell& cell) { return is_memory_ring(cell.mechanism); }),
            fastest(mechanisms, competes_with_memory), {Quantity::time});
  }
  if (comparisons.empty())
    return untested("the report lacks a ring in shared memory or anything else beside it");
  return judge(comparisons, {.said = Order::less});
}

Answer fifos_are_slower_than_pipes(const Report& report) {
  return judge_against(report, {"fifo"}, "pipe", {Quantity::time}, {.said = Order::more});
}

Answer mapped_files_are_cheaper(const Report& report) {
  return judge_against(report, {"file_mmap_ring"}, "file", {Quantity::cpu},
                       {.said = Order::less, .less_word = "cheaper", .more_word = "dearer"});
}

Answer threads_are_faster(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, threads] : mechanisms) {
      if (threads.cell.peers != Peers::thread || is_floor(threads.cell)) continue;
      Cell forked = threads.cell;
      forked.peers = Peers::fork;
      const auto processes = cells.find(setting_of(forked));
      if (processes == cells.end()) continue;
      compare(comparisons, name, &threads, find(processes->second, name), {Quantity::time});
    }
  }
  if (comparisons.empty())
    return untested("the report lacks cells that differ in peers:thread and peers:fork alone");
  return judge(comparisons, {.said = Order::less});
}

Answer queues_are_slower_than_pipes(const Report& report) {
  return judge_against(report, {"posix_queue", "sysv_queue"}, "pipe", {Quantity::time},
                       {.said = Order::more});
}

Answer sockets_cost_more_than_pipes(const Report& report) {
  return judge_against(report, {kSockets.begin(), kSockets.end()}, "pipe", {Quantity::time, Quantity::cpu},
                       {.said = Order::more, .less_word = "cheaper", .more_word = "dearer"});
}

}  // namespace ipcbench
