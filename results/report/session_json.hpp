// The session as a report has it, for whoever names the session that something comes from.
#pragma once

#include <nlohmann/json.hpp>

#include "results/report/report.hpp"

namespace ipcbench {

nlohmann::ordered_json session_json(const Session& session);

}  // namespace ipcbench
