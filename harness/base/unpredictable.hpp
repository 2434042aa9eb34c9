// Names and keys that nobody can guess, or take before us. Each function throws KernelError.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace ipcbench {

std::uint64_t unpredictable_number();
std::string unpredictable_name();  // "ipcbench-" and 16 random hexadecimal digits
key_t unpredictable_key();         // of a System V object; not IPC_PRIVATE

}  // namespace ipcbench
