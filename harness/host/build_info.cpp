#include <fmt/format.h>

#include "harness/host/environment.hpp"

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

// GCC has no macro for -fsanitize=undefined, but the program then contains this function of its runtime.
// NOLINTNEXTLINE(bugprone-reserved-identifier)
extern "C" __attribute__((weak)) void __ubsan_handle_builtin_unreachable(void*);

namespace ipcbench {

// Where the source was a Git checkout: twelve digits, and "-changed" if tracked files had been changed; else
// empty. In a file that the build writes (cmake/commit.cmake).
extern const std::string_view kProgramCommit;

namespace {

std::string sanitizers() {
  std::string names;
  const auto add = [&names](const char* name) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  };
#ifdef __SANITIZE_ADDRESS__
  add("address");
#endif
#ifdef __SANITIZE_THREAD__
  add("thread");
#endif
  if (__ubsan_handle_builtin_unreachable != nullptr) add("undefined");
  return names;
}

}  // namespace

std::vector<Fact> build_facts() {
#ifdef __OPTIMIZE__
  std::vector<Fact> facts{{"build_type", "release"}};
#else
  std::vector<Fact> facts{{"build_type", "debug"}};
#endif
  if (std::string names = sanitizers(); !names.empty())
    facts.push_back({"build_sanitizers", std::move(names)});
#ifdef __clang__
  facts.push_back(
      {"compiler", fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__)});
#else
  facts.push_back({"compiler", fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__)});
#endif
#ifdef __GLIBC__
  facts.push_back({"libc", fmt::format("glibc {}", gnu_get_libc_version())});
#endif
  if (!kProgramCommit.empty()) facts.push_back({"program_commit", std::string(kProgramCommit)});
  return facts;
}

}  // namespace ipcbench
