#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <map>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_headline.hpp"
#include "results/comparison/comparison_view.hpp"

namespace ipcbench {
namespace {

// For text that printable_line() has cleaned: XML 1.0 cannot express most control characters, nor bytes that
// are not UTF-8 (section 2.2).
std::string xml_escaped(std::string text) {
  boost::replace_all(text, "&", "&amp;");
  boost::replace_all(text, "<", "&lt;");
  boost::replace_all(text, ">", "&gt;");
  boost::replace_all(text, "\"", "&quot;");
  return text;
}

// How a test case ends: the element in which JUnit XML says so ("failure", "error", "skipped"); empty if it
// passed.
using Outcome = std::string_view;

// What the gate does not fail for passes, however little is known about it; its output says how little.
Outcome outcome_of(const Findings& findings) {
  const auto has = [&](Verdict verdict) {
    return std::ranges::any_of(findings, [&](const Finding* f) { return f->gated && f->verdict == verdict; });
  };
  if (has(Verdict::regressed)) return "failure";
  if (has(Verdict::invalid)) return "error";
  const Verdict worst = findings.front()->verdict;
  return worst == Verdict::invalid || worst == Verdict::incomparable ? "skipped" : "";
}

Outcome outcome_of(const Absence& absence) {
  if (absence.verdict == Verdict::invalid) return "error";
  return absence.verdict == Verdict::missing && !absence.allowed ? "failure" : "skipped";
}

// The number of test cases by outcome.
using Counts = std::map<Outcome, std::size_t>;

std::string attributes(Counts counts) {
  std::size_t tests = 0;
  for (const auto& [outcome, cases] : counts) tests += cases;
  return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", tests, counts["failure"],
                     counts["error"], counts["skipped"]);
}

// One <testsuite>, written as its cases are added.
class Suite {
 public:
  Suite(std::string_view name, std::string_view headline)
      : name_(xml_escaped(printable_line(name))), headline_(xml_escaped(printable_line(headline))) {}

  void add(const std::string& name, const Findings& findings) {
    if (findings.empty()) return;
    const Finding& worst = *findings.front();
    std::string figures;
    for (const Finding* finding : findings) {
      figures +=
          xml_escaped(fmt::format("{}: {}", verdict_text(*finding), finding_sentence(*finding))) + "&#10;";
    }
    add_case(name, worst.verdict, outcome_of(findings),
             fmt::format("{}: {}", verdict_text(worst), telling_sentences(findings)),
             fmt::format("      <system-out>{}</system-out>\n", figures));
  }
  void add(const Absence& absence) {
    add_case(absence.cell, absence.verdict, outcome_of(absence),
             fmt::format("{}: {}", name_of(absence.verdict), absence.reason), "");
  }

  [[nodiscard]] const Counts& counts() const { return counts_; }
  [[nodiscard]] std::string xml() const {
    return fmt::format(
        "  <testsuite name=\"{}\" {}>\n"
        "    <properties><property name=\"comparison\" value=\"{}\"/></properties>\n{}  </testsuite>\n",
        name_, attributes(counts_), headline_, cases_);
  }

 private:
  void add_case(const std::string& name, Verdict verdict, Outcome outcome, std::string_view message,
                std::string_view output) {
    ++counts_[outcome];
    cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", name_,
                          xml_escaped(printable_line(name)));
    if (!outcome.empty()) {
      // Skipped cases have no type in JUnit XML.
      const std::string type = outcome == "skipped" ? "" : fmt::format(" type=\"{}\"", name_of(verdict));
      cases_ +=
          fmt::format("      <{}{} message=\"{}\"/>\n", outcome, type, xml_escaped(printable_line(message)));
    }
    cases_ += fmt::format("{}    </testcase>\n", output);
  }

  std::string name_;
  std::string headline_;  // of the whole comparison
  std::string cases_;
  Counts counts_;
};

std::vector<Suite> suites_of(const Comparison& comparison) {
  const ComparedGroups groups = group_findings(comparison);
  const std::string line = headline(comparison);
  std::vector<Suite> suites;
  if (!groups.whole.empty()) suites.emplace_back("all cells", line).add("all cells together", groups.whole);
  for (const ComparedFamily& family : groups.families) {
    Suite& suite = suites.emplace_back(family.name, line);
    suite.add("the family as a whole", family.findings);
    for (const FindingGroup& cell : family.cells) suite.add(cell.name, cell.findings);
  }
  if (comparison.absences.empty()) return suites;
  Suite& absent = suites.emplace_back("not compared", line);
  for (const Absence& absence : comparison.absences) absent.add(absence);
  return suites;
}

}  // namespace

std::string comparison_junit(const Comparison& comparison, const FormatOptions& /*options*/) {
  Counts counts;
  std::string xml;
  for (const Suite& suite : suites_of(comparison)) {
    for (const auto& [outcome, cases] : suite.counts()) counts[outcome] += cases;
    xml += suite.xml();
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ipcbench compare\" "
      "{}>\n{}</testsuites>\n",
      attributes(counts), xml);
}

}  // namespace ipcbench
