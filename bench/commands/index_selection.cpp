#include "bench/commands/index_selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>

#include "bench/cli/arguments.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "harness/base/units.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

// None of the libraries' transports is loaded for those that are linked in.
std::optional<MechanismInfo> info_by_name(const std::string& name) {
  if (const MechanismEntry* const linked = find_linked_mechanism(name); linked != nullptr)
    return info_of(linked->traits);
  const MechanismInfo* const known = find_info(known_mechanisms(), name);
  return known == nullptr ? std::nullopt : std::optional(*known);
}

// The mechanisms of the cells, with what this program knows of them.
std::vector<MechanismInfo> mechanisms_in(const std::vector<IndexedCell>& cells) {
  std::vector<MechanismInfo> mechanisms;
  for (const IndexedCell& cell : cells) {
    const std::string name = cell.name.substr(0, cell.name.find('/'));
    if (find_info(mechanisms, name) != nullptr) continue;
    const auto known = info_by_name(name);
    known ? mechanisms.push_back(*known) : void(mechanisms.emplace_back().name = name);
  }
  return mechanisms;
}

constexpr const char* kFourthPart = "; a fourth part is the placement of cells: 'x86_64/*/*/llc'";

// The number at that place of a time, if it is there as a whole.
std::optional<unsigned> number_at(const std::string& time, std::size_t place, std::size_t digits) {
  if (time.size() < place + digits) return std::nullopt;
  return parse_number<unsigned>(std::string_view(time).substr(place, digits));
}

// Of a time in the right form: whether the calendar and the clock have it, as far as it is said.
bool is_real(const std::string& time) {
  using std::chrono::day, std::chrono::month, std::chrono::year;
  const year years(static_cast<int>(number_at(time, 0, 4).value_or(1)));
  const month months(number_at(time, 5, 2).value_or(1));
  const day days(number_at(time, 8, 2).value_or(1));
  return (years / months / days).ok() && number_at(time, 11, 2).value_or(0) < 24 &&
         number_at(time, 14, 2).value_or(0) < 60 &&
         number_at(time, 17, 2).value_or(0) <= 60;  // a leap second
}

// A date, or the beginning of a time, as reports have them.
void check_since(const std::string& since) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00Z";
  constexpr std::size_t kYear = 4;
  const bool is_short = since.size() <= kForm.size();
  bool fits = since.empty() || (since.size() >= kYear && is_short);
  for (std::size_t i = 0; fits && i < since.size(); ++i) {
    const bool is_digit = since[i] >= '0' && since[i] <= '9';
    fits = kForm[i] == '0' ? is_digit : since[i] == kForm[i];
  }
  if (!fits || !is_real(since))
    throw UsageError(
        fmt::format("--since: '{}' is no time; allowed: 2026-11-30 or 2026-11-30T12:00:00Z.", since));
}

}  // namespace

void declare_index_sessions(CLI::App& app, SessionFilter& filter) {
  app.add_option("--host", filter.hosts, "Only these hosts: names or machine identifiers; * is any text")
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--class", filter.classes,
                 "Only hosts of this architecture, CPU model and kernel series, as in 'x86_64/AMD*/6.*'")
      ->type_name("CLASS")
      ->allow_extra_args(false);
  app.add_option("--since", filter.since, "Only sessions from this time on (UTC): 2026-11-30")
      ->type_name("TIME");
  app.add_flag("--with-invalid", filter.with_invalid,
               "Also sessions of which a doubt says that their figures cannot be trusted");
}

void declare_index_selection(CLI::App& app, IndexSelection& selection) {
  app.add_option("--db", selection.database, "The index: a file of SQLite, or postgresql://...")
      ->type_name("FILE|URL")
      ->capture_default_str();
  declare_axes(app, selection.axes);
  app.add_option("--filter", selection.filter, "Only cells whose names match")->type_name("REGEX");
  declare_index_sessions(app, selection.sessions);
  CLI::Option* const classes = app.get_option("--class");
  classes->description(classes->get_description() + kFourthPart);
}

std::string placement_of(const SessionFilter& filter) {
  std::string placement;
  for (const std::string& text : filter.classes) {
    const std::string each = parse_class(text).placement;
    if (&text != &filter.classes.front() && each != placement)
      throw UsageError(
          fmt::format("--class: '{}' and '{}' do not name the same placement", filter.classes.front(), text),
          "ask for one placement at a time, or name it by --cpus");
    placement = each;
  }
  return placement;
}

void check_selection(const IndexSelection& selection) {
  check_since(selection.sessions.since);
  static_cast<void>(placement_of(selection.sessions));
}

std::vector<IndexedCell> chosen_cells(Index& index, const IndexSelection& selection) {
  std::vector<IndexedCell> cells = index.cells();
  const ChosenCells chosen(selection.axes, selection.filter, mechanisms_in(cells));
  const std::string placement = placement_of(selection.sessions);
  const ChosenCells placed(placement.empty() ? AxisTexts{} : AxisTexts{{"cpus", {placement}}}, "", {});
  std::erase_if(cells,
                [&](const IndexedCell& cell) { return !chosen.has(cell.name) || !placed.has(cell.name); });
  return cells;
}

}  // namespace ipcbench
