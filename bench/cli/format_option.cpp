#include "bench/cli/format_option.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ipcbench {
namespace {

// --NAME for --format NAME.
CLI::Option* declare_shorthand(CLI::App& app, std::string& format, const std::string& name) {
  return app
      .add_flag_callback(
          "--" + name, [&format, name] { format = name; }, "The same as --format " + name)
      ->excludes(app.get_option("--format"));
}

}  // namespace

void declare_format(CLI::App& app, std::string& format, const std::vector<std::string>& names,
                    const std::string& help) {
  app.add_option("--format", format, help)
      ->type_name(fmt::format("{}", fmt::join(names, "|")))
      ->capture_default_str();
  declare_shorthand(app, format, "json");
}

void declare_csv(CLI::App& app, std::string& format) {
  declare_shorthand(app, format, "csv")->excludes(app.get_option("--json"));
}

}  // namespace ipcbench
