#include "harness/base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/trim.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <system_error>

namespace ipcbench {
namespace {

constexpr std::array kForErrors{
    Remedy{EMFILE, "raise ulimit -n"},
    Remedy{ENFILE, "raise fs.file-max (sysctl)"},
    Remedy{ENOMEM, "free memory, or raise ulimit -v and what the container may have"},
    Remedy{EFBIG, "raise ulimit -f"},
    Remedy{ENOSYS,
           "allow the call where a seccomp filter (of the container) hides it, or take a kernel that has it"},
    Remedy{EPERM, "allow the call in the seccomp filter of the container, or run with the privilege for it"},
};

constexpr std::array kForSignals{
    Remedy{SIGXCPU, "raise ulimit -t"},
    Remedy{SIGXFSZ, "raise ulimit -f"},
    Remedy{SIGSYS, "allow the call in the seccomp filter of the container"},
    Remedy{SIGBUS, "if memory or a file system is full, make room there"},
    Remedy{SIGKILL, "if the kernel lacked memory (dmesg), raise what the container may have"},
};

// The text of the first remedy for `number`; empty if there is none.
template <class Remedies>
std::string_view find(const Remedies& remedies, int number) noexcept {
  for (const Remedy& remedy : remedies) {
    if (remedy.number == number) return remedy.text;
  }
  return {};
}

// Without the full stop of a sentence that goes on.
std::string_view to_be_followed(std::string_view cause, bool is_followed) {
  if (is_followed && cause.ends_with('.') && !cause.ends_with("..")) cause.remove_suffix(1);
  return cause;
}

std::string text_of(std::string_view cause, std::string_view remedy, int number) {
  return fmt::format("{}{}{}{}{}", cause, remedy.empty() ? "" : "; ", remedy, number == 0 ? "" : ": ",
                     number == 0 ? "" : std::generic_category().message(number));
}

}  // namespace

Error::Error(std::string_view cause, std::string_view remedy, int number)
    : std::runtime_error(text_of(to_be_followed(cause, !remedy.empty() || number != 0), remedy, number)),
      cause_bytes_(to_be_followed(cause, !remedy.empty() || number != 0).size()),
      remedy_at_(cause_bytes_ + (remedy.empty() ? 0 : 2)),
      remedy_bytes_(remedy.size()),
      number_(number) {}

KernelError::KernelError(int number, std::string_view cause, std::string_view remedy)
    : Error(cause, remedy.empty() ? usual_remedy(number) : remedy, number) {}

std::string_view usual_remedy(int number, std::string_view otherwise) noexcept {
  const std::string_view usual = find(kForErrors, number);
  return usual.empty() ? otherwise : usual;
}

void throw_error(int number, const char* cause) { throw KernelError(number, cause); }

void throw_error(int number, std::string_view cause, std::initializer_list<Remedy> remedies) {
  throw KernelError(number, cause, find(remedies, number));
}

void throw_errno(const char* cause) { throw_error(errno, cause); }

void throw_errno(const char* cause, std::initializer_list<Remedy> remedies) {
  throw_error(errno, cause, remedies);
}

bool is_refusal(const std::exception& error) noexcept {
  return dynamic_cast<const KernelError*>(&error) != nullptr ||
         dynamic_cast<const std::system_error*>(&error) != nullptr ||
         dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
}

std::string one_line_of(std::string text) {
  boost::algorithm::trim_right(text);
  std::ranges::replace_if(
      text, [](char each) { return each == '\n' || each == '\r'; }, ' ');
  return text;
}

std::string explained(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
    return Error("out of memory", usual_remedy(ENOMEM)).what();
  if (dynamic_cast<const Error*>(&error) != nullptr) return error.what();  // which may quote what a user gave
  return one_line_of(error.what());
}

std::string describe_signal(int signal) {
  return Error(fmt::format("killed by signal {} ({})", signal, strsignal(signal)), find(kForSignals, signal))
      .what();
}

}  // namespace ipcbench
