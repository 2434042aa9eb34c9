// The keys of a report's parts. Each is stated once, for reading and for writing.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "results/report/json_parts.hpp"

namespace ipcbench {

// A key with its member. A function of the part instead of a member is only written.
template <class Get>
struct Field {
  const char* key;
  Get get;
};

// The fields of each part, in the order in which they are written. An empty std::optional has no key.
template <class Part>
inline constexpr auto kFields = nullptr;

template <>
inline constexpr auto kFields<CacheInfo> =
    std::tuple{Field{"type", &CacheInfo::type}, Field{"level", &CacheInfo::level},
               Field{"size", &CacheInfo::size_bytes}, Field{"num_sharing", &CacheInfo::num_sharing}};

template <>
inline constexpr auto kFields<BenchmarkContext> =
    std::tuple{Field{"date", &BenchmarkContext::date},
               Field{"host_name", &BenchmarkContext::host_name},
               Field{"executable", &BenchmarkContext::executable},
               Field{"num_cpus", &BenchmarkContext::num_cpus},
               Field{"mhz_per_cpu", &BenchmarkContext::mhz_per_cpu},
               Field{"cpu_scaling_enabled", &BenchmarkContext::cpu_scaling_enabled},
               Field{"caches", &BenchmarkContext::caches},
               Field{"load_avg", &BenchmarkContext::load_avg},
               Field{"library_build_type", &BenchmarkContext::library_build_type},
               Field{"json_schema_version", [](const BenchmarkContext&) { return 1; }}};

template <>
inline constexpr auto kFields<Precision> =
    std::tuple{Field{"target", &Precision::target}, Field{"most_launches", &Precision::most_launches},
               Field{"cells_extended", &Precision::cells_extended},
               Field{"cells_imprecise", &Precision::cells_imprecise}};

template <>
inline constexpr auto kFields<DuetSide> = std::tuple{
    Field{"id", &DuetSide::id}, Field{"side", &DuetSide::side},
    Field{"first_blocks", &DuetSide::first_blocks}, Field{"second_blocks", &DuetSide::second_blocks},
    Field{"most_second_blocks", &DuetSide::most_second_blocks}};

template <>
inline constexpr auto kFields<RunSettings> =
    std::tuple{Field{"warm_up_ns", &RunSettings::warm_up}, Field{"timed_ns", &RunSettings::timed},
               Field{"longest_timed_ns", &RunSettings::longest_timed},
               Field{"budget_ns", &RunSettings::budget}, Field{"adds_launches", &RunSettings::adds_launches}};

template <>
inline constexpr auto kFields<Session> = std::tuple{Field{"id", &Session::id},
                                                    Field{"seed", &Session::seed},
                                                    Field{"profile", &Session::profile},
                                                    Field{"command", &Session::command},
                                                    Field{"started_utc", &Session::started_utc},
                                                    Field{"ended_utc", &Session::ended_utc},
                                                    Field{"planned_launches", &Session::planned_launches},
                                                    Field{"complete", &Session::complete},
                                                    Field{"note", &Session::note},
                                                    Field{"repeated_launches", &Session::repeated_launches},
                                                    Field{"settings", &Session::settings},
                                                    Field{"precision", &Session::precision},
                                                    Field{"duet", &Session::duet}};

template <>
inline constexpr auto kFields<Floors::Copy> =
    std::tuple{Field{"size_bytes", &Floors::Copy::size_bytes}, Field{"ns", &Floors::Copy::ns}};

template <>
inline constexpr auto kFields<Floors::Distance> =
    std::tuple{Field{"cpus", &Floors::Distance::cpus}, Field{"line_rtt_ns", &Floors::Distance::line_rtt_ns},
               Field{"wake_ns", &Floors::Distance::wake_ns}};

template <>
inline constexpr auto kFields<Floors> = std::tuple{
    Field{"clock_ns", &Floors::clock_ns}, Field{"clock_resolution_ns", &Floors::clock_resolution_ns},
    Field{"null_round_trip_ns", &Floors::null_round_trip_ns}, Field{"memcpy", &Floors::memcpy_ns},
    Field{"distances", &Floors::distances}};

template <>
inline constexpr auto kFields<Doubt> =
    std::tuple{Field{"level", &Doubt::level}, Field{"what", &Doubt::what}, Field{"advice", &Doubt::advice}};

template <>
inline constexpr auto kFields<MechanismInfo> =
    std::tuple{Field{"name", &MechanismInfo::name},
               Field{"kind", &MechanismInfo::kind},
               Field{"floor", [](const MechanismInfo& info) { return is_floor(info); }},
               Field{"carries_bytes", &MechanismInfo::carries_bytes},
               Field{"in_place", &MechanismInfo::in_place},
               Field{"in_memory", &MechanismInfo::in_memory},
               Field{"stream", &MechanismInfo::stream},
               Field{"made_of", &MechanismInfo::made_of},
               Field{"buffer", &MechanismInfo::buffer},
               Field{"variant_of", &MechanismInfo::variant_of},
               Field{"in_between", &MechanismInfo::in_between}};

template <>
inline constexpr auto kFields<GuaranteeAnswer> =
    std::tuple{Field{"state", &GuaranteeAnswer::state}, Field{"answer", &GuaranteeAnswer::answer}};

template <>
inline constexpr auto kFields<Omission> =
    std::tuple{Field{"cell", &Omission::cell}, Field{"reason", &Omission::reason}};

template <>
inline constexpr std::array kAxis<Failure::Kind>{
    AxisValue{Failure::Kind::killed, "killed"},       AxisValue{Failure::Kind::exited, "exited"},
    AxisValue{Failure::Kind::timed_out, "timed_out"}, AxisValue{Failure::Kind::check_failed, "check_failed"},
    AxisValue{Failure::Kind::error, "error"},         AxisValue{Failure::Kind::interrupted, "interrupted"}};

template <>
inline constexpr auto kFields<Failure> =
    std::tuple{Field{"failed", &Failure::kind}, Field{"reason", &Failure::reason}};

template <>
inline constexpr auto kFields<ClockOffset> = std::tuple{Field{"clock_offset_low_ns", &ClockOffset::low_ns},
                                                        Field{"clock_offset_high_ns", &ClockOffset::high_ns}};

template <>
inline constexpr auto kFields<LineRoundTrip> =
    std::tuple{Field{"line_rtt_before_ns", &LineRoundTrip::before_ns},
               Field{"line_rtt_after_ns", &LineRoundTrip::after_ns}};

template <>
inline constexpr auto kFields<CoreWork> = std::tuple{Field{"core_work_before_ns", &CoreWork::before_ns},
                                                     Field{"core_work_after_ns", &CoreWork::after_ns}};

template <>
inline constexpr auto kFields<SetUpTimes> =
    std::tuple{Field{"create_ns", &SetUpTimes::create_ns}, Field{"connect_ns", &SetUpTimes::connect_ns},
               Field{"first_message_ns", &SetUpTimes::first_message_ns},
               Field{"tear_down_ns", &SetUpTimes::tear_down_ns}};

template <>
inline constexpr auto kFields<ScheduleResult> =
    std::tuple{Field{"offered_per_second", &ScheduleResult::offered_per_second},
               Field{"scheduled_messages", &ScheduleResult::scheduled_messages},
               Field{"unsent_messages", &ScheduleResult::unsent_messages},
               Field{"lag_p50_ns", &ScheduleResult::lag_p50_ns},
               Field{"lag_p99_ns", &ScheduleResult::lag_p99_ns},
               Field{"lag_max_ns", &ScheduleResult::lag_max_ns},
               Field{"pacing_cpu_time_ns", &ScheduleResult::pacing_cpu_ns}};

template <>
inline constexpr auto kFields<SideCounts> = std::tuple{
    Field{"system_calls", &SideCounts::system_calls}, Field{"cycles", &SideCounts::cycles},
    Field{"instructions", &SideCounts::instructions}, Field{"cache_misses", &SideCounts::cache_misses}};

template <>
inline constexpr auto kFields<CellCounts> =
    std::tuple{Field{"cell", &CellCounts::cell}, Field{"messages", &CellCounts::messages},
               Field{"producer", &CellCounts::producer}, Field{"consumer", &CellCounts::consumer}};

template <>
inline constexpr auto kFields<MissingCounter> =
    std::tuple{Field{"counter", &MissingCounter::counter}, Field{"reason", &MissingCounter::reason}};

template <>
inline constexpr auto kFields<ReportCounts> =
    std::tuple{Field{"cells", &ReportCounts::cells}, Field{"missing", &ReportCounts::missing}};

template <class Value>
inline constexpr bool kHasFields = !std::is_null_pointer_v<std::remove_cv_t<decltype(kFields<Value>)>>;
template <class Value>
inline constexpr bool kIsVector = false;
template <class Element>
inline constexpr bool kIsVector<std::vector<Element>> = true;
template <class Value>
inline constexpr bool kIsOptional = false;
template <class Content>
inline constexpr bool kIsOptional<std::optional<Content>> = true;

template <class Part>
void write_fields(Json& json, const Part& part, std::string_view owner);

// Throws like finite(), which names `key` and `owner`.
template <class Value>
Json json_of(const Value& value, std::string_view key, std::string_view owner) {
  if constexpr (std::is_same_v<Value, Cell>) {
    return cell_json(value);
  } else if constexpr (std::is_same_v<Value, std::chrono::nanoseconds>) {
    return value.count();
  } else if constexpr (kHasFields<Value>) {
    Json json = Json::object();
    write_fields(json, value, owner);
    return json;
  } else if constexpr (kIsVector<Value>) {
    Json json = Json::array();
    for (const auto& element : value) json.push_back(json_of(element, key, owner));
    return json;
  } else if constexpr (std::is_floating_point_v<Value>) {
    return finite(value, key, owner);
  } else if constexpr (std::is_enum_v<Value>) {
    return name_of(value);
  } else {
    return value;
  }
}

// Adds the part's keys to an object. Throws like json_of().
template <class Part>
void write_fields(Json& json, const Part& part, std::string_view owner) {
  const auto write = [&](const auto& field) {
    const auto& value = std::invoke(field.get, part);
    if constexpr (kIsOptional<std::remove_cvref_t<decltype(value)>>) {
      if (value) json[field.key] = json_of(*value, field.key, owner);
    } else {
      json[field.key] = json_of(value, field.key, owner);
    }
  };
  std::apply([&](const auto&... field) { (write(field), ...); }, kFields<Part>);
}

template <class Part>
Part part_from(const JsonValue& json);

// Reads what json_of() writes. Throws ReportError.
template <class Value>
Value value_from(const JsonValue& json) {
  if constexpr (std::is_same_v<Value, Cell>) {
    return cell_from_json(json);
  } else if constexpr (std::is_same_v<Value, std::chrono::nanoseconds>) {
    return Value(json.integer<std::chrono::nanoseconds::rep>());
  } else if constexpr (kHasFields<Value>) {
    return part_from<Value>(json);
  } else if constexpr (kIsVector<Value>) {
    Value values;
    for (const JsonValue& element : json.elements()) {
      values.push_back(value_from<typename Value::value_type>(element));
    }
    return values;
  } else if constexpr (std::is_same_v<Value, std::string>) {
    return json.string();
  } else if constexpr (std::is_same_v<Value, bool>) {
    return json.boolean();
  } else if constexpr (std::is_floating_point_v<Value>) {
    return json.number();
  } else if constexpr (std::is_enum_v<Value>) {
    return read_axis<Value>(json);
  } else if constexpr (std::is_same_v<Value, std::int64_t>) {
    return json.signed_integer();
  } else {
    return json.integer<Value>();
  }
}

template <class Part>
Part part_from(const JsonValue& json) {
  Part part{};
  const auto read = [&](const auto& field) {
    if constexpr (std::is_member_object_pointer_v<std::remove_cvref_t<decltype(field.get)>>) {
      auto& member = part.*field.get;
      using Member = std::remove_reference_t<decltype(member)>;
      if constexpr (!kIsOptional<Member>) {
        member = value_from<Member>(json.at(field.key));
      } else if (const auto found = json.find(field.key)) {
        member = value_from<typename Member::value_type>(*found);
      }
    }
  };
  std::apply([&](const auto&... field) { (read(field), ...); }, kFields<Part>);
  return part;
}

}  // namespace ipcbench
