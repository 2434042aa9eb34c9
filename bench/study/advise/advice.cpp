#include "bench/study/advise/advice.hpp"

#include <algorithm>

namespace ipcbench {
namespace {

double p50_ns(const Expectation& expectation) { return expectation.main().p50_ns.median; }

bool overlap(const Estimate& a, const Estimate& b) { return a.low <= b.high && b.low <= a.high; }

// Of two ways of one mechanism: the one that keeps more limits; then the faster, if that is certain; then the
// one that keeps fewer CPUs busy.
bool is_better(const Expectation& a, const Expectation& b) {
  if (a.breaks.size() != b.breaks.size()) return a.breaks.size() < b.breaks.size();
  if (overlap(a.main().p50_ns, b.main().p50_ns)) return a.cpus() < b.cpus();
  return p50_ns(a) < p50_ns(b);
}

std::optional<Expectation> best_way(const Measured& measured, const std::string& mechanism,
                                    const Requirement& requirement) {
  std::optional<Expectation> best;
  for (const Wait wait : requirement.waits) {
    auto expectation = expectation_of(measured, {mechanism, wait}, requirement);
    if (expectation && (!best || is_better(*expectation, *best))) best = std::move(expectation);
  }
  return best;
}

// The first reason in the report, if all ways were skipped or failed.
std::optional<std::string> why_impossible(const Measured& measured, const std::string& mechanism,
                                          const Requirement& requirement) {
  std::optional<std::string> reason;
  for (const Wait wait : requirement.waits) {
    std::optional<std::string> of_this_way;
    for (const Cell& cell : cells_of({mechanism, wait}, requirement)) {
      if (!of_this_way) of_this_way = measured.why_absent(cell);
    }
    if (!of_this_way) return std::nullopt;
    if (!reason) reason = of_this_way;
  }
  return reason;
}

std::vector<Difference> differences_of(const Report& report, const std::vector<std::string>& mechanisms) {
  constexpr std::array kDescriptions{Guarantee::capacity, Guarantee::visible, Guarantee::limits};
  std::vector<Difference> differences;
  for (const auto& question : kAxis<Guarantee>) {
    if (std::ranges::find(kDescriptions, question.value) != kDescriptions.end()) continue;
    Difference difference{.guarantee = question.value, .answers = {}};
    bool differs = false;
    for (const std::string& mechanism : mechanisms) {
      const auto found = report.guarantees.find(mechanism);
      const std::string answer(
          found == report.guarantees.end() ? "" : found_answer(found->second, question.value));
      differs = differs || (!difference.answers.empty() && answer != difference.answers.front().second);
      difference.answers.emplace_back(mechanism, answer);
    }
    if (differs) differences.push_back(std::move(difference));
  }
  return differences;
}

bool differs_in_one_setting(const Cell& a, const Cell& b) {
  Cell same = a;
  same.wait = b.wait;
  same.parameters = b.parameters;
  return same == b && (a.wait != b.wait) != (a.parameters != b.parameters);
}

std::vector<OtherSetting> settings_of(const Measured& measured, const Expectation& best) {
  const Load& main = best.main();
  const Cell& cell = measured.summary(main.index).cell;
  std::vector<OtherSetting> settings;
  for (const CellSummary& summary : measured.summaries()) {
    if (!differs_in_one_setting(cell, summary.cell)) continue;
    Way way{cell.mechanism, summary.cell.wait, summary.cell.parameters};
    if (auto load = measured.load(summary.cell)) {
      const bool tied = measured.tied(main, *load);
      settings.push_back({std::move(way), std::move(*load), tied});
    }
  }
  return settings;
}

class Advisor {
 public:
  Advisor(const Report& report, const Requirement& requirement)
      : report_(report), requirement_(requirement), measured_(report) {}

  Advice advice() {
    for (const Candidate& candidate : candidates(report_.mechanisms, report_.guarantees, requirement_)) {
      if (candidate.stands_behind.empty()) {
        ++advice_.mechanisms;
        consider(candidate);
      } else {
        advice_.variants.push_back(candidate.mechanism);
      }
    }
    rank();
    advice_.left_out = measured_.left_out();
    return std::move(advice_);
  }

 private:
  void consider(const Candidate& candidate) {
    auto expectation = best_way(measured_, candidate.mechanism, requirement_);
    std::vector<std::string> takes = candidate.lacks;
    if (expectation) takes.insert(takes.end(), expectation->breaks.begin(), expectation->breaks.end());
    for (const std::string& requirement : takes) advice_.excluded[requirement].push_back(candidate.mechanism);
    // No other setting makes a token carry bytes.
    if (std::ranges::find(takes, "size") != takes.end()) return;
    if (!takes.empty()) {
      advice_.alternatives.push_back({candidate.mechanism, std::move(takes), std::move(expectation)});
    } else if (expectation) {
      fitting_.push_back(std::move(*expectation));
    } else if (auto reason = why_impossible(measured_, candidate.mechanism, requirement_)) {
      advice_.not_possible.emplace(candidate.mechanism, *reason);
    } else {
      advice_.unmeasured.push_back(candidate.mechanism);
    }
  }

  void rank() {
    std::ranges::stable_sort(fitting_, {}, p50_ns);
    const auto cost = [](const Alternative& each) {
      const double ns = each.expectation ? p50_ns(*each.expectation) : 0;
      return std::tuple(!each.expectation, each.takes.size(), ns);
    };
    std::ranges::stable_sort(advice_.alternatives, {}, cost);
    if (fitting_.empty()) return;
    advice_.best = fitting_.front();
    if (const auto found = report_.guarantees.find(advice_.best->way.mechanism);
        found != report_.guarantees.end())
      advice_.by_design = kept_by_design(requirement_.needs, found->second);
    const std::vector<std::string> tied = measured_.tied(advice_.best->main());
    std::vector<std::string> group{advice_.best->way.mechanism};
    for (const Expectation& other : fitting_) {
      if (other.way == advice_.best->way) continue;
      const bool is_tied = other.way.wait == advice_.best->way.wait &&
                           std::ranges::find(tied, other.way.mechanism) != tied.end();
      (is_tied ? advice_.tied : advice_.others).push_back(other);
      if (is_tied) group.push_back(other.way.mechanism);
    }
    advice_.differences = differences_of(report_, group);
    advice_.settings = settings_of(measured_, *advice_.best);
  }

  const Report& report_;
  const Requirement& requirement_;
  Measured measured_;
  std::vector<Expectation> fitting_;  // the best way of each
  Advice advice_;
};

// By which mechanisms are ranked.
Cell main_cell(const Way& way, const Requirement& requirement) { return cells_of(way, requirement).front(); }

using Candidates = std::vector<const Candidate*>;

// Up to three that lack least, first those that lack different things.
Candidates near_misses(const std::vector<Candidate>& all) {
  constexpr std::size_t kMost = 3;
  std::size_t least = SIZE_MAX;
  const auto may_be = [](const Candidate& each) {
    return each.stands_behind.empty() && !each.lacks.empty() &&
           std::ranges::find(each.lacks, "size") == each.lacks.end() &&
           std::ranges::find(each.lacks, "peers") == each.lacks.end();
  };
  for (const Candidate& each : all) {
    if (may_be(each)) least = std::min(least, each.lacks.size());
  }
  Candidates near;
  for (const bool another_lack : {true, false}) {
    for (const Candidate& each : all) {
      const bool is_new = std::ranges::none_of(near, [&](const Candidate* other) {
        return other == &each || (another_lack && other->lacks == each.lacks);
      });
      if (may_be(each) && each.lacks.size() == least && is_new && near.size() < kMost) near.push_back(&each);
    }
  }
  return near;
}

}  // namespace

Advice advise(const Report& report, const Requirement& requirement) {
  return Advisor(report, requirement).advice();
}

AdviceCells wanted_cells(const std::vector<Candidate>& all, const Requirement& requirement,
                         const std::map<std::string, TunedBuffer>& buffers) {
  AdviceCells wanted;
  const auto add = [](std::vector<Cell>& cells, const std::vector<Cell>& more) {
    for (const Cell& cell : more) {
      if (std::ranges::find(cells, cell) == cells.end()) cells.push_back(cell);
    }
  };
  for (const Candidate& each : all) {
    if (!each.lacks.empty() || !each.stands_behind.empty()) continue;
    for (const Wait wait : requirement.waits)
      add(wanted.cells, cells_of({each.mechanism, wait}, requirement));
    if (const auto buffer = buffers.find(each.mechanism); buffer != buffers.end()) {
      const Settings tuned{{buffer->second.name, buffer->second.value}};
      add(wanted.settings, {main_cell({each.mechanism, requirement.waits.front(), tuned}, requirement)});
    }
    const Cell spinning = main_cell({each.mechanism, Wait::spin}, requirement);
    if (std::ranges::find(wanted.cells, spinning) == wanted.cells.end()) add(wanted.settings, {spinning});
  }
  for (const Candidate* each : near_misses(all))
    add(wanted.cells, cells_of({each->mechanism, requirement.waits.front()}, requirement));
  return wanted;
}

}  // namespace ipcbench
