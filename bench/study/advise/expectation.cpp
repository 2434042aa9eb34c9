#include "bench/study/advise/expectation.hpp"

#include <algorithm>
#include <numeric>

#include "results/report/metrics.hpp"

namespace ipcbench {
namespace {

// More messages that were not sent in time than this: the mechanism does not carry the rate. Fewer may be due
// to a single delay at the end of a launch.
constexpr double kMostUnsent = 0.01;

Cell cell_of(const Way& way, const Requirement& requirement, std::size_t size_bytes) {
  Cell cell;
  cell.mechanism = way.mechanism;
  cell.size_bytes = size_bytes;
  cell.wait = way.wait;
  cell.peers = requirement.peers;
  cell.cpus = requirement.cpus;
  cell.parameters = way.parameters;
  return cell;
}

// `side`: empty for both.
template <class... Sides>
Estimate cpus_of(const ReportCell& cell, Sides... side) {
  std::vector<double> shares;
  shares.reserve(cell.launches.size());
  for (const Launch& launch : cell.launches) shares.push_back(cpus_busy(launch.measurement, side...));
  return estimate_median(shares);
}

ReportCells undisturbed(const ReportCells& cells) {
  constexpr std::ptrdiff_t kFewest = 3;
  const auto is_calm = [](const Launch& launch) { return launch.measurement.disturbance.empty(); };
  ReportCells calm;
  for (const auto& [cell, launch] : cells.in_session_order()) {
    if (is_calm(*launch) || std::ranges::count_if(cell->launches, is_calm) < kFewest)
      calm.add({cell->cell, launch->number, launch->measurement});
  }
  return calm;
}

using Loads = std::vector<const Load*>;

std::vector<std::string> broken_limits(const Requirement& requirement, const Loads& loads, double cpus) {
  std::vector<std::string> broken;
  const auto any = [&](auto is_so) { return std::ranges::any_of(loads, is_so); };
  if (any([](const Load* load) { return load->unsent_share > kMostUnsent; })) broken.emplace_back("rate");
  const auto is_late = [&](const Load* load) {
    return !load->p99_ns || load->p99_ns->value > *requirement.max_p99_ns;
  };
  if (requirement.max_p99_ns && any(is_late)) broken.emplace_back("max-p99");
  if (requirement.max_cpus && cpus > *requirement.max_cpus) broken.emplace_back("max-cpus");
  return broken;
}

double sum_of_cpus(const std::vector<Load>& loads) {
  return std::accumulate(loads.begin(), loads.end(), 0.0,
                         [](double sum, const Load& load) { return sum + load.cpus.median; });
}

// One link for all streams unless only a link for each keeps the limits.
void judge(Expectation& expectation, const Requirement& requirement) {
  Loads loads;
  for (const Load& load : expectation.streams) loads.push_back(&load);
  expectation.breaks = broken_limits(requirement, loads, sum_of_cpus(expectation.streams));
  if (!expectation.together) return;
  loads.push_back(&*expectation.together);
  auto of_one_link = broken_limits(requirement, loads, expectation.together->cpus.median);
  if (of_one_link.size() > expectation.breaks.size()) return;
  expectation.one_link = true;
  expectation.breaks = std::move(of_one_link);
}

}  // namespace

Cell paced_cell(const Way& way, const Requirement& requirement, const MessageStream& stream) {
  Cell cell = cell_of(way, requirement, stream.size_bytes);
  cell.pattern = Pattern::paced;
  cell.load = {.per_second = stream.per_second, .percent = 0, .arrivals = Arrivals::poisson};
  return cell;
}

Cell round_trip_cell(const Way& way, const Requirement& requirement, std::size_t size_bytes) {
  return cell_of(way, requirement, size_bytes);
}

std::vector<Cell> cells_of(const Way& way, const Requirement& requirement) {
  std::vector<Cell> cells;
  cells.reserve(requirement.streams.size() + 1);
  for (const MessageStream& stream : requirement.streams)
    cells.push_back(paced_cell(way, requirement, stream));
  if (requirement.streams.size() > 1) cells.push_back(paced_cell(way, requirement, together(requirement)));
  return cells;
}

double Expectation::cpus() const { return one_link ? together->cpus.median : sum_of_cpus(streams); }

std::optional<double> Expectation::p99_ns() const {
  double highest = 0;
  for (const Load& load : streams) {
    if (!load.p99_ns) return std::nullopt;
    highest = std::max(highest, load.p99_ns->value);
  }
  if (!one_link) return highest;
  if (!together->p99_ns) return std::nullopt;
  return std::max(highest, together->p99_ns->value);
}

Measured::Measured(Report report) : report_(std::move(report)) {
  const std::size_t all = report_.cells.launches();
  report_.cells = undisturbed(report_.cells);
  left_out_ = all - report_.cells.launches();
  summaries_ = summarise(report_);
  ties_ = ties(summaries_);
  for (std::size_t i = 0; i < summaries_.size(); ++i) by_name_.emplace(summaries_[i].name, i);
}

std::optional<Load> Measured::load(const Way& way, const Requirement& requirement,
                                   const MessageStream& stream) const {
  const auto found = by_name_.find(cell_name(paced_cell(way, requirement, stream)));
  if (found == by_name_.end()) return std::nullopt;
  const CellSummary& summary = summaries_[found->second];
  const ReportCell& cell = report_.cells[found->second];
  Load load{.stream = stream,
            .index = found->second,
            .p50_ns = summary.time_ns,
            .p99_ns = summary.p99,
            .receiver_cpus = cpus_of(cell, Side::consumer),
            .sender_cpus = cpus_of(cell, Side::producer),
            .cpus = cpus_of(cell),
            .cpus_at_most = summary.cpu_at_most,
            .unsent_share = summary.load ? summary.load->unsent_share : 0,
            .lost_share = summary.lost_share};
  if (load.cpus_at_most) bound_sender(load, round_trip_cell(way, requirement, stream.size_bytes));
  return load;
}

void Measured::bound_sender(Load& load, const Cell& round_trip) const {
  double most = load.sender_cpus.median;
  if (const auto price = by_name_.find(cell_name(round_trip)); price != by_name_.end()) {
    const double cpu_ns = summaries_[price->second].producer_cpu_ns_per_message;
    most = std::min(most, cpu_ns * static_cast<double>(load.stream.per_second) * 1e-9);
  }
  load.sender_cpus = {.median = most, .low = 0, .high = most, .confidence = load.receiver_cpus.confidence};
  load.cpus = load.receiver_cpus;
  load.cpus.median += most;
  load.cpus.high += most;
}

std::optional<std::string> Measured::why_absent(const Cell& cell) const {
  const std::string name = cell_name(cell);
  for (const auto* omissions : {&report_.skipped, &report_.failed}) {
    const auto found = std::ranges::find(*omissions, name, &Omission::cell);
    if (found != omissions->end()) return found->reason;
  }
  return std::nullopt;
}

std::vector<std::string> Measured::tied(const Load& load) const {
  std::vector<std::string> mechanisms;
  for (const std::size_t index : ties_[load.index]) {
    const Cell& cell = summaries_[index].cell;
    if (cell.parameters.empty()) mechanisms.push_back(cell.mechanism);
  }
  return mechanisms;
}

bool Measured::tied(const Load& a, const Load& b) const {
  return std::ranges::binary_search(ties_[a.index], b.index);
}

std::optional<Expectation> expectation_of(const Measured& measured, const Way& way,
                                          const Requirement& requirement) {
  Expectation expectation{.way = way, .streams = {}, .together = std::nullopt, .breaks = {}};
  for (const MessageStream& stream : requirement.streams) {
    const auto load = measured.load(way, requirement, stream);
    if (!load) return std::nullopt;
    expectation.streams.push_back(*load);
  }
  if (requirement.streams.size() > 1) {
    expectation.together = measured.load(way, requirement, together(requirement));
    if (!expectation.together) return std::nullopt;
  }
  judge(expectation, requirement);
  return expectation;
}

}  // namespace ipcbench
