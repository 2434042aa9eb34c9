#include "harness/base/remedy.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <string_view>
#include <system_error>

namespace ipcbench {
namespace {

struct Remedy {
  int of;
  const char* text;
};

constexpr std::array kOfErrors{
    Remedy{EMFILE, "raise ulimit -n"},
    Remedy{ENFILE, "raise fs.file-max (sysctl)"},
    Remedy{ENOMEM, "free memory, or raise ulimit -v and what the container may have"},
    Remedy{EFBIG, "raise ulimit -f"},
    Remedy{ENOSYS,
           "allow the call where a seccomp filter (of the container) hides it, or take a kernel that has it"},
    Remedy{EPERM, "allow the call in the seccomp filter of the container, or run with the privilege for it"},
};

constexpr std::array kOfSignals{
    Remedy{SIGXCPU, "raise ulimit -t"},
    Remedy{SIGXFSZ, "raise ulimit -f"},
    Remedy{SIGSYS, "allow the call in the seccomp filter of the container"},
    Remedy{SIGBUS, "if memory or a file system is full, make room there"},
    Remedy{SIGKILL, "if the kernel lacked memory (dmesg), raise what the container may have"},
};

template <std::size_t N>
const char* find(const std::array<Remedy, N>& remedies, int of) noexcept {
  for (const Remedy& remedy : remedies) {
    if (remedy.of == of) return remedy.text;
  }
  return nullptr;
}

}  // namespace

const char* usual_remedy(int error) noexcept { return find(kOfErrors, error); }

void throw_error(int error, const char* what) {
  const char* const remedy =
      std::string_view(what).find(';') == std::string_view::npos ? usual_remedy(error) : nullptr;
  throw std::system_error(error, std::system_category(),
                          remedy == nullptr ? std::string(what) : fmt::format("{}; {}", what, remedy));
}

void throw_errno(const char* what) { throw_error(errno, what); }

std::string explained(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) == nullptr) return error.what();
  return fmt::format("out of memory; {}", usual_remedy(ENOMEM));
}

std::string describe_signal(int signal) {
  const char* const remedy = find(kOfSignals, signal);
  return fmt::format("killed by signal {} ({}){}{}", signal, strsignal(signal), remedy == nullptr ? "" : "; ",
                     remedy == nullptr ? "" : remedy);
}

}  // namespace ipcbench
