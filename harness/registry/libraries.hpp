// Transports of libraries (ZeroMQ, gRPC, ...): mechanisms in shared objects beside the program, one for each
// library, so that the program is built, installed and started without those libraries. Each is loaded when a
// mechanism is first asked for that is not linked in. One that cannot be loaded leaves its mechanisms
// unavailable, with the reason and the remedy.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ipcbench {

struct LibraryTransports {
  std::string_view library;  // "ZeroMQ"
  std::string_view file;     // the shared object's name: "zmq.so"
  std::string_view package;  // Debian's, with what the build needs
  bool is_built = false;
  std::span<const std::string_view> mechanisms;  // that it registers when it is loaded
  // "NAME=value,...", for the environment before it is loaded: what the library otherwise does to a process
  // at that moment.
  std::string_view settings = {};
};

// Called before main() only, by what the build generates.
bool expect_library(const LibraryTransports& transports);

// What is expected, in the order of the names of the files.
std::span<const LibraryTransports> expected_libraries();

// Where the shared objects are: the first of `folders` that has the file. Null: none.
std::optional<std::filesystem::path> find_transports(std::string_view file,
                                                     std::span<const std::filesystem::path> folders);

}  // namespace ipcbench
