// A textbook statement about communication between processes, how it is tested, and how the answers are
// shown.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bench/study/claims/answer.hpp"
#include "bench/study/claims/steps.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Tries the claim on this kernel, within a second or two. May throw what the kernel refuses.
using Experiment = Steps (*)();

struct Contest;

// What tests a claim: an experiment, or the cells of a report.
struct ClaimTrial {
  std::string_view claim;  // its name
  std::variant<Experiment, const Contest*> test;
  // What a report says beside the experiment, as further evidence.
  std::vector<std::string> (*beside)(const Report& report) = nullptr;
};
std::span<const ClaimTrial> claim_trials();

// A subject of the statements.
struct Chapter {
  std::string name;                   // "pipes"
  std::string title;                  // "Pipes and FIFOs"
  std::optional<MechanismKind> kind;  // of the mechanisms that it is about
};

struct Claim {
  std::string name;                 // stable: "pipe_capacity"
  unsigned number = 0;              // the name's alias in --claim; 0: it has none
  std::vector<unsigned> sentences;  // of SENTENCES.md, that the claim answers
  std::string statement;            // one sentence
  std::string source;               // who says it, if no textbook: an address
  Readings readings;
  const Chapter* chapter = nullptr;
  ClaimTrial trial;
};

// claims.json, each claim with its trial: every claim, chapter by chapter. Throws Error if a claim has no
// trial.
std::span<const Chapter> chapters();
std::span<const Claim> claims();

// Whether it is about this subject: its chapter or one of its statement's or name's words ("pipe" is
// "pipes"), a kind of mechanism, or the name of a mechanism of that kind.
bool is_about(const Claim& claim, std::string_view subject);

// "experiment" or "report".
std::string_view kind_of(const Claim& claim);

// Never throws. The claim stays untested, with the reason, if its experiment fails or if there is no report
// (null); it is not answerable if the report lacks the cells. Either finding includes the command that
// measures them.
Answer answer(const Claim& claim, const Report* report);

struct AnsweredClaim {
  const Claim* claim = nullptr;
  Answer answer;
};

struct ClaimAnswers {
  std::string system;       // where the experiments ran: "Linux 6.18.5, x86_64"
  std::string kernel;       // of that system: "6.18.5"
  std::string report_file;  // empty: none was given
  std::string report_host;  // where that report was measured
  std::vector<AnsweredClaim> answers;
};

// What a report alone says of the claims. Runs no experiment: those claims stay untested, and name the
// command that tries them.
ClaimAnswers answers_from(const Report& report, std::string report_file);

// For people, chapter by chapter: name, verdict, statement, finding and evidence, in lines of at most 100
// columns unless the name of a cell is longer.
std::string claims_text(const ClaimAnswers& answers);
// Everything, as one JSON object.
std::string claims_json(const ClaimAnswers& answers);
// A table of name, statement, verdict and finding for each chapter.
std::string claims_markdown(const ClaimAnswers& answers);

}  // namespace ipcbench
