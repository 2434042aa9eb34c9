// A command of several words in one argument.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// "setarch -R './my build/ipcbench'" as its three words: as a shell splits it, with '...', "..." and \, but
// without variables, patterns and everything else that a shell would put in their place. Throws UsageError
// that names the argument for a quotation without an end.
std::vector<std::string> split_words(std::string_view argument, std::string_view text);

}  // namespace ipcbench
