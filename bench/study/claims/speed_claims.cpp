#include "bench/study/claims/speed_claims.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "bench/study/claims/comparison.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

using Quantities = std::vector<Quantity>;
using ByMechanism = std::map<std::string, MeasuredCell>;
using Kind = MechanismKind;

// A FIFO is a pipe with a name; textbooks mean one without by "pipe".
bool is_fifo(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::pipe && mechanism.made_of == "FIFO";
}
bool is_unnamed_pipe(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::pipe && !is_fifo(mechanism);
}
bool is_queue(const MechanismInfo& mechanism) { return mechanism.kind == Kind::queue; }
bool is_socket(const MechanismInfo& mechanism) { return mechanism.kind == Kind::socket; }
bool is_mapped_file(const MechanismInfo& mechanism) {
  return is_memory_ring(mechanism) && mechanism.made_of.starts_with("file,");
}
bool is_read_and_written_file(const MechanismInfo& mechanism) { return mechanism.kind == Kind::file; }

void compare(Comparisons& comparisons, const MeasuredCell* subject, const MeasuredCell* reference,
             const Quantities& quantities) {
  if (subject == nullptr || reference == nullptr) return;
  for (const Quantity quantity : quantities)
    comparisons.push_back({.quantity = quantity, .subject = subject, .reference = reference});
}

// --- One group of mechanisms against another --------------------------------------------------------

Comparisons each_against_each(const MeasuredCells& cells, const Contest& contest,
                              const Quantities& quantities) {
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, subject] : mechanisms) {
      if (!contest.is_subject(subject.mechanism)) continue;
      for (const auto& [other, reference] : mechanisms) {
        if (contest.is_reference(reference.mechanism)) compare(comparisons, &subject, &reference, quantities);
      }
    }
  }
  return comparisons;
}

bool is_measured(const MeasuredCells& cells, std::string_view name) {
  return std::ranges::any_of(cells,
                             [&](const auto& setting) { return setting.second.contains(std::string(name)); });
}

// The mechanism with the report's own reason for having no cells of it, if there is one.
std::string why_lacking(const Report& report, std::string_view name) {
  const std::string prefix = fmt::format("{}/", name);
  for (const auto* omissions : {&report.skipped, &report.failed}) {
    for (const Omission& omission : *omissions) {
      if (omission.cell.starts_with(prefix)) return fmt::format("{} ({})", name, omission.reason);
    }
  }
  return std::string(name);
}

Answer judge_contest(const Report& report, const Contest& contest, const Quantities& quantities,
                     const Saying& saying) {
  const MeasuredCells cells = measured_cells(report);
  const Comparisons comparisons = each_against_each(cells, contest, quantities);
  if (!comparisons.empty()) return judge(comparisons, saying);
  std::vector<std::string> lacking;
  for (const MechanismEntry& entry : mechanisms()) {
    const MechanismInfo info = info_of(entry.traits);
    const bool takes_part = contest.is_subject(info) || contest.is_reference(info);
    if (takes_part && !is_measured(cells, info.name)) lacking.push_back(why_lacking(report, info.name));
  }
  if (lacking.empty()) return untested("the report has no cells of them that differ in nothing else");
  return untested(fmt::format("the report lacks {}", fmt::join(lacking, ", ")));
}

// --- The fastest of a group -------------------------------------------------------------------------

const MeasuredCell* fastest(const ByMechanism& mechanisms, bool (*belongs)(const MechanismInfo&)) {
  const MeasuredCell* best = nullptr;
  for (const auto& [name, cell] : mechanisms) {
    if (!belongs(cell.mechanism)) continue;
    if (best == nullptr || cell.time_ns.median < best->time_ns.median) best = &cell;
  }
  return best;
}

// What passes a token or a descriptor of memory is no alternative: the message itself stands in memory.
bool is_alternative_to_memory(const MechanismInfo& mechanism) {
  return !is_floor(mechanism) && !mechanism.in_memory && mechanism.kind != Kind::shared_memory;
}

}  // namespace

const Contest kFifosAgainstPipes{is_fifo, is_unnamed_pipe};
const Contest kMappedFilesAgainstFiles{is_mapped_file, is_read_and_written_file};
const Contest kQueuesAgainstPipes{is_queue, is_unnamed_pipe};
const Contest kSocketsAgainstPipes{is_socket, is_unnamed_pipe};

Answer shared_memory_is_fastest(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    compare(comparisons, fastest(mechanisms, is_memory_ring), fastest(mechanisms, is_alternative_to_memory),
            {Quantity::time});
  }
  if (comparisons.empty())
    return untested("the report lacks a ring in shared memory or anything to compare it with");
  return judge(comparisons, {.said = Order::less});
}

Answer fifos_are_slower_than_pipes(const Report& report) {
  return judge_contest(report, kFifosAgainstPipes, {Quantity::time}, {.said = Order::more});
}

Answer mapped_files_are_cheaper(const Report& report) {
  return judge_contest(report, kMappedFilesAgainstFiles, {Quantity::cpu},
                       {.said = Order::less, .less_word = "cheaper", .more_word = "dearer"});
}

Answer threads_are_faster(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, threads] : mechanisms) {
      if (threads.cell.peers != Peers::thread || is_floor(threads.mechanism)) continue;
      Cell forked = threads.cell;
      forked.peers = Peers::fork;
      const auto processes = cells.find(setting_of(forked));
      if (processes == cells.end()) continue;
      const auto reference = processes->second.find(name);
      if (reference != processes->second.end())
        compare(comparisons, &threads, &reference->second, {Quantity::time});
    }
  }
  if (comparisons.empty())
    return untested("the report lacks cells that differ only in peers:thread and peers:fork");
  return judge(comparisons, {.said = Order::less});
}

Answer queues_are_slower_than_pipes(const Report& report) {
  return judge_contest(report, kQueuesAgainstPipes, {Quantity::time}, {.said = Order::more});
}

Answer sockets_cost_more_than_pipes(const Report& report) {
  return judge_contest(report, kSocketsAgainstPipes, {Quantity::time, Quantity::cpu},
                       {.said = Order::more, .less_word = "cheaper", .more_word = "dearer"});
}

}  // namespace ipcbench
