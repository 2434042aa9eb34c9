// The arguments of `ipcbench run`, as texts from the command line, and what they mean.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/run/benchmark_flags.hpp"
#include "bench/run/selection.hpp"
#include "bench/run/session.hpp"
#include "bench/run/thresholds.hpp"

namespace CLI {
class App;
}

namespace ipcbench {

// What was given to --mechanism, --size and so on, by the axis' name.
using AxisTexts = std::map<std::string, std::vector<std::string>, std::less<>>;

// An empty string or list: not given.
struct RunArguments {
  std::string profile;
  std::string repetitions;
  std::string seed;
  std::string out;
  std::string time;
  std::string warm_up;
  std::string budget;
  std::string timeout;
  std::string filter;
  std::string save_as;
  AxisTexts axes;
  std::vector<std::string> param;
  std::vector<std::string> threshold;
  bool quiet = false;
  bool force = false;
  bool count = false;
  bool json = false;
  bool list_cells = false;
  bool dry_run = false;

  // Whether the axis has a value here.
  [[nodiscard]] bool sets(std::string_view axis) const {
    const auto found = axes.find(axis);
    return found != axes.end() && !found->second.empty();
  }
};

// An option for each axis.
void declare_axes(CLI::App& app, AxisTexts& axes);
// The options that `run`, `duet` and `calibrate` share.
void declare_run_arguments(CLI::App& app, RunArguments& arguments);
// The options of `run` alone.
void declare_run_only(CLI::App& app, RunArguments& arguments);

// `arguments` with every setting of `by` in place of its own. Thresholds add up.
RunArguments overridden(RunArguments arguments, const RunArguments& by);
// The inverse of declare_run_arguments(): "--size=64", "--time=20ms". Omits flags.
std::vector<std::string> command_line(const RunArguments& arguments);

// Cells, and the thresholds for them.
struct WantedCells {
  Selection selection;
  std::vector<RunThreshold> thresholds;
};

struct RunRequest {
  Profile profile;  // with the launches, phases and budget that the user set
  std::vector<WantedCells> wanted;
  SessionOptions session;        // without command, program and interrupt flag
  std::filesystem::path out;     // empty: the default
  bool lengthens_paced = false;  // the timed phase was not given, so paced cells may have a longer one
};

// The selection and the thresholds of the arguments. Throws UsageError.
WantedCells wanted_cells(const RunArguments& arguments);

// Flags of Google Benchmark set the arguments that they stand for. Throws UsageError.
RunRequest interpret(RunArguments arguments, const BenchmarkFlags& flags);

// The cells of all selections, each once, and the thresholds with the names of their cells.
// Throws UsageError like select_cells() and check_threshold().
struct RequestedCells {
  std::vector<Cell> cells;
  std::vector<CellsThreshold> thresholds;
};
RequestedCells requested_cells(const RunRequest& request, const std::vector<Placement>& placements);

}  // namespace ipcbench
