// Where a command's result goes: the option --out that commands have in common.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// Writes to `file` over what it held, or to standard output if there is no file. Throws UsageError, which
// names
// --out and the cause.
void write_out(const std::string& file, std::string_view text);

}  // namespace ipcbench
