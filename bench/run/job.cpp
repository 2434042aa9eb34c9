#include "bench/run/job.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "bench/cli/arguments.hpp"
#include "results/report/input_file.hpp"
#include "results/report/json_document.hpp"
#include "results/report/json_value.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using Words = std::vector<std::string>;

constexpr std::string_view kSelections = "selections";
constexpr std::string_view kSchema = "$schema";

[[noreturn]] void fail(const std::string& path, const std::string& problem) {
  throw ReportError(fmt::format("{}: {}", path, problem));
}

std::string text_of(const Json& value, const std::string& path) {
  if (value.is_number()) return value.dump();
  if (!value.is_string()) fail(path, "is neither text nor a number");
  std::string text = value.get<std::string>();
  if (text.empty()) fail(path, "is empty; leave it out or give it a value");
  if (text.find('\0') != std::string::npos) fail(path, "has a zero byte");
  return text;
}

// The items of a list, or the one value.
Words texts_of(const Json& value, const std::string& path) {
  if (!value.is_array()) return {text_of(value, path)};
  Words texts;
  for (std::size_t i = 0; i < value.size(); ++i) {
    texts.push_back(text_of(value[i], fmt::format("{}[{}]", path, i)));
  }
  return texts;
}

void check_key(const CLI::App& app, const std::string& key, const std::string& path) {
  if (app.get_option_no_throw("--" + key) != nullptr && key != "help") return;
  Words known{std::string(kSelections)};
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back(name);
  }
  const auto meant = nearest(key, known);
  fail(path, fmt::format("is not an option of `ipcbench run`{}",
                         meant ? fmt::format("; did you mean {}?", *meant) : ""));
}

std::string place(const std::string& path, const std::string& key) {
  return path.empty() ? key : fmt::format("{}.{}", path, key);
}

// "--size=64" and so on. A flag is a boolean. An object has the sweeps of parameters by name.
Words words_of(const CLI::App& app, const std::string& key, const Json& value, const std::string& path) {
  check_key(app, key, path);
  Words words;
  if (app.get_option_no_throw("--" + key)->get_items_expected_max() == 0) {
    if (!value.is_boolean()) fail(path, "is neither true nor false");
    if (value.get<bool>()) words.push_back("--" + key);
  } else if (value.is_object()) {
    for (const auto& [name, sweep] : value.items()) {
      words.push_back(
          fmt::format("--{}={}={}", key, name, fmt::join(texts_of(sweep, place(path, name)), ",")));
    }
  } else {
    for (const std::string& text : texts_of(value, path)) words.push_back(fmt::format("--{}={}", key, text));
  }
  return words;
}

// The members of an object as arguments, through the parser of the command line.
RunArguments arguments_of(const Json& object, const std::string& path) {
  if (!object.is_object()) fail(path.empty() ? "the job" : path, "is not an object");
  CLI::App app;
  RunArguments arguments;
  declare_run_arguments(app, arguments);
  declare_run_only(app, arguments);
  Words words;
  for (const auto& [key, value] : object.items()) {
    if (path.empty() && (key == kSelections || key == kSchema)) continue;
    std::ranges::move(words_of(app, key, value, place(path, key)), std::back_inserter(words));
  }
  std::ranges::reverse(words);  // as CLI11 wants them
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    fail(path.empty() ? "the job" : path, error.what());
  }
  return arguments;
}

// Everything but the choice of cells and the thresholds is for the whole run.
void check_selection(const RunArguments& arguments, const std::string& path) {
  RunArguments own;
  own.axes = arguments.axes;
  own.param = arguments.param;
  own.filter = arguments.filter;
  const Words allowed = command_line(own);
  for (const std::string& word : command_line(arguments)) {
    if (std::ranges::find(allowed, word) == allowed.end()) {
      fail(path, fmt::format("{} is for the whole run; write it beside \"{}\"", word, kSelections));
    }
  }
  if (arguments.quiet || arguments.force || arguments.count || arguments.json || arguments.list_cells ||
      arguments.dry_run || !arguments.save_as.empty()) {
    fail(path, fmt::format("has an option for the whole run; write it beside \"{}\"", kSelections));
  }
}

RunJob job_of(const Json& document) {
  RunJob job{.common = arguments_of(document, ""), .selections = {}};
  const auto found = document.find(std::string(kSelections));
  if (found == document.end()) return job;
  constexpr std::size_t kMost = 1000;
  if (!found->is_array() || found->empty() || found->size() > kMost) {
    fail(std::string(kSelections), fmt::format("is not an array of 1 to {} objects", kMost));
  }
  for (std::size_t i = 0; i < found->size(); ++i) {
    const std::string path = fmt::format("{}[{}]", kSelections, i);
    job.selections.push_back(arguments_of((*found)[i], path));
    check_selection(job.selections.back(), path);
  }
  return job;
}

}  // namespace

RunJob parse_job(const std::function<std::string_view()>& next_piece, const std::string& origin) {
  try {
    return job_of(parse_document(next_piece, [](const Json&, std::size_t) {}));
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

RunJob read_job(const std::filesystem::path& file) {
  InputFile input(file);
  return parse_job([&input] { return input.next(); }, input.name());
}

RunRequest interpret(const RunJob& job, const RunArguments& arguments, const BenchmarkFlags& flags) {
  RunRequest request = interpret(overridden(job.common, arguments), flags);
  if (job.selections.empty()) return request;
  request.wanted.clear();
  for (std::size_t i = 0; i < job.selections.size(); ++i) {
    try {
      request.wanted.push_back(
          wanted_cells(overridden(overridden(job.common, job.selections[i]), arguments)));
    } catch (const UsageError& error) {
      throw UsageError(fmt::format("{}[{}]: {}", kSelections, i, error.what()));
    }
  }
  return request;
}

}  // namespace ipcbench
