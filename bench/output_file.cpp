#include "bench/output_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "bench/console.hpp"
#include "bench/exit_code.hpp"
#include "results/whole_file.hpp"

namespace ipcbench {

void write_out(const std::string& file, std::string_view text) {
  if (file.empty()) return print(text);
  refuse_planted_link(file);
  std::ofstream stream(file, std::ios::trunc);
  stream << text << std::flush;
  if (!stream) {
    throw UsageError(fmt::format("--out: cannot write {}: {}", file, std::generic_category().message(errno)));
  }
}

}  // namespace ipcbench
