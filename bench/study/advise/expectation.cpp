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

double sum_of_cpus(const std::vector<Load>& links) {
  return std::accumulate(links.begin(), links.end(), 0.0,
                         [](double sum, const Load& load) { return sum + load.cpus.median; });
}

std::vector<std::string> broken_limits(const Requirement& requirement, const std::vector<Load>& links) {
  std::vector<std::string> broken;
  const auto any = [&](auto is_so) {
    return std::ranges::any_of(links,
                               [&](const Load& load) { return std::ranges::any_of(load.streams, is_so); });
  };
  if (any([](const StreamFigures& each) { return each.unsent_share > kMostUnsent; }))
    broken.emplace_back("rate");
  const auto is_late = [&](const StreamFigures& each) {
    return !each.p99_ns || each.p99_ns->value > *requirement.max_p99_ns;
  };
  if (requirement.max_p99_ns && any(is_late)) broken.emplace_back("max-p99");
  if (requirement.max_cpus && sum_of_cpus(links) > *requirement.max_cpus) broken.emplace_back("max-cpus");
  return broken;
}

// The highest; empty if one is not known.
template <class Each>
std::optional<double> highest_p99_ns(const std::vector<Each>& all, auto p99_ns_of) {
  double highest = 0;
  for (const Each& each : all) {
    const std::optional<double> ns = p99_ns_of(each);
    if (!ns) return std::nullopt;
    highest = std::max(highest, *ns);
  }
  return highest;
}

std::vector<StreamFigures> streams_of(const CellSummary& summary) {
  std::vector<StreamFigures> streams;
  streams.reserve(summary.streams.size());
  for (const StreamSummary& each : summary.streams)
    streams.push_back({each.stream, each.time_ns, each.p99, each.unsent_share});
  if (!streams.empty()) return streams;
  const Cell& cell = summary.cell;
  return {{.stream = {cell.size_bytes, cell.load.per_second},
           .p50_ns = summary.time_ns,
           .p99_ns = summary.p99,
           .unsent_share = summary.load ? summary.load->unsent_share : 0}};
}

}  // namespace

Cell paced_cell(const Way& way, const Requirement& requirement, const MessageStream& stream) {
  Cell cell = cell_of(way, requirement, stream.size_bytes);
  cell.pattern = Pattern::paced;
  cell.load = {.per_second = stream.per_second, .percent = 0, .arrivals = Arrivals::poisson};
  return cell;
}

Cell round_trip_cell(const Cell& paced) {
  Cell cell = paced;
  cell.pattern = Pattern::latency;
  cell.load = {};
  return cell;
}

std::vector<Cell> cells_of(const Way& way, const Requirement& requirement) {
  std::vector<Cell> cells;
  if (!requirement.mix.empty()) {
    cells.push_back(cell_of(way, requirement, requirement.mix.longest_bytes()));
    cells.back().pattern = Pattern::paced;
    cells.back().load = load_of(requirement.mix, Arrivals::poisson);
    return cells;
  }
  for (const MessageStream& stream : requirement.streams)
    cells.push_back(paced_cell(way, requirement, stream));
  return cells;
}

std::optional<double> Load::p99_ns() const {
  return highest_p99_ns(streams, [](const StreamFigures& each) {
    return each.p99_ns ? std::optional(each.p99_ns->value) : std::nullopt;
  });
}

double Expectation::cpus() const { return sum_of_cpus(links); }

std::optional<double> Expectation::p99_ns() const {
  return highest_p99_ns(links, [](const Load& load) { return load.p99_ns(); });
}

Measured::Measured(Report report) : report_(std::move(report)) {
  const std::size_t all = report_.cells.launches();
  report_.cells = undisturbed(report_.cells);
  left_out_ = all - report_.cells.launches();
  summaries_ = summarise(report_);
  ties_ = ties(summaries_);
  for (std::size_t i = 0; i < summaries_.size(); ++i) by_name_.emplace(summaries_[i].name, i);
}

std::optional<Load> Measured::load(const Cell& cell) const {
  const auto found = by_name_.find(cell_name(cell));
  if (found == by_name_.end()) return std::nullopt;
  const CellSummary& summary = summaries_[found->second];
  const ReportCell& measured = report_.cells[found->second];
  Load load{.streams = streams_of(summary),
            .index = found->second,
            .p50_ns = summary.time_ns,
            .receiver_cpus = cpus_of(measured, Side::consumer),
            .sender_cpus = cpus_of(measured, Side::producer),
            .cpus = cpus_of(measured),
            .cpus_at_most = summary.cpu_at_most,
            .lost_share = summary.lost_share};
  if (load.cpus_at_most) bound_sender(load, cell);
  return load;
}

void Measured::bound_sender(Load& load, const Cell& cell) const {
  double most = load.sender_cpus.median;
  if (const auto price = by_name_.find(cell_name(round_trip_cell(cell))); price != by_name_.end()) {
    const double cpu_ns = summaries_[price->second].producer_cpu_ns_per_message;
    most = std::min(most, cpu_ns * static_cast<double>(cell.load.per_second) * 1e-9);
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
  Expectation expectation{.way = way, .links = {}, .breaks = {}};
  for (const Cell& cell : cells_of(way, requirement)) {
    auto load = measured.load(cell);
    if (!load) return std::nullopt;
    expectation.links.push_back(std::move(*load));
  }
  expectation.breaks = broken_limits(requirement, expectation.links);
  return expectation;
}

}  // namespace ipcbench
