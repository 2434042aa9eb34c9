// Which mechanisms a requirement allows, by what they are and guarantee.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "bench/study/advise/requirement.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

struct Candidate {
  std::string mechanism;
  std::vector<std::string> lacks;  // "size", "peers", names of needs; empty: allowed
  std::string stands_behind = {};  // the mechanism of which it is a variant, if that has its place
};

// Every mechanism of the report but the floors. A variant stands behind its representative unless it allows
// more than that one. Mechanisms whose guarantees are not known lack every need.
std::vector<Candidate> candidates(const std::vector<MechanismInfo>& mechanisms,
                                  const std::map<std::string, Guarantees>& guarantees,
                                  const Requirement& requirement);

}  // namespace ipcbench
