#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"
#include "results/report/json_document.hpp"
#include "results/submission/submission.hpp"

namespace ipcbench {
namespace {

// A name with its value, or with several lines of it.
class FactLines {
 public:
  explicit FactLines(std::size_t columns) : columns_(columns) {}

  void add(const std::string& name, const std::string& value) {
    const std::string shown = value.empty() ? "(empty)" : printable_line(value);
    text_ += wrap_paragraph("  ", fmt::format("{}: {}", name, shown), columns_);
  }

  // Everything below `name`. Of lists of objects only the keys and the sentences are shown.
  void add_all(const Json& json, const std::string& name) {
    if (json.is_object()) {
      for (const auto& [key, value] : json.items()) add_all(value, fmt::format("{}.{}", name, key));
    } else if (json.is_array() && !json.empty() && json.front().is_object()) {
      add_list(json, name);
    } else {
      add(name, json.is_string() ? json.get<std::string>() : json_text(json));
    }
  }

  void add_list(const Json& list, const std::string& name) {
    std::set<std::string> keys;
    std::set<std::string> sentences;
    for (const Json& element : list) {
      for (const auto& [key, value] : element.items()) {
        keys.insert(key);
        if (!is_sentence(fmt::format("{}[].{}", name, key)) || !value.is_string()) continue;
        if (auto text = value.get<std::string>(); !text.empty()) sentences.insert(std::move(text));
      }
    }
    add(name, fmt::format("{} of {}", counted(list.size(), "item"), fmt::join(keys, ", ")));
    for (const std::string& each : sentences)
      text_ += wrap_paragraph("    - ", printable_line(each), columns_);
  }

  std::string take() { return std::move(text_); }

 private:
  static bool is_sentence(const std::string& place) {
    return std::ranges::any_of(text_places(), [&](const TextPlace& each) {
      return each.place == place && each.disclosure == Disclosure::searched;
    });
  }

  std::string text_;
  std::size_t columns_;
};

// The keys of rows, those of `ipc` among them.
void add_keys(const Json& row, std::set<std::string>& keys) {
  for (const auto& [key, value] : row.items()) {
    if (!value.is_object()) {
      keys.insert(key);
      continue;
    }
    for (const auto& [inner, ignored] : value.items()) keys.insert(fmt::format("{}.{}", key, inner));
  }
}

std::string paragraphs(std::string_view title, const std::vector<std::string>& lines,
                       const TextStyle& style) {
  if (lines.empty()) return {};
  std::string text = fmt::format("\n{}\n", title);
  for (const std::string& line : lines) text += wrap_paragraph("  - ", printable_line(line), style.columns);
  return text;
}

std::string replaced_text(const std::vector<Redaction>& changes, const TextStyle& style) {
  if (changes.empty()) return "\nNothing in it had to be replaced.\n";
  std::string text = "\nReplaced before it leaves (before, then after; only this screen shows it)\n";
  for (const Redaction& each : changes) {
    text += fmt::format("  {}\n", printable_line(each.place));
    text += wrap_paragraph("    - ", printable_line(each.before), style.columns);
    text += wrap_paragraph("    + ", each.after.empty() ? "(left out)" : printable_line(each.after),
                           style.columns);
  }
  return text;
}

}  // namespace

std::string leaving_text(const Submission& submission, const TextStyle& style) {
  std::set<std::string> keys;
  const Json frame = parse_document(pieces_of(submission.redacted.text),
                                    [&](const Json& row, std::size_t /*index*/) { add_keys(row, keys); },
                                    {.skipped = {"histogram", "sent_histogram", "windows"}});
  FactLines lines(style.columns);
  lines.add_all(frame.at("context"), "context");
  lines.add_all(frame.at("ipcbench"), "ipcbench");
  lines.add("benchmarks", fmt::format("{} of {}, each with {}", counted(submission.launches, "launch"),
                                      counted(submission.cells, "cell"), fmt::join(keys, ", ")));
  return fmt::format("What would leave this machine: {} of JSON, {} as .json.zst\n{}{}",
                     format_count(static_cast<double>(submission.redacted.text.size())) + "B",
                     format_count(static_cast<double>(submission.compressed_bytes)) + "B", lines.take(),
                     replaced_text(submission.redacted.changes, style));
}

std::string judgement_text(const Submission& submission, const TextStyle& style) {
  return paragraphs("Shown beside its figures", submission.remarks, style) +
         paragraphs("Too uncertain", submission.too_few, style) +
         paragraphs("Refused", submission.reasons, style);
}

}  // namespace ipcbench
