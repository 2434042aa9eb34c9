#include "results/report/redaction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

#include "results/report/report_fields.hpp"
#include "results/report/report_json.hpp"
#include "results/report/schema_check.hpp"

namespace ipcbench {
namespace {

constexpr std::array kTextPlaces{
    TextPlace{"context.date", Disclosure::replaced},  // by the start in UTC: its offset tells a time zone
    TextPlace{"context.host_name", Disclosure::replaced},
    TextPlace{"context.executable", Disclosure::replaced},
    TextPlace{"context.caches[].type", Disclosure::kept},
    TextPlace{"context.library_build_type", Disclosure::kept},
    TextPlace{"ipcbench.version", Disclosure::kept},
    TextPlace{"ipcbench.session.id", Disclosure::kept},  // drawn at random
    TextPlace{"ipcbench.session.profile", Disclosure::kept},
    TextPlace{"ipcbench.session.command[]", Disclosure::replaced},
    TextPlace{"ipcbench.session.started_utc", Disclosure::kept},
    TextPlace{"ipcbench.session.ended_utc", Disclosure::kept},
    TextPlace{"ipcbench.session.note", Disclosure::searched},
    TextPlace{"ipcbench.session.duet.id", Disclosure::kept},  // drawn at random
    TextPlace{"ipcbench.session.duet.side", Disclosure::kept},
    TextPlace{"ipcbench.host.*", Disclosure::searched},  // one of them by its form: kernel_command_line
    TextPlace{"ipcbench.doubts[].level", Disclosure::kept},
    TextPlace{"ipcbench.doubts[].what", Disclosure::searched},
    TextPlace{"ipcbench.doubts[].advice", Disclosure::searched},
    TextPlace{"ipcbench.floors.distances[].cpus", Disclosure::kept},
    TextPlace{"ipcbench.mechanisms[].name", Disclosure::kept},
    TextPlace{"ipcbench.mechanisms[].kind", Disclosure::kept},
    TextPlace{"ipcbench.mechanisms[].made_of", Disclosure::searched},
    TextPlace{"ipcbench.mechanisms[].buffer", Disclosure::kept},
    TextPlace{"ipcbench.mechanisms[].variant_of", Disclosure::kept},
    TextPlace{"ipcbench.mechanisms[].in_between", Disclosure::kept},
    TextPlace{"ipcbench.guarantees.*.*.state", Disclosure::kept},
    TextPlace{"ipcbench.guarantees.*.*.answer", Disclosure::searched},
    TextPlace{"ipcbench.skipped[].cell", Disclosure::kept},
    TextPlace{"ipcbench.skipped[].reason", Disclosure::searched},
    TextPlace{"ipcbench.failed[].cell", Disclosure::kept},
    TextPlace{"ipcbench.failed[].reason", Disclosure::searched},
    TextPlace{"ipcbench.counts.cells[].cell", Disclosure::kept},
    TextPlace{"ipcbench.counts.missing[].counter", Disclosure::kept},
    TextPlace{"ipcbench.counts.missing[].reason", Disclosure::searched},
    TextPlace{"benchmarks[].name", Disclosure::kept},
    TextPlace{"benchmarks[].run_name", Disclosure::kept},
    TextPlace{"benchmarks[].run_type", Disclosure::kept},
    TextPlace{"benchmarks[].time_unit", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.mechanism", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.pattern", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.rate_streams", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.arrivals", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.links", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.wait", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.peers", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.cpus", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.payload", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.policy", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.memory", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.beside", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.boundary", Disclosure::kept},
    TextPlace{"benchmarks[].ipc.disturbance", Disclosure::searched}};

// Objects whose keys are names, which the schema does not list.
constexpr std::array<std::string_view, 5> kNamed{"ipcbench.host", "ipcbench.guarantees",
                                                 "ipcbench.guarantees.*", "benchmarks[].ipc.parameters",
                                                 "benchmarks[].ipc.settings"};

Disclosure disclosure_of(std::string_view place) {
  const auto* const found = std::ranges::find(kTextPlaces, place, &TextPlace::place);
  // The schema's test finds such a place before any report has one.
  if (found == kTextPlaces.end())
    throw std::logic_error(fmt::format("nobody said whether {} may leave", place));
  return found->disclosure;
}

// Replaces the texts of one report, and notes what it did.
class Redactor {
 public:
  Redactor(const Report& report, const PrivateNames& names) : report_(report), names_(names) {}

  // Rows are many, and have two kinds of text alone: `place` is written once for each of their objects.
  void redact(Json& json, const std::string& place) {
    if (json.is_string()) return redact_text(json, place, place);
    if (json.is_array()) {
      if (place == "ipcbench.session.command") return redact_command(json, place);
      for (Json& element : json) {
        if (element.is_primitive() && !element.is_string()) continue;
        redact(element, place + "[]");
      }
      return;
    }
    if (!json.is_object()) return;
    const bool is_named = std::ranges::find(kNamed, place) != kNamed.end();
    for (auto& [key, value] : json.items()) {
      const std::string full = fmt::format("{}{}{}", place, place.empty() ? "" : ".", key);
      if (is_named && value.is_string()) {
        redact_text(value, place + ".*", full);
      } else if (!value.is_primitive() || value.is_string()) {
        redact(value, is_named ? place + ".*" : full);
      }
    }
  }

  RedactedReport take(std::string text) {
    return {.text = std::move(text),
            .changes = {changes_.begin(), changes_.end()},
            .left = {left_.begin(), left_.end()}};
  }

 private:
  void redact_text(Json& json, const std::string& place, const std::string& full) {
    const auto before = json.get<std::string>();
    const Disclosure disclosure = disclosure_of(place);
    if (disclosure != Disclosure::kept) {
      const std::string after =
          disclosure == Disclosure::replaced ? replacement(place) : searched(full, before);
      if (after != before) {
        changes_.insert({full, before, after});
        json = after;
      }
    }
    note_left(json.get<std::string>(), full);
  }

  [[nodiscard]] std::string replacement(const std::string& place) const {
    if (place == "context.host_name") return public_host_name(report_);
    if (place == "context.executable") return "ipcbench";
    std::string date = report_.session.started_utc;  // 2026-01-31T12:34:56Z
    if (date.ends_with('Z')) date.replace(date.size() - 1, 1, "+00:00");
    return date;
  }

  [[nodiscard]] std::string searched(const std::string& full, const std::string& text) const {
    const bool is_line = full == "ipcbench.host.kernel_command_line";
    return without_names(is_line ? redacted_kernel_command_line(text) : text, names_);
  }

  void redact_command(Json& json, const std::string& place) {
    const auto before = json.get<std::vector<std::string>>();
    const auto after = redacted_command(before, names_);
    if (after != before) {
      changes_.insert(
          {place, fmt::format("{}", fmt::join(before, " ")), fmt::format("{}", fmt::join(after, " "))});
      json = after;
    }
    for (const std::string& argument : after) note_left(argument, place);
  }

  void note_left(const std::string& text, const std::string& place) {
    if (const auto name = name_in(text, names_)) left_.insert({place, text, *name});
  }

  const Report& report_;
  const PrivateNames& names_;
  std::set<Redaction> changes_;
  std::set<Redaction> left_;
};

// Without keys that this program does not write.
Json known_context(const Json& context, std::vector<Redaction>& changes) {
  std::set<std::string_view> known;
  std::apply([&](const auto&... field) { (known.insert(field.key), ...); }, kFields<BenchmarkContext>);
  Json kept = Json::object();
  for (const auto& [key, value] : context.items()) {
    if (known.contains(key)) {
      kept[key] = value;
    } else {
      changes.push_back({"context." + key, json_text(value), ""});
    }
  }
  return kept;
}

}  // namespace

std::span<const TextPlace> text_places() { return kTextPlaces; }

RedactedReport redacted(std::string_view text, const Report& report, const PrivateNames& names) {
  const SchemaCheck schema;
  Redactor redactor(report, names);
  std::string rows;
  const auto take_row = [&](const Json& read, std::size_t index) {
    schema.check_row(read, index);
    Json row = read;
    redactor.redact(row, "benchmarks[]");
    rows += rows.empty() ? "\n" : ",\n";
    rows += json_text(row);
  };
  const Json frame = parse_document(pieces_of(text), take_row);
  schema.check_frame(frame);
  std::vector<Redaction> unknown;
  Json context = known_context(frame.at("context"), unknown);
  Json own = frame.at("ipcbench");
  redactor.redact(context, "context");
  redactor.redact(own, "ipcbench");
  RedactedReport result = redactor.take(report_text(context, own, rows));
  std::ranges::move(unknown, std::back_inserter(result.changes));
  return result;
}

}  // namespace ipcbench
