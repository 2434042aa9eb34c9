#include "results/comparison/gate_settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string_view>

#include "results/report/input_file.hpp"
#include "results/report/json_value.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

// Numbers from `low` to `high`; `open` leaves out the lower end, or both.
enum class Ends { closed, low_open, open };

double number_within(const JsonValue& json, double low, double high, Ends ends) {
  const double number = json.number();
  const bool above = ends == Ends::closed ? number >= low : number > low;
  const bool below = ends == Ends::open ? number < high : number <= high;
  if (!above || !below) {
    json.fail(fmt::format("{} is not {} {} and {} {}", number, ends == Ends::closed ? "at least" : "above",
                          low, ends == Ends::open ? "below" : "at most", high));
  }
  return number;
}

template <class Integer>
Integer integer_within(const JsonValue& json, Integer low, Integer high) {
  const auto number = json.integer<Integer>();
  if (number < low || number > high) json.fail(fmt::format("{} is not from {} to {}", number, low, high));
  return number;
}

// Nearer to 0 or 1 no number of launches says anything, and quantiles end.
double told_apart(const JsonValue& json, double probability) {
  constexpr double kNearest = 1e-9;
  if (probability < kNearest || probability > 1 - kNearest) {
    json.fail(
        fmt::format("{} is nearer to 0 or 1 than {}, which nothing can tell apart", probability, kNearest));
  }
  return probability;
}

double read_alpha(const JsonValue& json) {
  return told_apart(json, number_within(json, 0, 0.5, Ends::low_open));
}
double read_share(const JsonValue& json) { return told_apart(json, number_within(json, 0, 1, Ends::open)); }
double read_effect(const JsonValue& json) { return number_within(json, 0, 10, Ends::low_open); }

std::string read_name(const JsonValue& json) {
  constexpr std::size_t kLongest = 1000;
  std::string name = json.string();
  if (name.empty()) json.fail("is empty");
  if (name.size() > kLongest) json.fail(fmt::format("is longer than {} bytes", kLongest));
  return name;
}

using Reader = std::function<void(const JsonValue&)>;
using Readers = std::vector<std::pair<std::string_view, Reader>>;

std::string names_of(const Readers& readers) {
  std::string names;
  for (const auto& [name, reader] : readers) names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  return names;
}

// A mistyped setting would otherwise be one that nobody heeds.
void read_object(const JsonValue& json, const Readers& readers) {
  for (const auto& [key, value] : json.members()) {
    const auto reader = std::ranges::find(readers, key, &Readers::value_type::first);
    if (reader != readers.end()) {
      reader->second(value);
    } else {
      value.fail(fmt::format("is no setting here; there are {}", names_of(readers)));
    }
  }
}

void read_effects(const JsonValue& json, MetricValues& effects) {
  Readers readers;
  for (const Metric metric : kAllMetrics) {
    readers.emplace_back(name_of(metric), [&effects, metric](const JsonValue& value) {
      effects[place_of(metric)] = read_effect(value);
    });
  }
  read_object(json, readers);
}

Threshold read_threshold(const JsonValue& json) {
  Threshold threshold;
  read_object(json, {{"cells", [&](const JsonValue& value) { threshold.cells = read_name(value); }},
                     {"metrics",
                      [&](const JsonValue& value) {
                        for (const JsonValue& metric : value.elements())
                          threshold.metrics.push_back(read_axis<Metric>(metric));
                      }},
                     {"smallest_effect",
                      [&](const JsonValue& value) { threshold.smallest_effect = read_effect(value); }}});
  static_cast<void>(json.at("cells"));
  static_cast<void>(json.at("smallest_effect"));
  return threshold;
}

FamilyRule read_family(const JsonValue& json) {
  FamilyRule family;
  read_object(json, {{"name", [&](const JsonValue& value) { family.name = read_name(value); }},
                     {"cells", [&](const JsonValue& value) { family.cells = read_name(value); }}});
  static_cast<void>(json.at("name"));
  static_cast<void>(json.at("cells"));
  return family;
}

template <class Element>
void read_list(const JsonValue& json, std::vector<Element>& list, Element (*read)(const JsonValue&)) {
  constexpr std::size_t kLongest = 1000;  // each is tried on every name
  const std::vector<JsonValue> elements = json.elements();
  if (elements.size() > kLongest) json.fail(fmt::format("has more than {} entries", kLongest));
  list.clear();
  for (const JsonValue& element : elements) list.push_back(read(element));
}

// How each key is read; the keys are the fields' names.
Readers readers_into(GateSettings& settings) {
  const auto alpha = [](double& field) {
    return [&field](const JsonValue& json) { field = read_alpha(json); };
  };
  const auto share = [](double& field) {
    return [&field](const JsonValue& json) { field = read_share(json); };
  };
  const auto blocks = [](std::uint32_t& field) {
    return [&field](const JsonValue& json) { field = integer_within<std::uint32_t>(json, 5, 1000); };
  };
  return {
      {"whole_alpha", alpha(settings.whole_alpha)},
      {"family_alpha", alpha(settings.family_alpha)},
      {"cell_alpha", alpha(settings.cell_alpha)},
      {"smallest_effect", [&](const JsonValue& json) { read_effects(json, settings.smallest_effect); }},
      {"thresholds", [&](const JsonValue& json) { read_list(json, settings.thresholds, read_threshold); }},
      {"families", [&](const JsonValue& json) { read_list(json, settings.families, read_family); }},
      {"confidence", share(settings.confidence)},
      {"power", share(settings.power)},
      {"watch_rate", alpha(settings.watch_rate)},
      {"first_blocks", blocks(settings.first_blocks)},
      {"second_blocks", blocks(settings.second_blocks)},
      {"suspicious_share",
       [&](const JsonValue& json) { settings.suspicious_share = number_within(json, 0, 1, Ends::low_open); }},
      {"flips",
       [&](const JsonValue& json) { settings.flips = integer_within<std::size_t>(json, 1000, 10'000'000); }},
      {"seed", [&](const JsonValue& json) { settings.seed = json.integer(); }},
  };
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

// Greedy: a * takes as little as possible, and one character more whenever what follows does not fit. Only
// the last * has to be tried again, so that the time is at most the product of the lengths.
bool matches(const std::string& pattern, const std::string& name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string::npos;
  std::size_t taken = 0;  // where in the name the text of the last * ends
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

namespace {

GateSettings settings_from(const NextPiece& next, const std::string& origin) {
  try {
    const Json document = parse_document(next, [](const Json&, std::size_t) {});
    GateSettings settings;
    read_object({document, ""}, readers_into(settings));
    return settings;
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

}  // namespace

GateSettings read_gate_settings(const std::filesystem::path& file) {
  InputFile input(file);
  return settings_from([&input] { return input.next(); }, input.name());
}

GateSettings parse_gate_settings(const std::string& text, const std::string& origin) {
  return settings_from(pieces_of(text), origin);
}

}  // namespace ipcbench
