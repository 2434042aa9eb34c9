// A report without what names its machine, its people and its folders.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/private_names.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// What happens to a text when a report leaves its machine.
enum class Disclosure : std::uint8_t {
  kept,      // a word of the program: a name of a cell, a level, an identifier drawn at random
  searched,  // a sentence or a fact of the machine: private names and paths in it are replaced
  replaced   // it is private as a whole, or its form is known: see redaction.cpp
};

// Every place of a report that holds text. "[]" is any element of an array, "*" any key of an object whose
// keys are names: "ipcbench.host.*".
struct TextPlace {
  std::string_view place;
  Disclosure disclosure;
};
std::span<const TextPlace> text_places();

struct Redaction {
  std::string place;  // "ipcbench.host.kernel_command_line"
  std::string before;
  std::string after;

  friend auto operator<=>(const Redaction&, const Redaction&) = default;
};

struct RedactedReport {
  std::string text;                // JSON, the same bytes for the same report; a report in itself
  std::vector<Redaction> changes;  // each once; empty: the report may leave as it is
  // Places, with their texts, that still have a name: texts that are kept have not been searched before.
  // after: the name.
  std::vector<Redaction> left;
};

// `text` is the report's, `names` those that searchable_names() returns. Redacting the result again changes
// nothing. Checks the schema on the way: throws ReportError for what does not fit it, FileError without
// valijson (schema_check.hpp). Keys that other writers of Google Benchmark's format added to `context` are
// left out: nobody knows what they tell.
RedactedReport redacted(std::string_view text, const Report& report, const PrivateNames& names);

// The arguments of a program without files: the values of options that take one, and every argument that is
// a path or the name of a JSON file. Private names are replaced as in sentences.
std::vector<std::string> redacted_command(const std::vector<std::string>& command, const PrivateNames& names);

// The parameters that influence figures (kernel-parameters.txt), such as mitigations=off and isolcpus=2-3.
// Others tell of disks, hosts and networks.
std::string redacted_kernel_command_line(std::string_view line);

}  // namespace ipcbench
