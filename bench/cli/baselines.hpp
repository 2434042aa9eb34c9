// Reports that were saved under a name, as bases of later comparisons.
#pragma once

#include <filesystem>
#include <string>

namespace ipcbench {

// The file of a saved report: NAME.json in the folder `baselines` of results_folder(). Throws UsageError,
// which names --save-as, if the name is none: letters, digits, '.', '-' and '_', of which it does not begin
// with '.' or '-'.
std::filesystem::path baseline_file(const std::string& name);

// The file that an argument of `compare` means: itself if there is such a file or it looks like one, else the
// report that was saved under that name. Throws UsageError, which lists the saved ones.
std::string report_named(const std::string& argument);

}  // namespace ipcbench
