#include "results/report/redaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "results/report/report_json.hpp"
#include "results/report/schema_check.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

class RedactionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!can_check_schema())
      GTEST_SKIP() << "built without valijson; remedy: apt-get install libvalijson-dev";
  }
};

// Names the machine, its user and her folders wherever a report has text of the machine.
Report telling_report() {
  Report report = testing::sample_report();
  report.context.host_name = "atlas-7.example.org";
  report.context.executable = "/home/zoe/build/ipcbench";
  report.session.command = {"/home/zoe/build/ipcbench", "run", "-m", "pipe", "--out", "zoe.json"};
  report.session.note = "stopped by zoe";
  report.host.push_back({"machine_id", "01905343-c42e-573a-8ebb-790fb712dcd3"});
  report.host.push_back({"kernel_release", "6.1.0-atlas-7"});
  report.host.push_back(
      {"kernel_command_line", "root=/dev/mapper/zoe-root isolcpus=1 ip=::::atlas-7 mitigations=off"});
  report.doubts[0].what = "atlas-7 is busy.";
  report.doubts[0].advice = "Remove /home/zoe/x.";
  report.skipped[0].reason = "zoe lacks /srv/zoe/pipe";
  report.failed[0].reason = "no space in /home/zoe";
  report.counts->missing[2].reason = "zoe uses it";
  report.guarantees.at("pipe").at(Guarantee::unrelated).answer = "by zoe";
  report.mechanisms[2].made_of = "a pipe of zoe";
  testing::measurement_at(report.cells, 1).disturbance = "atlas-7 took 0.1 ms";
  return report;
}

RedactedReport redact(const Report& report) {
  return redacted(to_json(report), report, searchable_names(report, {}));
}

std::string after(const RedactedReport& redacted, const std::string& place) {
  for (const Redaction& each : redacted.changes) {
    if (each.place == place) return each.after;
  }
  return "unchanged";
}

// --- every text of the schema
// ---------------------------------------------------------------------------------

bool is_text(const Json& schema) {
  if (schema.contains("const")) return schema.at("const").is_string();
  if (schema.contains("enum")) return schema.at("enum").front().is_string();
  return schema.contains("type") && schema.at("type") == "string";
}

// The places of the schema at which there is text, as text_places() writes them.
void add_places(const Json& schema, const Json& definitions, const std::string& place,
                std::set<std::string>& places) {
  if (schema.is_boolean()) return;
  if (schema.contains("$ref")) {
    const std::string name =
        schema.at("$ref").get<std::string>().substr(std::string("#/definitions/").size());
    return add_places(definitions.at(name), definitions, place, places);
  }
  if (is_text(schema)) places.insert(place);
  if (schema.contains("items")) add_places(schema.at("items"), definitions, place + "[]", places);
  const bool is_guarantee = place == "ipcbench.guarantees.*";  // its keys are listed, and alike
  if (schema.contains("properties")) {
    for (const auto& [key, value] : schema.at("properties").items())
      add_places(value, definitions, place + (place.empty() ? "" : ".") + (is_guarantee ? "*" : key), places);
  }
  if (schema.contains("additionalProperties"))
    add_places(schema.at("additionalProperties"), definitions, place + ".*", places);
}

// Catches a new text in reports of which nobody has said whether it may leave the machine.
TEST(TextPlaces, AreThoseOfTheSchema) {
  const Json schema = Json::parse(report_schema_file());
  std::set<std::string> described;
  add_places(schema, schema.at("definitions"), "", described);
  std::set<std::string> classified;
  for (const TextPlace& each : text_places()) classified.emplace(each.place);
  EXPECT_EQ(classified, described);
  EXPECT_EQ(classified.size(), text_places().size());
}

TEST(TextPlaces, TheProgramCarriesTheSchemaOfTheTree) {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/report/report.schema.json");
  EXPECT_EQ(Json::parse(file), Json::parse(report_schema_file()));
}

// --- redacting
// ------------------------------------------------------------------------------------------------

// Catches a place that is forgotten: no text of the result has a name, however it is searched.
TEST_F(RedactionTest, NoNameIsLeft) {
  const RedactedReport result = redact(telling_report());
  for (const char* name : {"atlas", "zoe", "/home", "/srv"})
    EXPECT_EQ(result.text.find(name), std::string::npos) << name;
  EXPECT_THAT(result.left, IsEmpty());
}

TEST_F(RedactionTest, SaysWhatItReplacedAndKeepsTheRest) {
  const RedactedReport result = redact(telling_report());
  EXPECT_EQ(after(result, "context.host_name"), "machine-01905343");
  EXPECT_EQ(after(result, "context.executable"), "ipcbench");
  EXPECT_EQ(after(result, "context.date"), "2026-01-31T12:34:56+00:00");  // was +01:00
  EXPECT_EQ(after(result, "ipcbench.session.command"), "ipcbench run -m pipe --out (path)");
  EXPECT_EQ(after(result, "ipcbench.host.kernel_release"), "6.1.0-(host)");
  EXPECT_EQ(after(result, "ipcbench.host.kernel_command_line"), "isolcpus=1 mitigations=off");
  EXPECT_EQ(after(result, "ipcbench.doubts[].advice"), "Remove (path).");
  EXPECT_EQ(after(result, "benchmarks[].ipc.disturbance"), "(host) took 0.1 ms");
  const Report before = telling_report();
  const Report report = parse_report(result.text, "redacted");
  EXPECT_EQ(report.session.id, before.session.id);
  EXPECT_EQ(report.session.seed, before.session.seed);  // 64 bits, which the schema's library cannot hold
  EXPECT_EQ(report.skipped[0].cell, before.skipped[0].cell);
  Report expected = before;  // the rows are equal but for the disturbance
  testing::measurement_at(expected.cells, 1).disturbance = "(host) took 0.1 ms";
  const Json all = Json::parse(result.text);
  EXPECT_EQ(all.at("benchmarks"), Json::parse(to_json(expected)).at("benchmarks"));
}

// Catches a report whose name in a collection changes when it is checked again.
TEST_F(RedactionTest, AgainChangesNothing) {
  const RedactedReport once = redact(telling_report());
  const RedactedReport twice = redact(parse_report(once.text, "redacted"));
  EXPECT_EQ(twice.text, once.text);
  EXPECT_THAT(twice.changes, IsEmpty());
}

// Catches a search that mangles what a report says of its cells.
TEST_F(RedactionTest, AHostCalledPipeLeavesThePipesAlone) {
  Report report = testing::sample_report();
  report.context.host_name = "pipe";
  report.doubts[0].what = "The pipe is full.";
  const RedactedReport result = redact(report);
  EXPECT_EQ(after(result, "context.host_name"), "machine-unknown");
  EXPECT_EQ(after(result, "ipcbench.doubts[].what"), "unchanged");
  EXPECT_EQ(parse_report(result.text, "redacted").cells[0].name, report.cells[0].name);
}

// Catches a name in a place that is not searched, which has to be told.
TEST_F(RedactionTest, ANameInAKeptTextIsTold) {
  Report report = testing::sample_report();
  report.context.host_name = "atlas";
  report.session.profile = "atlas";
  const RedactedReport result = redact(report);
  ASSERT_EQ(result.left.size(), 1U);
  EXPECT_EQ(result.left[0], (Redaction{"ipcbench.session.profile", "atlas", "atlas"}));
}

// Catches unknown keys that pass, with whatever they say.
TEST_F(RedactionTest, WhatTheSchemaDoesNotKnowDoesNotLeave) {
  const Report report = testing::sample_report();
  const auto with = [&](const char* pointer, const Json& value) {
    Json json = Json::parse(to_json(report));
    json[Json::json_pointer(pointer)] = value;
    return json.dump();
  };
  const auto refusal_of = [&](const std::string& text) -> std::string {
    try {
      redacted(text, report, {});
    } catch (const ReportError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal_of(with("/ipcbench/owner", "zoe")), HasSubstr("owner"));
  EXPECT_THAT(refusal_of(with("/ipcbench/host/Zoe", "x")), HasSubstr("ipcbench"));
  EXPECT_THAT(refusal_of(with("/benchmarks/1/ipc/owner", 5)), HasSubstr("benchmarks[1].ipc"));
  EXPECT_THAT(refusal_of(with("/benchmarks/2/label", "zoe")), HasSubstr("benchmarks[2]"));
  EXPECT_THAT(refusal_of(with("/owner", "zoe")), HasSubstr("owner"));
  const RedactedReport result = redacted(with("/context/owner", "zoe"), report, {});
  EXPECT_EQ(result.text.find("zoe"), std::string::npos);
  EXPECT_EQ(after(result, "context.owner"), "");
}

TEST(RedactedCommand, HasNoFiles) {
  const PrivateNames names{.hosts = {"atlas"}, .users = {}, .paths = {}, .unsearchable = {}};
  const auto command = [&](const Words& words) { return redacted_command(words, names); };
  EXPECT_EQ(command({"./my-ipcbench", "run", "mine.json", "--seed", "7", "-o", "a", "-ob", "--out=c"}),
            (Words{"ipcbench", "run", "(path)", "--seed", "7", "-o", "(path)", "-o(path)", "--out=(path)"}));
  EXPECT_EQ(command({"x", "run", "--save-as", "main", "--filter", "^pipe/latency", "-m", "pipe,tcp"}),
            (Words{"ipcbench", "run", "--save-as", "(path)", "--filter", "^pipe/latency", "-m", "pipe,tcp"}));
  EXPECT_EQ(command({"x", "run", "--", "--benchmark_out=/a/b", "--benchmark_filter=atlas"}),
            (Words{"ipcbench", "run", "--", "--benchmark_out=(path)", "--benchmark_filter=(host)"}));
  EXPECT_EQ(command({}), Words{});
}

TEST(RedactedKernelCommandLine, KeepsWhatInfluencesFigures) {
  EXPECT_EQ(redacted_kernel_command_line("BOOT_IMAGE=/vmlinuz root=UUID=1234 ro nohz_full=2,3 rd.luks.uuid=5 "
                                         "intel_idle.max_cstate=1 transparent-hugepage=never"),
            "nohz_full=2,3 intel_idle.max_cstate=1 transparent-hugepage=never");
  EXPECT_EQ(redacted_kernel_command_line("a=\"mitigations=off isolcpus=1\" nosmt"), "nosmt");
  EXPECT_EQ(redacted_kernel_command_line(""), "");
}

}  // namespace
}  // namespace ipcbench
