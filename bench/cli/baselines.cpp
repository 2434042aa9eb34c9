#include "bench/cli/baselines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <system_error>
#include <vector>

#include "bench/cli/output_file.hpp"
#include "harness/base/error.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReportSuffix = ".json";

fs::path folder_of_baselines() { return results_folder() / "baselines"; }

bool may_be_name(std::string_view text) {
  constexpr std::size_t kLongest = 100;
  const auto is_usual = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("._-").find(static_cast<char>(c)) != std::string::npos;
  };
  return !text.empty() && text.size() <= kLongest && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(text, is_usual);
}

std::vector<std::string> saved_names() {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder_of_baselines(), error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == kReportSuffix) names.push_back(entry->path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

}  // namespace

fs::path baseline_file(const std::string& name) {
  if (!may_be_name(name)) {
    throw UsageError(fmt::format(
        "--save-as: '{}' is no name; take letters, digits, '.', '-' and '_', such as main or v1.2", name));
  }
  return folder_of_baselines() / (name + std::string(kReportSuffix));
}

std::string report_named(const std::string& argument) {
  std::error_code error;
  const bool is_file = fs::exists(argument, error) || is_json_name(argument) || !may_be_name(argument);
  if (is_file) return argument;
  const fs::path saved = baseline_file(argument);
  if (fs::exists(saved, error)) return saved.string();
  const std::vector<std::string> names = saved_names();
  throw UsageError(fmt::format(
      "{}: is neither a file nor a saved report; saved in {}: {}; `ipcbench run --save-as {}` saves one",
      argument, folder_of_baselines().string(),
      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")), argument));
}

}  // namespace ipcbench
