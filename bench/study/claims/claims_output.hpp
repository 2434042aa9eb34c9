// The answers to the claims as text, JSON and Markdown.
#pragma once

#include <string>
#include <vector>

#include "bench/study/claims/claim.hpp"

namespace ipcbench {

struct AnsweredClaim {
  const Claim* claim = nullptr;
  Answer answer;
};

struct ClaimAnswers {
  std::string system;       // where the experiments ran: "Linux 6.18.5, x86_64"
  std::string report_file;  // empty: none was given
  std::string report_host;  // where that report was measured
  std::vector<AnsweredClaim> answers;
};

// "17 confirmed, 2 refuted, 1 depends"; a verdict without claims is left out.
std::string count_verdicts(const std::vector<AnsweredClaim>& answers);

// For people: number, verdict, statement, finding and evidence, in lines of at most 100 columns as far as the
// names of cells allow.
std::string claims_text(const ClaimAnswers& answers);
// Everything, as one JSON object.
std::string claims_json(const ClaimAnswers& answers);
// A table of number, statement, verdict and finding.
std::string claims_markdown(const ClaimAnswers& answers);

}  // namespace ipcbench
