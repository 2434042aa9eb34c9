#include "bench/cli/format_option.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ipcbench {

void declare_format(CLI::App& app, std::string& format, const std::vector<std::string>& names,
                    const std::string& help) {
  CLI::Option* const option = app.add_option("--format", format, help)
                                  ->type_name(fmt::format("{}", fmt::join(names, "|")))
                                  ->capture_default_str();
  app.add_flag_callback(
         "--json", [&format] { format = "json"; }, "The same as --format json")
      ->excludes(option);
}

}  // namespace ipcbench
