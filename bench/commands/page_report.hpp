// A report as the page takes it: with the answers that this program finds in it.
#pragma once

#include <filesystem>

#include "plots/named_report.hpp"

namespace ipcbench {

// Named after its file.
NamedReport page_report(Report report, const std::filesystem::path& file);

}  // namespace ipcbench
