#include "results/comparison/gate_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "results/report/input_file.hpp"
#include "results/report/json_value.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using Reader = std::function<void(const JsonValue&)>;
using Readers = std::vector<std::pair<std::string_view, Reader>>;  // by key

template <class Field, class Read>
Reader into(Field& field, Read read) {
  return [&field, read](const JsonValue& json) { field = read(json); };
}

// An unknown key is an error, since it may be a mistyped setting.
void read_object(const JsonValue& json, const Readers& readers) {
  for (const auto& [key, value] : json.members()) {
    const auto reader = std::ranges::find(readers, key, &Readers::value_type::first);
    if (reader != readers.end()) {
      reader->second(value);
    } else {
      value.fail(fmt::format("is not a setting; known settings here: {}",
                             fmt::join(readers | std::views::keys, ", ")));
    }
  }
}

double read_up_to(const JsonValue& json, double most) {
  const double number = json.number();
  if (!(number > 0 && number <= most)) {
    json.fail(fmt::format("{} is not above 0 and at most {}", number, most));
  }
  return number;
}

// Closer to 0 or 1, no number of launches suffices, and quantiles overflow.
double told_apart(const JsonValue& json, double probability) {
  constexpr double kNearest = 1e-9;
  if (probability < kNearest || probability > 1 - kNearest) {
    json.fail(
        fmt::format("{} is closer to 0 or 1 than {}, too close to tell it apart", probability, kNearest));
  }
  return probability;
}

double read_alpha(const JsonValue& json) { return told_apart(json, read_up_to(json, 0.5)); }
double read_effect(const JsonValue& json) { return read_up_to(json, 10); }
double read_failures(const JsonValue& json) {
  const double number = json.number();
  if (!(number >= 0 && number <= 1)) json.fail(fmt::format("{} is not from 0 to 1", number));
  return number;
}

double read_suspicious_share(const JsonValue& json) { return read_up_to(json, 1); }

double read_probability(const JsonValue& json) {
  const double number = json.number();
  if (!(number > 0 && number < 1)) json.fail(fmt::format("{} is not above 0 and below 1", number));
  return told_apart(json, number);
}

template <class Integer>
Integer integer_within(const JsonValue& json, Integer low, Integer high) {
  const auto number = json.integer<Integer>();
  if (number < low || number > high) json.fail(fmt::format("{} is not from {} to {}", number, low, high));
  return number;
}

std::uint32_t read_blocks(const JsonValue& json) { return integer_within<std::uint32_t>(json, 5, 1000); }
std::size_t read_flips(const JsonValue& json) { return integer_within<std::size_t>(json, 1000, 10'000'000); }
std::uint64_t read_seed(const JsonValue& json) { return json.integer(); }

std::string read_name(const JsonValue& json) {
  constexpr std::size_t kLongest = 1000;
  std::string name = json.string();
  if (name.empty()) json.fail("is empty");
  if (name.size() > kLongest) json.fail(fmt::format("is longer than {} bytes", kLongest));
  return name;
}

std::vector<Metric> read_metrics(const JsonValue& json) {
  std::vector<Metric> metrics;
  for (const JsonValue& metric : json.elements()) metrics.push_back(read_axis<Metric>(metric));
  return metrics;
}

Threshold read_threshold(const JsonValue& json) {
  Threshold threshold;
  read_object(json, {{"cells", into(threshold.cells, read_name)},
                     {"metrics", into(threshold.metrics, read_metrics)},
                     {"smallest_effect", into(threshold.smallest_effect, read_effect)}});
  static_cast<void>(json.at("cells"));
  static_cast<void>(json.at("smallest_effect"));
  return threshold;
}

FamilyRule read_family(const JsonValue& json) {
  FamilyRule family;
  read_object(json, {{"name", into(family.name, read_name)}, {"cells", into(family.cells, read_name)}});
  static_cast<void>(json.at("name"));
  static_cast<void>(json.at("cells"));
  return family;
}

template <auto read>
auto read_list(const JsonValue& json) {
  constexpr std::size_t kLongest = 1000;  // each entry is tried on every name
  const std::vector<JsonValue> elements = json.elements();
  if (elements.size() > kLongest) json.fail(fmt::format("has more than {} entries", kLongest));
  std::vector<decltype(read(json))> list;
  list.reserve(elements.size());
  for (const JsonValue& element : elements) list.push_back(read(element));
  return list;
}

// The keys are the names of the fields.
Readers readers_into(GateSettings& settings) {
  Readers effects;
  for (const Metric metric : kAllMetrics) {
    effects.emplace_back(name_of(metric), into(settings.smallest_effect[place_of(metric)], read_effect));
  }
  return {{"whole_alpha", into(settings.whole_alpha, read_alpha)},
          {"family_alpha", into(settings.family_alpha, read_alpha)},
          {"cell_alpha", into(settings.cell_alpha, read_alpha)},
          {"smallest_effect", [effects](const JsonValue& json) { read_object(json, effects); }},
          {"thresholds", into(settings.thresholds, read_list<read_threshold>)},
          {"families", into(settings.families, read_list<read_family>)},
          {"allow_missing", into(settings.allow_missing, read_list<read_name>)},
          {"confidence", into(settings.confidence, read_probability)},
          {"power", into(settings.power, read_probability)},
          {"watch_rate", into(settings.watch_rate, read_alpha)},
          {"first_blocks", into(settings.first_blocks, read_blocks)},
          {"second_blocks", into(settings.second_blocks, read_blocks)},
          {"most_second_blocks", into(settings.most_second_blocks, read_blocks)},
          {"suspicious_share", into(settings.suspicious_share, read_suspicious_share)},
          {"allowed_failures", into(settings.allowed_failures, read_failures)},
          {"flips", into(settings.flips, read_flips)},
          {"seed", into(settings.seed, read_seed)}};
}

}  // namespace

double smallest_effect(const GateSettings& settings, const std::string& name, Metric metric) {
  double effect = settings.smallest_effect[place_of(metric)];
  for (const Threshold& threshold : settings.thresholds) {
    const auto& metrics = threshold.metrics;
    const bool concerned = metrics.empty() || std::ranges::find(metrics, metric) != metrics.end();
    if (concerned && matches(threshold.cells, name)) effect = threshold.smallest_effect;
  }
  return effect;
}

// Greedy: a * matches as little as possible, and one character more whenever the rest does not match. Only
// the last * has to be tried again, so the time is at most the product of the lengths.
bool matches(const std::string& pattern, const std::string& name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string::npos;
  std::size_t taken = 0;  // the end of the last *'s text in the name
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      taken = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string::npos) {
      p = star + 1;
      n = ++taken;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string::npos;
}

GateSettings parse_gate_settings(const NextPiece& next_piece, const std::string& origin) {
  try {
    const Json document = parse_document(next_piece, [](const Json&, std::size_t) {});
    GateSettings settings;
    read_object({document, ""}, readers_into(settings));
    return settings;
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

GateSettings read_gate_settings(const std::filesystem::path& file) {
  InputFile input(file);
  return parse_gate_settings([&input] { return input.next(); }, input.name());
}

}  // namespace ipcbench
