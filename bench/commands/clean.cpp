// ipcbench clean: removes the leftovers of killed runs of this user.
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "harness/base/units.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

std::string cleaning_text(const Cleaning& cleaning, bool only_look) {
  std::string text;
  for (const CleanedRun& run : cleaning.removed) {
    text += only_look ? fmt::format("would remove {}, and what its ledger notes\n", run.path)
                      : fmt::format("removed {}, and {} outside of it\n", run.path,
                                    counted(static_cast<std::uint64_t>(run.objects), "object"));
  }
  for (const std::string& path : cleaning.kept)
    text += fmt::format("kept {}: its run is in progress\n", path);
  return text.empty() ? fmt::format("Nothing was left in {}.\n", temporary_directory()) : text;
}

std::string cleaning_json(const Cleaning& cleaning, bool only_look) {
  nlohmann::ordered_json json;
  json["dry_run"] = only_look;
  json["removed"] = nlohmann::ordered_json::array();
  for (const CleanedRun& run : cleaning.removed) {
    json["removed"].push_back({{"path", run.path}, {"objects", run.objects}});
  }
  json["kept"] = cleaning.kept;
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

CommandAction declare_clean(CLI::App& app) {
  auto only_look = std::make_shared<bool>(false);
  auto json = std::make_shared<bool>(false);
  app.add_flag("--dry-run", *only_look, "Only list what would be removed");
  app.add_flag("--json", *json, "As JSON, for programs");
  app.footer(
      "A run that is killed is cleaned up after by its guardian, at once. This is for what a power cut or "
      "the\n"
      "end of a container left: the folders ipcbench-run-* of dead runs of yours below $TMPDIR (or /tmp), "
      "and\n"
      "the System V and POSIX objects that are noted in them. Every new run does the same first.");
  return [only_look, json](const Invocation&) {
    const Cleaning cleaning = clean_up_after_dead_runs(*only_look);
    print(*json ? cleaning_json(cleaning, *only_look) : cleaning_text(cleaning, *only_look));
    return Outcome::success;
  };
}

}  // namespace ipcbench
