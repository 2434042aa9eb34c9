#include <fmt/format.h>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/comparison_groups.hpp"
#include "results/comparison/comparison_words.hpp"

namespace ipcbench {
namespace {

// XML 1.0 has no way to write most control characters, nor a byte that is not UTF-8 (section 2.2).
std::string xml_escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    switch (letter) {
      case '<':
        safe += "&lt;";
        break;
      case '>':
        safe += "&gt;";
        break;
      case '&':
        safe += "&amp;";
        break;
      case '"':
        safe += "&quot;";
        break;
      case '\n':
        safe += "&#10;";
        break;
      default:
        safe += letter;
    }
  }
  return safe;
}

// How a test case ends.
enum class Outcome { passed, failure, error, skipped };

struct TestCase {
  std::string name;
  Outcome outcome = Outcome::passed;
  std::string type;     // the verdict
  std::string message;  // empty if passed
  std::string figures;  // of all metrics, a line each
};

struct TestSuite {
  std::string name;
  std::vector<TestCase> cases;
};

Outcome outcome_of(Verdict verdict, bool gated) {
  switch (verdict) {
    case Verdict::regressed:
      return gated ? Outcome::failure : Outcome::skipped;
    case Verdict::invalid:
      return gated ? Outcome::error : Outcome::skipped;
    case Verdict::improved:
    case Verdict::unchanged:
      return Outcome::passed;
    case Verdict::missing:
    case Verdict::incomparable:
    case Verdict::unguarded:
    case Verdict::inconclusive:
    case Verdict::added:
      break;
  }
  return Outcome::skipped;
}

TestCase case_of(const std::string& name, const Findings& findings) {
  const Finding& worst = *findings.front();
  TestCase test{.name = name,
                .outcome = outcome_of(worst.verdict, worst.gated),
                .type = std::string(name_of(worst.verdict)),
                .message = {},
                .figures = {}};
  for (const Finding* finding : findings) {
    test.figures += fmt::format("{}: {}\n", verdict_text(*finding), finding_sentence(*finding));
  }
  if (test.outcome == Outcome::passed) return test;
  test.message = fmt::format("{}: ", verdict_text(worst));
  for (const Finding* finding : telling(findings)) {
    test.message += fmt::format("{}{}", test.message.ends_with(": ") ? "" : "; ", finding_sentence(*finding));
  }
  return test;
}

TestSuite suite_of(const ComparedFamily& family) {
  TestSuite suite{.name = family.name, .cases = {}};
  if (!family.findings.empty()) suite.cases.push_back(case_of("the family as a whole", family.findings));
  for (const ComparedCell& cell : family.cells) suite.cases.push_back(case_of(cell.name, cell.findings));
  return suite;
}

TestSuite suite_of(const std::vector<Absence>& absences) {
  TestSuite suite{.name = "not compared", .cases = {}};
  for (const Absence& absence : absences) {
    const std::string verdict(name_of(absence.verdict));
    suite.cases.push_back({.name = absence.cell,
                           .outcome = outcome_of(absence.verdict, true),
                           .type = verdict,
                           .message = fmt::format("{}: {}", verdict, absence.reason),
                           .figures = {}});
  }
  return suite;
}

std::vector<TestSuite> suites_of(const Comparison& comparison) {
  const ComparedGroups groups = group_findings(comparison);
  std::vector<TestSuite> suites;
  if (!groups.whole.empty()) suites.push_back({"all cells", {case_of("all cells together", groups.whole)}});
  for (const ComparedFamily& family : groups.families) suites.push_back(suite_of(family));
  if (!comparison.absences.empty()) suites.push_back(suite_of(comparison.absences));
  return suites;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;

  void add(const TestSuite& suite) {
    for (const TestCase& test : suite.cases) {
      ++tests;
      failures += test.outcome == Outcome::failure ? 1 : 0;
      errors += test.outcome == Outcome::error ? 1 : 0;
      skipped += test.outcome == Outcome::skipped ? 1 : 0;
    }
  }
  [[nodiscard]] std::string attributes() const {
    return fmt::format(R"(tests="{}" failures="{}" errors="{}" skipped="{}")", tests, failures, errors,
                       skipped);
  }
};

std::string outcome_xml(const TestCase& test) {
  const std::string message = xml_escaped(printable_line(test.message));
  switch (test.outcome) {
    case Outcome::passed:
      return "";
    case Outcome::failure:
      return fmt::format("      <failure type=\"{}\" message=\"{}\"/>\n", test.type, message);
    case Outcome::error:
      return fmt::format("      <error type=\"{}\" message=\"{}\"/>\n", test.type, message);
    case Outcome::skipped:
      break;
  }
  return fmt::format("      <skipped message=\"{}\"/>\n", message);
}

std::string case_xml(const TestCase& test, const std::string& suite) {
  std::string xml = fmt::format("    <testcase classname=\"{}\" name=\"{}\">\n", suite,
                                xml_escaped(printable_line(test.name)));
  xml += outcome_xml(test);
  if (!test.figures.empty())
    xml += fmt::format("      <system-out>{}</system-out>\n", xml_escaped(test.figures));
  return xml + "    </testcase>\n";
}

std::string suite_xml(const TestSuite& suite) {
  const std::string name = xml_escaped(printable_line(suite.name));
  Counts counts;
  counts.add(suite);
  std::string xml = fmt::format("  <testsuite name=\"{}\" {}>\n", name, counts.attributes());
  for (const TestCase& test : suite.cases) xml += case_xml(test, name);
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string comparison_junit(const Comparison& comparison, const FormatOptions& /*options*/) {
  const std::vector<TestSuite> suites = suites_of(comparison);
  Counts counts;
  for (const TestSuite& suite : suites) counts.add(suite);
  std::string xml =
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ipcbench compare\" {}>\n",
                  counts.attributes());
  for (const TestSuite& suite : suites) xml += suite_xml(suite);
  return xml + "</testsuites>\n";
}

}  // namespace ipcbench
