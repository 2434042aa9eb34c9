// Probes several mechanisms at a time, in processes that share a list of what is left.
#include <algorithm>
#include <chrono>
#include <memory>

#include "bench/study/probe/probes.hpp"
#include "harness/base/child.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

// More gained nothing on two CPUs: 37 mechanisms took 13 s one by one, 4.5 s with four processes, 4 s with
// eight.
constexpr std::size_t kWorkers = 4;

// In memory that the processes share.
struct Progress {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
};

using ProbedRows = std::vector<ProbedRow>;

// Several mechanisms have the same bytes, which come once and first.
ProbedRows rows_of(std::span<const MechanismEntry* const> mechanisms, bool bytes_too) {
  ProbedRows rows;
  const auto is_new = [&](std::string_view name) {
    return std::ranges::none_of(rows, [&](const ProbedRow& row) { return row.mechanism.raw.name == name; });
  };
  for (const MechanismEntry* each : mechanisms) {
    if (bytes_too && !each->raw.name.empty() && is_new(each->raw.name)) rows.push_back({*each, true});
  }
  for (const MechanismEntry* each : mechanisms) rows.push_back({*each});
  return rows;
}

class Pool {
 public:
  Pool(ProbedRows rows, const ProbeOptions& options)
      : rows_(std::move(rows)),
        options_(options),
        counters_(-1, sizeof(Progress)),
        progress_(std::construct_at(static_cast<Progress*>(counters_.data()))),
        memory_(-1, std::max<std::size_t>(rows_.size(), 1) * sizeof(Notebook)),
        notebooks_(static_cast<Notebook*>(memory_.data())) {
    std::uninitialized_default_construct_n(notebooks_, rows_.size());
    for (std::size_t i = 0; i < std::min(kWorkers, rows_.size()); ++i) {
      workers_.push_back(fork_child(0, [this] { work(); }));
    }
  }

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // False: interrupted. What still runs ends with this object.
  bool wait(const std::function<void(std::size_t, std::size_t)>& show) {
    constexpr std::chrono::milliseconds kLook{100};
    for (Child& worker : workers_) {
      while (!is_interrupted() && !worker.reap_within(kLook)) {
        if (show) show(progress_->done, rows_.size());
      }
    }
    return !is_interrupted();
  }

  [[nodiscard]] ProbedMechanism result(std::size_t index) const {
    ProbedMechanism probed = rows_[index].blank();
    for (const auto& question : kAxis<Guarantee>) {
      probed.findings.push_back(
          notebooks_[index].about(question.value, "the process that tried it ended early"));
    }
    return probed;
  }

 private:
  [[nodiscard]] bool is_interrupted() const {
    return options_.interrupted != nullptr && *options_.interrupted != 0;
  }

  void work() {
    for (std::size_t index = progress_->next++; index < rows_.size(); index = progress_->next++) {
      try_all_of(index);
      ++progress_->done;
    }
  }

  void try_all_of(std::size_t index) {
    Notebook& notes = notebooks_[index];
    try {
      for (const ProbeFinding& finding : probe_row(rows_[index], options_).findings) notes.copy(finding);
    } catch (const std::exception& error) {  // no more processes, no more memory
      for (const auto& question : kAxis<Guarantee>) notes.not_tried(question.value, error.what());
    }
  }

  ProbedRows rows_;
  const ProbeOptions& options_;
  SharedMapping counters_;
  Progress* progress_;
  SharedMapping memory_;
  Notebook* notebooks_;  // one for each mechanism
  std::vector<Child> workers_;
};

}  // namespace

std::vector<ProbedMechanism> probe_mechanisms(std::span<const MechanismEntry* const> mechanisms,
                                              const ProbeOptions& options,
                                              const std::function<void(std::size_t, std::size_t)>& show) {
  ProbedRows rows = rows_of(mechanisms, options.bytes_too);
  const std::size_t count = rows.size();
  Pool pool(std::move(rows), options);
  std::vector<ProbedMechanism> probed;
  if (!pool.wait(show)) return probed;
  for (std::size_t i = 0; i < count; ++i) probed.push_back(pool.result(i));
  return probed;
}

std::map<std::string, Guarantees> guarantees_of(std::span<const ProbedMechanism> probed) {
  std::map<std::string, Guarantees> guarantees;
  for (const ProbedMechanism& mechanism : probed) {
    const MechanismEntry* const entry = find_mechanism(mechanism.name);
    if (entry != nullptr && is_floor(entry->traits)) continue;
    Guarantees& answers = guarantees[mechanism.name];
    for (const ProbeFinding& finding : mechanism.findings)
      answers.emplace(finding.guarantee, GuaranteeAnswer{finding.state, finding.answer});
  }
  return guarantees;
}

}  // namespace ipcbench
