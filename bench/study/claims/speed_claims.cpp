#include <algorithm>
#include <set>
#include <string>

#include "bench/study/claims/report_claims.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

using ByMechanism = std::map<std::string, MeasuredCell>;
using Kind = MechanismKind;

// A FIFO is a pipe with a name. By "pipe", textbooks mean one without.
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

void compare(Comparisons& comparisons, Quantity quantity, const MeasuredCell* subject,
             const MeasuredCell* reference) {
  if (subject == nullptr || reference == nullptr) return;
  comparisons.push_back({.quantity = quantity, .subject = subject, .reference = reference});
}

// --- One group of mechanisms against another --------------------------------------------------------

// The variant of the mechanism, if it belongs to the group and was not measured in this setting: a standard
// run measures variants at two sizes alone.
const MechanismEntry* stands_for(std::string_view name, const ByMechanism& measured,
                                 bool (*belongs)(const MechanismInfo&)) {
  for (const MechanismEntry& entry : mechanisms()) {
    const bool lacking = !measured.contains(std::string(entry.traits.name));
    if (entry.traits.variant_of == name && lacking && belongs(info_of(entry.traits))) return &entry;
  }
  return nullptr;
}

struct ContestPairs {
  Comparisons comparisons;
  std::set<std::string> stand_ins;  // in one line each
};

ContestPairs each_against_each(const MeasuredCells& cells, const Contest& contest) {
  ContestPairs pairs;
  Comparisons& comparisons = pairs.comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    for (const auto& [name, subject] : mechanisms) {
      if (!contest.is_subject(subject.mechanism)) {
        const MechanismEntry* const variant = stands_for(name, mechanisms, contest.is_subject);
        if (variant == nullptr) continue;
        pairs.stand_ins.insert(
            fmt::format("{0} stands for {1} where that was not measured: they differ in who owns the object",
                        name, variant->traits.name));
      }
      for (const auto& [other, reference] : mechanisms) {
        if (!contest.is_reference(reference.mechanism)) continue;
        if (contest.time) compare(comparisons, Quantity::time, &subject, &reference);
        if (contest.cpu) compare(comparisons, Quantity::cpu, &subject, &reference);
      }
    }
  }
  return pairs;
}

bool is_measured(const MeasuredCells& cells, std::string_view name) {
  return std::ranges::any_of(cells,
                             [&](const auto& setting) { return setting.second.contains(std::string(name)); });
}

// The mechanism, with the report's reason for having no cells of it.
std::string why_lacking(const Report& report, std::string_view name) {
  const std::string prefix = fmt::format("{}/", name);
  for (const auto* omissions : {&report.skipped, &report.failed}) {
    for (const Omission& omission : *omissions) {
      if (omission.cell.starts_with(prefix)) return fmt::format("{} ({})", name, omission.reason);
    }
  }
  return std::string(name);
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

// Mechanisms that pass a token or a descriptor of memory are no alternative: the message itself is in memory.
bool is_alternative_to_memory(const MechanismInfo& mechanism) {
  return !is_floor(mechanism) && !mechanism.in_memory && mechanism.kind != Kind::shared_memory;
}

}  // namespace

const Contest kFifosAgainstPipes{
    .is_subject = is_fifo, .is_reference = is_unnamed_pipe, .saying = {.said = Order::more}};
const Contest kMappedFilesAgainstFiles{.is_subject = is_mapped_file,
                                       .is_reference = is_read_and_written_file,
                                       .saying = {Order::less, "cheaper", "dearer"},
                                       .time = false,
                                       .cpu = true};
const Contest kQueuesAgainstPipes{
    .is_subject = is_queue, .is_reference = is_unnamed_pipe, .saying = {.said = Order::more}};
const Contest kMemoryAgainstQueues{
    .is_subject = is_memory_ring, .is_reference = is_queue, .saying = {.said = Order::less}};
const Contest kSocketsAgainstPipes{.is_subject = is_socket,
                                   .is_reference = is_unnamed_pipe,
                                   .saying = {Order::more, "cheaper", "dearer"},
                                   .cpu = true};

Answer judge_contest(const Contest& contest, const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  const ContestPairs pairs = each_against_each(cells, contest);
  if (!pairs.comparisons.empty()) {
    Answer answer = judge(pairs.comparisons, contest.saying);
    answer.evidence.insert(answer.evidence.end(), pairs.stand_ins.begin(), pairs.stand_ins.end());
    return answer;
  }
  std::vector<std::string> lacking;
  for (const MechanismEntry& entry : mechanisms()) {
    const MechanismInfo info = info_of(entry.traits);
    const bool takes_part = contest.is_subject(info) || contest.is_reference(info);
    if (takes_part && !is_measured(cells, info.name)) lacking.push_back(why_lacking(report, info.name));
  }
  return untested(lacking.empty() ? "the report has no cells of them that differ in nothing else"
                                  : fmt::format("the report lacks {}", fmt::join(lacking, ", ")));
}

Answer shared_memory_is_fastest(const Report& report) {
  const MeasuredCells cells = measured_cells(report);
  Comparisons comparisons;
  for (const auto& [setting, mechanisms] : cells) {
    compare(comparisons, Quantity::time, fastest(mechanisms, is_memory_ring),
            fastest(mechanisms, is_alternative_to_memory));
  }
  if (comparisons.empty())
    return untested("the report lacks a ring in shared memory or anything to compare it with");
  return judge(comparisons, {.said = Order::less});
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
        compare(comparisons, Quantity::time, &threads, &reference->second);
    }
  }
  if (comparisons.empty())
    return untested("the report lacks cells that differ only in peers:thread and peers:fork");
  return judge(comparisons, {.said = Order::less});
}

}  // namespace ipcbench
