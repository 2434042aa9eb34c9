// Whether a library that ends its process where it lacks something starts here: tried out in a child.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/printed_file.hpp"
#include "harness/base/shortage.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

// For available(). start: begins and ends what each end begins. otherwise: the remedy if nothing is known to
// be short.
inline Unavailable why_not_started(std::string_view library, const std::function<void()>& start,
                                   std::string_view otherwise) {
  constexpr std::chrono::seconds kLimit{
      8};  // it takes 10 to 20 ms; a launcher's limit for available() is 10 s
  std::string printed;
  try {
    const PrintedFile file;
    try {
      bytes_from_child(
          [&] {
            file.take_standard_streams();
            start();
            return std::string();
          },
          kLimit);
      return std::nullopt;
    } catch (const std::exception&) {
      printed = file.last_line();
      throw;
    }
  } catch (const std::exception& error) {
    const std::string reason = fmt::format("{} does not start: {}{}{}", library, explained(error),
                                           printed.empty() ? "" : "; it printed ", printed);
    return what_is_short() ? with_shortage(reason) : Error(reason, otherwise).what();
  }
}

}  // namespace ipcbench
