#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "bench/study/claims/report_claims.hpp"
#include "harness/registry/known_mechanisms.hpp"
#include "results/report/metrics.hpp"
#include "results/summary/own_core.hpp"
#include "results/summary/ties.hpp"

namespace ipcbench {
namespace {

using Kind = MechanismKind;
// Of cells that differ in nothing but the mechanism, the peers or the batch.
using Setting = std::vector<Entrant>;

// Textbooks mean the calls of the object, not those of an io_uring.
bool by_own_calls(const MechanismInfo& mechanism) {
  return mechanism.made_of.find("io_uring") == std::string::npos;
}
// A FIFO is a pipe with a name.
bool is_fifo(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::pipe && mechanism.made_of == "FIFO";
}
bool is_queue(const MechanismInfo& mechanism) { return mechanism.kind == Kind::queue; }
bool is_socket(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::socket && by_own_calls(mechanism);
}
bool is_mapped_file(const MechanismInfo& mechanism) {
  return is_memory_ring(mechanism) && mechanism.made_of.starts_with("file,");
}
bool is_read_and_written_file(const MechanismInfo& mechanism) { return mechanism.kind == Kind::file; }
bool is_no_floor(const MechanismInfo& mechanism) { return !is_floor(mechanism); }
// Mechanisms that pass a token or a descriptor of memory are no alternative: the message itself is in memory.
bool is_alternative_to_memory(const MechanismInfo& mechanism) {
  return !is_floor(mechanism) && !mechanism.in_memory && mechanism.kind != Kind::shared_memory;
}

constexpr Saying kCheaper{{Order::less, "cheaper"}, {Order::more, "dearer"}};
constexpr Saying kDearer{kCheaper.opposite, kCheaper.said};
constexpr std::array kTimeAndCpu{Quantity::time, Quantity::cpu};

// An open loop's times depend on the offered load. Those of a fan, a chain or several pairs depend on the
// number of ends.
bool is_ranked(const Cell& cell, bool with_untouched) {
  const bool pattern = cell.pattern == Pattern::latency || cell.pattern == Pattern::throughput;
  const bool payload = with_untouched || cell.payload != Payload::untouched;
  return pattern && cell.size_bytes > 0 && payload && cell.parameters.empty() && cell.pairs == 1 &&
         cell.chain == 2;
}

bool is_subject(const Contest& contest, const Entrant& each) {
  if (contest.pairing == Pairing::threads && each.cell->peers != Peers::thread) return false;
  if ((contest.pairing == Pairing::batches) != (each.cell->batch > 1)) return false;
  return contest.is_subject(each.mechanism);
}
bool is_reference(const Contest& contest, const Entrant& each) {
  if (contest.pairing == Pairing::threads && each.cell->peers != Peers::fork) return false;
  return each.cell->batch == 1 && contest.is_reference(each.mechanism);
}

// The cell without that in which the two parties differ.
Cell setting_of(const Contest& contest, Cell cell) {
  switch (contest.pairing) {
    case Pairing::threads:
      cell.peers = Peers::fork;
      break;
    case Pairing::batches:
      cell.batch = 1;
      break;
    case Pairing::each:
    case Pairing::fastest:
      cell.mechanism.clear();
  }
  return cell;
}

MechanismInfo described(const Report& report, const std::string& name) {
  for (const std::vector<MechanismInfo>& all :
       {std::cref(report.mechanisms), std::cref(known_mechanisms())}) {
    if (const MechanismInfo* const described = find_info(all, name)) return *described;
  }
  return {.name = name, .made_of = {}};
}

// The mechanism is a subject that another one, which differs in who owns the object, may stand for.
bool is_subject_like(std::string_view other, const MechanismInfo& mechanism, const Contest& contest) {
  return mechanism.variant_of == other && contest.is_subject(mechanism);
}

bool may_take_part(const MechanismInfo& mechanism, const Contest& contest) {
  return contest.is_subject(mechanism) || contest.is_reference(mechanism) ||
         std::ranges::any_of(known_mechanisms(), [&](const MechanismInfo& variant) {
           return is_subject_like(mechanism.name, variant, contest);
         });
}

std::map<std::string, Setting> settings_of(const Report& report, const Contest& contest, Quantity quantity) {
  std::map<std::string, Setting> settings;
  const auto chosen = [&](const MechanismInfo& mechanism) { return may_take_part(mechanism, contest); };
  for (Entrant& each : entrants(report, quantity, chosen)) {
    if (contest.has_part != nullptr && !contest.has_part(*each.cell)) continue;
    settings[cell_name(setting_of(contest, *each.cell))].push_back(std::move(each));
  }
  return settings;
}

// The variant of the mechanism, if it is a subject and was not measured in this setting: a standard run
// measures variants at two sizes alone.
const MechanismInfo* stands_for(std::string_view name, const Setting& setting, const Contest& contest) {
  for (const MechanismInfo& variant : known_mechanisms()) {
    const auto is_measured = [&](const Entrant& each) { return each.cell->mechanism == variant.name; };
    if (is_subject_like(name, variant, contest) && std::ranges::none_of(setting, is_measured))
      return &variant;
  }
  return nullptr;
}

// Leaves the first of those to which this applies.
void keep_first(Setting& setting, bool Entrant::*applies) {
  bool any = false;
  for (Entrant& each : setting) any |= std::exchange(each.*applies, each.*applies && !any);
}

// Leaves those that take part. Returns who stands for whom, in a line each.
std::vector<std::string> choose(Setting& setting, const Contest& contest) {
  std::vector<std::string> stand_ins;
  for (Entrant& each : setting) {
    each.subject = is_subject(contest, each);
    each.reference = is_reference(contest, each);
    if (contest.is_subject(each.mechanism) || each.cell->batch > 1) continue;
    const std::string& name = each.cell->mechanism;
    if (const MechanismInfo* const variant = stands_for(name, setting, contest)) {
      each.subject = true;
      stand_ins.push_back(
          fmt::format("{} stands for {} where that was not measured: they differ in who owns the object",
                      name, variant->name));
    }
  }
  if (contest.pairing == Pairing::fastest) {
    std::ranges::sort(setting, {}, [](const Entrant& each) { return each.ns.median; });
    keep_first(setting, &Entrant::subject);
    keep_first(setting, &Entrant::reference);
  }
  std::erase_if(setting, [](const Entrant& each) { return !each.subject && !each.reference; });
  return stand_ins;
}

// Compares each subject with each reference.
void compare(Comparisons& comparisons, const Setting& setting, Quantity quantity) {
  std::vector<Contestant> ranking;
  for (const Entrant& each : setting)  // all have one cell, since threads and processes are one ranking
    ranking.push_back({setting.front().cell, false, each.ns, each.launches_ns});
  const Ties tied = ties(ranking);
  for (std::size_t i = 0; i < setting.size(); ++i) {
    for (std::size_t j = 0; j < setting.size(); ++j) {
      const Entrant& subject = setting[i];
      const Entrant& reference = setting[j];
      if (i == j || !subject.subject || !reference.reference) continue;
      const bool alike = std::ranges::count(tied[i], j) > 0;
      comparisons.push_back({quantity, &subject, &reference,
                             alike                                     ? Order::unclear
                             : subject.ns.median < reference.ns.median ? Order::less
                                                                       : Order::more});
    }
  }
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

// The mechanisms that take part, if those are a few.
std::vector<std::string_view> participants(const Contest& contest) {
  std::vector<std::string_view> names;
  for (const MechanismInfo& known : known_mechanisms()) {
    if (contest.pairing == Pairing::each && (contest.is_subject(known) || contest.is_reference(known)))
      names.push_back(known.name);
  }
  return names;
}

Answer lacks_cells(const Contest& contest, const Report& report) {
  // Of a library, say: the program may have been built without it.
  if (std::ranges::none_of(known_mechanisms(), contest.is_subject))
    return untested("this program has no such mechanism; `ipcbench list -m libraries` says what brings it");
  std::vector<std::string> lacking;
  for (const std::string_view name : participants(contest)) {
    const auto is_of_it = [name](const ReportCell& each) { return each.cell.mechanism == name; };
    if (std::ranges::none_of(report.cells, is_of_it)) lacking.push_back(why_lacking(report, name));
  }
  return untested(lacking.empty() ? "the report has no cells that differ in nothing else"
                                  : fmt::format("the report lacks {}", fmt::join(lacking, ", ")));
}

}  // namespace

bool is_unnamed_pipe(const MechanismInfo& mechanism) {
  return mechanism.kind == Kind::pipe && !is_fifo(mechanism) && by_own_calls(mechanism) &&
         !mechanism.made_of.ends_with("vmsplice");
}

const Contest kFifosAgainstPipes{is_fifo, is_unnamed_pipe, kSlower};
const Contest kMappedFilesAgainstFiles{is_mapped_file, is_read_and_written_file, kCheaper, kTimeAndCpu};
const Contest kMemoryAgainstOthers{is_memory_ring, is_alternative_to_memory, kFaster, kTimeAlone,
                                   Pairing::fastest};
const Contest kMemoryAgainstQueues{is_memory_ring, is_queue, kFaster};
const Contest kQueuesAgainstPipes{is_queue, is_unnamed_pipe, kSlower};
const Contest kSocketsAgainstPipes{is_socket, is_unnamed_pipe, kDearer, kTimeAndCpu};
const Contest kThreadsAgainstProcesses{is_no_floor,      is_no_floor,
                                       kFaster,          kTimeAlone,
                                       Pairing::threads, "--peers fork,thread --size 64,4KiB,64KiB,1MiB"};
const Contest kBatchesAgainstSingles{
    is_no_floor,      is_no_floor,
    kFaster,          kTimeAlone,
    Pairing::batches, "--pattern throughput --size 64,1024 --wait block,spin --batch 1,16 --repetitions 6"};

std::vector<Entrant> entrants(const Report& report, Quantity quantity, const TakesPart& takes_part,
                              bool with_untouched) {
  const OwnCore own = own_core(report.cells);
  std::map<std::string_view, std::optional<MechanismInfo>> chosen;  // empty: takes no part
  std::vector<Entrant> all;
  for (const auto& [cell, name, launches] : report.cells) {
    if (!is_ranked(cell, with_untouched)) continue;
    const auto [known, is_new] = chosen.try_emplace(cell.mechanism, std::nullopt);
    if (is_new) {
      MechanismInfo mechanism = described(report, cell.mechanism);
      if (takes_part(mechanism)) known->second = std::move(mechanism);
    }
    if (!known->second) continue;
    Entrant& entrant = all.emplace_back(Entrant{&cell, *known->second, {}});
    std::vector<double> times_ns;
    for (const Launch* launch : those_that_count(launches, own)) {
      times_ns.push_back(quantity == Quantity::time ? time_ns(cell.pattern, launch->measurement)
                                                    : cpu_ns_per_message(launch->measurement));
      entrant.launches_ns.push_back({launch->number, times_ns.back()});
    }
    entrant.ns = estimate_median(times_ns);
  }
  return all;
}

std::string measuring_command(const Contest& contest) {
  std::string command = "ipcbench run --profile quick";
  const std::vector<std::string_view> names = participants(contest);
  if (!names.empty()) command += fmt::format(" --mechanism {}", fmt::join(names, ","));
  return contest.options.empty() ? command : fmt::format("{} {}", command, contest.options);
}

Answer judge_contest(const Contest& contest, const Report& report) {
  if (contest.judged_by != nullptr) {
    Answer answer = contest.judged_by(contest, report);
    return answer.verdict == ClaimVerdict::untested && answer.finding.empty() ? lacks_cells(contest, report)
                                                                              : answer;
  }
  Comparisons comparisons;
  std::set<std::string> stand_ins;
  std::vector<std::map<std::string, Setting>> compared;  // what the comparisons refer to
  for (const Quantity quantity : contest.quantities) {
    for (auto& [name, setting] : compared.emplace_back(settings_of(report, contest, quantity))) {
      for (std::string& line : choose(setting, contest)) stand_ins.insert(std::move(line));
      if (!setting.empty()) compare(comparisons, setting, quantity);
    }
  }
  if (comparisons.empty()) return lacks_cells(contest, report);
  Answer answer = judge(std::move(comparisons), contest.saying);
  answer.evidence.insert(answer.evidence.end(), stand_ins.begin(), stand_ins.end());
  return answer;
}

}  // namespace ipcbench
