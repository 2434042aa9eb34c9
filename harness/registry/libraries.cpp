#include "harness/registry/libraries.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/shortage.hpp"
#include "harness/base/units.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::vector<LibraryTransports>& libraries() {
  static std::vector<LibraryTransports> all;
  return all;
}

// Beside the program in a build tree, beside a test program's folder, and where they are installed.
std::vector<fs::path> transport_folders() {
  std::error_code unknown;
  const fs::path folder = fs::read_symlink("/proc/self/exe", unknown).parent_path();
  if (unknown) return {};
  return {folder / "transports", folder.parent_path() / "transports",
          folder.parent_path() / "lib/ipcbench/transports"};
}

// Empty: it is loaded, and its mechanisms have registered themselves.
Unavailable why_not_loaded(const LibraryTransports& transports) {
  if (!transports.is_built)
    return fmt::format("this program was built without {}; remedy: install {} and build again",
                       transports.library, transports.package);
  const std::vector<fs::path> folders = transport_folders();
  if (folders.empty())
    return fmt::format("{} is beside the program, which does not know where it is without /proc; mount /proc",
                       transports.file);
  const auto file = find_transports(transports.file, folders);
  if (!file)
    return fmt::format("{} is not installed beside the program; remedy: install ipcbench-libraries",
                       transports.file);
  for (const std::string_view setting : split_at_commas(transports.settings)) {
    const std::size_t equals = setting.find('=');
    setenv(std::string(setting.substr(0, equals)).c_str(), std::string(setting.substr(equals + 1)).c_str(),
           1);
  }
  // Never closed: the registered functions are in it. Local, so that the libraries of two transports do not
  // meet.
  if (dlopen(file->c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr)
    return with_shortage(fmt::format("{} cannot be loaded: {}", transports.file, dlerror()));
  return std::nullopt;
}

[[noreturn]] void refuse(const LinkSpec& spec) {
  throw Error(fmt::format("{} is not available here", spec.mechanism));
}

MechanismEntry unavailable_entry(const LibraryTransports& transports, std::string_view mechanism,
                                 const std::string& reason) {
  return {
      .traits = {.name = mechanism,
                 .summary = transports.library,
                 .kind = MechanismKind::library,
                 .made_of = transports.library,
                 .kinship = Kinship::named},
      .parameters = {},
      .available = [reason] { return Unavailable(reason); },
      .message_limit = [](const Settings&) { return MessageLimit(); },
      .refuses = nullptr,
      .create = [](const LinkSpec& spec, const Ways&) -> std::unique_ptr<Link> { refuse(spec); },
      .join = [](const LinkSpec& spec, const Ways&, EndId, const AddressOf&) -> std::unique_ptr<Link> {
        refuse(spec);
      },
      .try_out = [](const LinkSpec& spec) -> std::unique_ptr<Trial> { refuse(spec); },
      .try_join = nullptr,
  };
}

void load_libraries() {
  for (const LibraryTransports& transports : libraries()) {
    const Unavailable reason = why_not_loaded(transports);
    if (!reason) continue;
    for (const std::string_view mechanism : transports.mechanisms)
      register_mechanism(unavailable_entry(transports, mechanism, *reason));
  }
}

}  // namespace

bool expect_library(const LibraryTransports& transports) {
  libraries().insert(std::ranges::upper_bound(libraries(), transports.file, {}, &LibraryTransports::file),
                     transports);
  register_later(load_libraries);
  return true;
}

std::span<const LibraryTransports> expected_libraries() { return libraries(); }

std::optional<fs::path> find_transports(std::string_view file, std::span<const fs::path> folders) {
  const auto found = std::ranges::find_if(folders, [&](const fs::path& folder) {
    std::error_code unreadable;
    return fs::is_regular_file(folder / file, unreadable);
  });
  return found == folders.end() ? std::nullopt : std::optional(*found / file);
}

}  // namespace ipcbench
