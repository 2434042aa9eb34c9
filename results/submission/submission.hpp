// A report on its way to a collection: redacted, and judged.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/text_layout.hpp"
#include "results/report/redaction.hpp"

namespace ipcbench {

// The fewest launches of a cell. Below six there is no interval of 95 % for their median (statistics.hpp),
// and trends and ranks weigh a cell by that interval.
inline constexpr std::size_t kFewestToSubmit = 6;

struct Submission {
  RedactedReport redacted;
  std::string digest;                // of the redacted text: its name in collections
  std::size_t compressed_bytes = 0;  // of the text as .json.zst
  std::size_t launches = 0;
  std::size_t cells = 0;
  std::vector<std::string> reasons;  // why a collection refuses it
  std::vector<std::string> too_few;  // why its medians are too uncertain
  std::vector<std::string> remarks;  // what readers of the collection see beside the figures
};

// text: the report's JSON. name: the file's; if that is a digest, the report claims to be ready as it is, and
// anything to replace is a reason. others: private names of this machine, which the report need not tell.
// Throws ReportError for a text that is no report or does not keep to the schema.
Submission prepare_submission(std::string_view text, const std::string& name, const PrivateNames& others);

// All facts that leave the machine, by name and value, then what was replaced: before and after.
std::string leaving_text(const Submission& submission, const TextStyle& style);
// What speaks for and against it.
std::string judgement_text(const Submission& submission, const TextStyle& style);

}  // namespace ipcbench
