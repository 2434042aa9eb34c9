// One side of a duet: answers requests, one line each.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bench/run/plan.hpp"
#include "bench/run/session.hpp"

namespace ipcbench {

// Greets, and answers until next_line() is empty or the session is interrupted. Lines have no line end.
// Throws ReportError for a line that is not a request, and for an unknown cell.
void serve_duet(const Plan& plan, const SessionOptions& options,
                const std::function<std::optional<std::string>()>& next_line,
                const std::function<void(const std::string&)>& answer);

}  // namespace ipcbench
