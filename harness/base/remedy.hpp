// What a person can do about an error that means the same wherever it comes from: a limit that is reached, a
// call that the kernel does not have or that a policy forbids.
#pragma once

#include <exception>
#include <string>

namespace ipcbench {

// Null where the remedy depends on what was tried.
const char* usual_remedy(int error) noexcept;

// Throws std::system_error: "what; usual remedy: the kernel's message". A `what` with a semicolon has a
// remedy of its own behind it, and keeps that one.
[[noreturn]] void throw_error(int error, const char* what);
// The same for errno.
[[noreturn]] void throw_errno(const char* what);

// what(), but for those of the library's exceptions that say nothing to a user.
std::string explained(const std::exception& error);

// "killed by signal 24 (CPU time limit exceeded)", and the remedy of those that a limit of the system sends.
std::string describe_signal(int signal);

}  // namespace ipcbench
