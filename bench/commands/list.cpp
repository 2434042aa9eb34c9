// ipcbench list: every mechanism, what it guarantees, and whether it is available here.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "bench/run/selection.hpp"
#include "harness/base/units.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

NLOHMANN_JSON_SERIALIZE_ENUM(Kinship, {{Kinship::one_process, "one_process"},
                                       {Kinship::kin, "kin"},
                                       {Kinship::named, "named"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Framing, {{Framing::stream, "stream"}, {Framing::message, "message"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Flow, {{Flow::one_way, "one_way"}, {Flow::duplex, "duplex"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Lifetime, {{Lifetime::process, "process"},
                                        {Lifetime::kernel, "kernel"},
                                        {Lifetime::file_system, "file_system"}})
NLOHMANN_JSON_SERIALIZE_ENUM(Delivery, {{Delivery::reliable, "reliable"},
                                        {Delivery::lossy, "lossy"},
                                        {Delivery::none, "none"}})

namespace {

using Json = nlohmann::ordered_json;
using Entries = std::vector<const MechanismEntry*>;

struct ListArguments {
  std::vector<std::string> mechanisms;
  bool details = false;
  bool json = false;
};

std::vector<std::string_view> waits_of(const Traits& traits) {
  std::vector<std::string_view> waits;
  for (const auto& [wait, name, label] : kAxis<Wait>) {
    if (traits.waits.contains(wait)) waits.push_back(name);
  }
  return waits;
}

Json parameter_json(const Parameter& parameter) {
  return {{"name", parameter.name}, {"default", parameter.default_text},
          {"what", parameter.what}, {"min", parameter.min},
          {"max", parameter.max},   {"tuned", parameter.tuned == 0 ? Json(nullptr) : Json(parameter.tuned)}};
}

Json mechanism_json(const MechanismEntry& entry) {
  const Traits& traits = entry.traits;
  const Unavailable reason = why_unavailable(entry);
  const MessageLimit limit = entry.message_limit({});
  const bool limited = limit.bytes != SIZE_MAX;
  Json json;
  json["name"] = traits.name;
  json["summary"] = traits.summary;
  if (!traits.variant_of.empty()) json["variant_of"] = traits.variant_of;
  json["kind"] = name_of(traits.kind);
  json["made_of"] = traits.made_of;
  if (!traits.in_between.empty()) json["in_between"] = traits.in_between;
  json["floor"] = is_floor(traits);
  json["available"] = !reason.has_value();
  if (reason) json["reason"] = *reason;
  json["kinship"] = traits.kinship;
  json["framing"] = traits.framing;
  json["flow"] = traits.flow;
  json["waits"] = waits_of(traits);
  json["in_place"] = traits.in_place;
  json["direct"] = traits.direct;
  json["batches"] = traits.batches;
  json["in_memory"] = traits.in_memory;
  json["lifetime"] = traits.lifetime;
  json["delivery"] = traits.delivery;
  json["priorities"] = traits.priorities;
  json["selection_by_type"] = traits.selection_by_type;
  json["shared_by_senders"] = traits.sharing.senders;
  json["shared_by_receivers"] = traits.sharing.receivers;
  if (traits.sharing.whole_bytes != SIZE_MAX) json["whole_message_bytes"] = traits.sharing.whole_bytes;
  json["unrelated_peers"] = entry.join != nullptr;
  json["min_message_bytes"] = traits.min_message_bytes;
  json["max_message_bytes"] = limited ? Json(limit.bytes) : Json(nullptr);
  if (limited) json["max_message_remedy"] = limit.remedy;
  json["parameters"] = Json::array();
  for (const Parameter& parameter : entry.parameters) json["parameters"].push_back(parameter_json(parameter));
  return json;
}

std::string list_json(const Entries& entries) {
  Json json;
  json["version"] = IPCBENCH_VERSION;
  json["mechanisms"] = Json::array();
  for (const MechanismEntry* entry : entries) json["mechanisms"].push_back(mechanism_json(*entry));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const char* who_can_join(const MechanismEntry& entry) {
  if (entry.traits.kinship == Kinship::named) return "any processes of the user";
  if (entry.traits.kinship == Kinship::one_process) return "threads of one process only";
  return entry.join != nullptr ? "processes that inherit its descriptors" : "related processes only";
}

// The side that several ends may share.
std::string sharing_text(const Sharing& sharing) {
  if (!sharing.senders && !sharing.receivers) return "";
  const char* who = !sharing.receivers ? "several senders"
                    : !sharing.senders ? "several receivers"
                                       : "several senders and receivers";
  if (sharing.whole_bytes == SIZE_MAX) return fmt::format("; {}", who);
  return fmt::format("; {}, up to {}", who, format_size(sharing.whole_bytes));
}

// The guarantees in words, without the usual ones.
std::string guarantees(const MechanismEntry& entry) {
  const Traits& traits = entry.traits;
  std::string text = who_can_join(entry);
  if (traits.max_message_bytes == 0) {
    text += "; tokens without payload";
  } else {
    text += traits.framing == Framing::stream ? "; byte stream" : "; keeps messages apart";
    if (traits.min_message_bytes == 0) text += "; tokens too";
  }
  text += traits.flow == Flow::duplex ? "; both ways" : "; one way";
  if (traits.in_place) text += "; in place";
  if (traits.direct) text += "; from and to the ends' own memory";
  if (traits.batches) text += "; in batches";
  if (traits.delivery == Delivery::lossy) text += "; may lose messages";
  text += sharing_text(traits.sharing);
  if (traits.priorities) text += "; priorities";
  if (traits.selection_by_type) text += "; selection by type";
  if (traits.lifetime == Lifetime::kernel) text += "; lives until removed or reboot";
  if (traits.lifetime == Lifetime::file_system) text += "; lives until its file is removed";
  return text;
}

std::string mechanism_text(const MechanismEntry& entry) {
  const Traits& traits = entry.traits;
  std::string text = fmt::format("{}\n  {}\n", traits.name, traits.summary);
  if (const Unavailable reason = why_unavailable(entry))
    text += fmt::format("  not available here: {}\n", *reason);
  if (is_floor(traits)) return text;  // a floor guarantees nothing
  text += fmt::format("  {}\n  waits: {}\n", guarantees(entry), fmt::join(waits_of(traits), ", "));
  if (!traits.in_between.empty()) text += fmt::format("  in between: {}\n", traits.in_between);
  if (!traits.variant_of.empty()) {
    text += fmt::format("  passes messages as {} does; few cells of the profiles are measured twice\n",
                        traits.variant_of);
  }
  if (const MessageLimit limit = entry.message_limit({});
      limit.bytes != SIZE_MAX && traits.max_message_bytes != 0) {
    text += fmt::format("  longest message: {} ({})\n", format_size(limit.bytes), limit.remedy);
  }
  for (const Parameter& parameter : entry.parameters) {
    text += fmt::format("  --param {}=N\n      {}\n      default: {}{}\n", parameter.name, parameter.what,
                        parameter.default_text,
                        parameter.tuned == 0 ? "" : fmt::format("; tuned: {}", parameter.tuned));
  }
  return text;
}

std::string details_text(const Entries& entries) {
  std::string text;
  for (const MechanismEntry* entry : entries) {
    text += fmt::format("{}{}", text.empty() ? "" : "\n", mechanism_text(*entry));
  }
  return text;
}

// At most `columns` long, cut between words.
std::string cut_line(std::string line, std::size_t columns) {
  constexpr std::string_view kMore = " ...";
  if (line.size() <= columns) return line;
  line.resize(line.find_last_of(' ', columns - kMore.size()));
  while (line.ends_with(',') || line.ends_with(':')) line.pop_back();
  return line.append(kMore);
}

// A line for each mechanism.
std::string short_text(const Entries& entries) {
  constexpr std::size_t kColumns = 80;
  std::size_t width = 0;
  for (const MechanismEntry* entry : entries) width = std::max(width, entry->traits.name.size());
  std::string text;
  for (const MechanismEntry* entry : entries) {
    const Unavailable reason = why_unavailable(*entry);
    const std::string what =
        reason ? fmt::format("not available here: {}", *reason) : std::string(entry->traits.summary);
    text += cut_line(fmt::format("{:<{}}  {}", entry->traits.name, width, what), kColumns) + "\n";
  }
  return fmt::format("{}\n{}; what each guarantees, its parameters and limits: --long\n", text,
                     counted(entries.size(), "mechanism"));
}

}  // namespace

CommandAction declare_list(CLI::App& app) {
  auto arguments = std::make_shared<ListArguments>();
  app.add_option("-m,--mechanism", arguments->mechanisms,
                 "Only these: names, patterns or groups, as of `ipcbench run`")
      ->type_name("NAME,...")
      ->allow_extra_args(false);
  CLI::Option* const details =
      app.add_flag("-l,--long", arguments->details, "What each guarantees, its parameters and limits");
  app.add_flag("--json", arguments->json, "As JSON, for programs")->excludes(details);
  return [arguments](const Invocation&) {
    const auto directory = run_directory_if_possible();
    const Entries entries = mechanisms_named(parse_mechanisms("--mechanism", arguments->mechanisms));
    print(arguments->json      ? list_json(entries)
          : arguments->details ? details_text(entries)
                               : short_text(entries));
    return Outcome::success;
  };
}

}  // namespace ipcbench
