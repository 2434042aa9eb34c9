// Facts and doubts about the host and the session, as a report carries them.
#pragma once

#include <string>

namespace ipcbench {

// A fact as it stands in the report: a name in snake_case and the host's own text or number as text.
struct Fact {
  std::string name;
  std::string value;
};

struct Doubt {
  enum class Level { info, warn, invalid };
  Level level = Level::info;
  std::string what;    // one sentence: what was seen
  std::string advice;  // one sentence: what would remove the doubt
};

}  // namespace ipcbench
