// ipcbench new-mechanism: a repository for a mechanism of one's own, beginning as a worked example.
#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <cctype>
#include <filesystem>
#include <memory>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "harness/base/error.hpp"
#include "harness/cleanup/whole_file.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// mechanisms/testing/example_mechanism.cpp and harness/plugin/testing/example_transport.c, as the tests run
// them.
std::string_view example_mechanism_file();
std::string_view example_transport_file();

namespace {

namespace fs = std::filesystem;

struct NewMechanism {
  std::string name;
  std::string out;
  bool library = false;
};

constexpr std::string_view kProgramBuild = R"(cmake_minimum_required(VERSION 3.25)
project(NAME CXX)
find_package(ipcbench VERSION REQUIRED COMPONENTS conformance)
ipcbench_add_program(NAME NAME.cpp)      # build/NAME is ipcbench with this mechanism in it
ipcbench_add_conformance(NAME NAME.cpp)  # ctest asks of it what is asked of all mechanisms
)";
constexpr std::string_view kProgramReadme = R"(# NAME

A mechanism for [ipcbench](https://github.com/ipcbench/ipcbench): `NAME.cpp` begins as a worked example. Change its
class; what a mechanism may and must say is in `harness/contract/mechanism.hpp` of the installed headers.

```sh
cmake -B build && cmake --build build           # CMAKE_PREFIX_PATH=DIR if ipcbench is installed below DIR
build/NAME list -m NAME --long
ctest --test-dir build --output-on-failure      # the conformance suite
build/NAME probe -m NAME                        # what it guarantees here
build/NAME run --profile quick -m NAME,pipe -o report.json && build/NAME plot report.json --out charts
```
)";
constexpr std::string_view kLibraryBuild = R"(cmake_minimum_required(VERSION 3.25)
project(NAME C)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_path(IPCBENCH_INCLUDE_DIR ipcbench_plugin.h REQUIRED)
add_library(NAME MODULE NAME.c)
target_include_directories(NAME PRIVATE ${IPCBENCH_INCLUDE_DIR})
)";
constexpr std::string_view kLibraryReadme = R"(# NAME

A transport for [ipcbench](https://github.com/ipcbench/ipcbench), as a shared object that the program loads: `NAME.c` begins as
a worked example. Any language that exports a C function will do; `ipcbench_plugin.h` says what it has to export.

```sh
cmake -B build && cmake --build build           # CMAKE_PREFIX_PATH=DIR if ipcbench is installed below DIR
ipcbench list --plugin build/libNAME.so -m NAME --long
ipcbench probe --plugin build/libNAME.so -m NAME
ipcbench run --plugin build/libNAME.so --profile quick -m NAME,pipe -o report.json
```
)";

// "my_ring" -> "MyRing".
std::string class_name(const std::string& name) {
  std::string result;
  bool starts_word = true;
  for (const char c : name) {
    if (c != '_') result += starts_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    starts_word = c == '_';
  }
  return result;
}

std::string for_name(std::string_view text, const std::string& name) {
  std::string result = boost::replace_all_copy(std::string(text), "NAME", name);
  return boost::replace_all_copy(result, "VERSION REQUIRED", IPCBENCH_VERSION " REQUIRED");
}

std::string mechanism_source(const std::string& name) {
  const std::string_view example = example_mechanism_file();
  std::string text(example.substr(example.find("// The mechanism:")));
  boost::replace_all(text, "example_mailbox", name);
  boost::replace_all(text, "ExampleMailbox", class_name(name));
  return text;
}

std::string transport_source(const std::string& name) {
  std::string text(example_transport_file());
  boost::replace_all(text, "example_c", name);
  boost::replace_all(text, "example_transport", name);
  return text;
}

void check(const NewMechanism& wanted) {
  const auto is_allowed = [](char c) {
    return std::islower(static_cast<unsigned char>(c)) != 0 ||
           std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  if (!std::ranges::all_of(wanted.name, is_allowed) ||
      std::isalpha(static_cast<unsigned char>(wanted.name.front())) == 0 || wanted.name.size() > 40)
    throw UsageError(fmt::format("{}: not a name for a mechanism", wanted.name),
                     "1 to 40 of a-z, 0-9 and _, beginning with a letter, as in my_ring");
  if (find_mechanism(wanted.name) != nullptr)
    throw UsageError(fmt::format("{}: there is a mechanism of that name", wanted.name), "choose another");
}

Outcome write_repository(const NewMechanism& wanted) {
  check(wanted);
  const fs::path folder = wanted.out.empty() ? fs::path(wanted.name) : fs::path(wanted.out);
  if (fs::exists(folder) && !fs::is_empty(folder))
    throw UsageError(fmt::format("{}: is there already, and not empty", folder.string()),
                     "name another folder with --out");
  fs::create_directories(folder);
  const auto write = [&](const std::string& file, const std::string& text) {
    write_whole_file(folder / file, text);
    print(fmt::format("{}\n", (folder / file).string()));
  };
  write(wanted.name + (wanted.library ? ".c" : ".cpp"),
        wanted.library ? transport_source(wanted.name) : mechanism_source(wanted.name));
  write("CMakeLists.txt", for_name(wanted.library ? kLibraryBuild : kProgramBuild, wanted.name));
  write("README.md", for_name(wanted.library ? kLibraryReadme : kProgramReadme, wanted.name));
  write(".gitignore", "build/\n");
  return Outcome::success;
}

}  // namespace

CommandAction declare_new_mechanism(CLI::App& app) {
  auto wanted = std::make_shared<NewMechanism>();
  app.add_option("NAME", wanted->name, "How cells will call it: a-z, 0-9 and _")->required();
  app.add_option("-o,--out", wanted->out, "The folder to write (default: NAME)")->type_name("DIR");
  app.add_flag("--library", wanted->library,
               "A shared object in C for --plugin, instead of a program with the mechanism in it");
  return [wanted](const Invocation&) { return write_repository(*wanted); };
}

}  // namespace ipcbench
