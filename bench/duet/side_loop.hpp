// A side's part of a duet: answers what it is asked, one line for each.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bench/run/plan.hpp"
#include "bench/run/session.hpp"

namespace ipcbench {

struct SideLoop {
  const Plan& plan;
  const SessionOptions& options;
  // The next line without its end; empty: there is none any more.
  std::function<std::optional<std::string>()> next_line;
  std::function<void(const std::string&)> answer;

  // Greets, and answers until there is nothing more to answer or it is interrupted. Throws ReportError for a
  // line that is no request, and for a cell that there is not.
  void run() const;
};

}  // namespace ipcbench
