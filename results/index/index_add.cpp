// Writing: reports into the tables.
#ifndef IPCBENCH_WITHOUT_DATABASES
#include <fmt/format.h>
#include <soci/soci.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <type_traits>
#include <unordered_map>

#include "results/index/database.hpp"
#include "results/report/digest.hpp"
#include "results/report/json_document.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {
namespace {

using Key = long long;

// Equal things get equal keys in every index, in whatever order they come: the first 60 bits of their digest.
// Among a million names, two share one with a probability of one in two million.
Key key_of(std::initializer_list<std::string_view> names) {
  constexpr std::size_t kDigits = 15;
  Json list = Json::array();
  for (const std::string_view name : names) list.push_back(name);
  ReportDigest digest;
  digest.add(json_text(list));
  const std::string digits = digest.finish();
  Key key = 0;
  std::from_chars(digits.data(), digits.data() + kDigits, key, 16);
  return key;
}

// A column of rows that are inserted together.
template <class Value>
struct Column {
  std::vector<Value> values;
  std::vector<soci::indicator> indicators;

  void add(Value value) {
    bool is_known = true;
    if constexpr (std::is_floating_point_v<Value>) is_known = std::isfinite(value);
    indicators.push_back(is_known ? soci::i_ok : soci::i_null);
    values.push_back(is_known ? std::move(value) : Value{});
  }
  // What use() returns refers to the name, so the default one would be gone.
  auto use() {
    static const std::string kByPlace;
    return soci::use(values, indicators, kByPlace);
  }
};

// A result with its keys.
struct KeyedResult {
  Key cell;
  Key session;
  const IndexedResult* result;
};

void insert_rows(soci::session& sql, const std::vector<KeyedResult>& rows) {
  Column<Key> cell, session;
  Column<int> launches, left_out;
  Column<double> log_mean, log_sd, time_ns, low_ns, high_ns, p10_ns, p99_ns, cpu_ns, cpus_busy;
  Column<std::string> marks;
  for (const KeyedResult& row : rows) {
    const IndexedResult& result = *row.result;
    cell.add(row.cell);
    session.add(row.session);
    launches.add(static_cast<int>(result.launches));
    left_out.add(static_cast<int>(result.left_out));
    log_mean.add(result.log_mean);
    log_sd.add(result.log_sd);
    time_ns.add(result.time_ns);
    low_ns.add(result.low_ns);
    high_ns.add(result.high_ns);
    p10_ns.add(result.p10_ns);
    p99_ns.add(result.p99_ns);
    cpu_ns.add(result.cpu_ns);
    cpus_busy.add(result.cpus_busy);
    marks.add(result.marks);
  }
  execute(sql,
          "INSERT INTO results VALUES (:cell, :session, :launches, :left_out, :log_mean, :log_sd, :time, "
          ":low, :high, :p10, :p99, :cpu, :busy, :marks)",
          cell.use(), session.use(), launches.use(), left_out.use(), log_mean.use(), log_sd.use(),
          time_ns.use(), low_ns.use(), high_ns.use(), p10_ns.use(), p99_ns.use(), cpu_ns.use(),
          cpus_busy.use(), marks.use());
}

// One transaction.
class Addition {
 public:
  explicit Addition(soci::session& sql) : sql_(sql) {
    execute(sql_, "SELECT COALESCE(MAX(id), 0) FROM sessions", soci::into(last_));
  }

  // Whether it is new.
  bool add(const IndexedReport& report) {
    int known = 0;
    execute(sql_, "SELECT COUNT(*) FROM sessions WHERE digest = :digest", soci::into(known),
            soci::use(report.digest));
    if (known > 0) return false;
    add_session(report, ++last_, add_host(report.host), add_configuration(report.configuration));
    for (const IndexedResult& result : report.results) rows_.push_back({add_cell(result), last_, &result});
    return true;
  }

  // Neighbours in the table are inserted one after the other: sorted, a batch touches a page or two for each
  // cell, instead of one for each row.
  void finish() {
    if (rows_.empty()) return;
    std::ranges::sort(rows_, {}, [](const KeyedResult& row) { return std::pair(row.cell, row.session); });
    insert_rows(sql_, rows_);
  }

 private:
  Key add_host(const IndexedHost& host);
  Key add_configuration(const std::vector<Fact>& facts);
  Key add_cell(const IndexedResult& result);
  void add_session(const IndexedReport& report, Key id, Key host, Key configuration);

  soci::session& sql_;
  Key last_ = 0;                              // the newest session
  std::unordered_map<std::string, Key> ids_;  // of cells that are there, by name
  std::vector<KeyedResult> rows_;
};

Key Addition::add_host(const IndexedHost& host) {
  const Key id =
      key_of({host.key, host.name, host.architecture, host.cpu_model, host.product, host.physical_cores});
  execute(sql_,
          "INSERT INTO hosts VALUES (:id, :key, :name, :architecture, :cpu, :product, :cores) ON CONFLICT DO "
          "NOTHING",
          soci::use(id), soci::use(host.key), soci::use(host.name), soci::use(host.architecture),
          soci::use(host.cpu_model), soci::use(host.product), soci::use(host.physical_cores));
  return id;
}

Key Addition::add_configuration(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const Fact& fact : facts) json[fact.name] = fact.value;
  const std::string text = json_text(json);
  const Key id = key_of({text});
  execute(sql_, "INSERT INTO configurations VALUES (:id, :facts) ON CONFLICT DO NOTHING", soci::use(id),
          soci::use(text));
  return id;
}

Key Addition::add_cell(const IndexedResult& result) {
  const auto [place, is_new] = ids_.try_emplace(result.name);
  if (!is_new) return place->second;
  const Key id = place->second = key_of({result.name});
  const Cell& cell = result.cell;
  const std::string family = family_name(cell);
  const std::string pattern(name_of(cell.pattern));
  const std::string wait(name_of(cell.wait));
  const std::string peers(name_of(cell.peers));
  const std::string cpus(name_of(cell.cpus));
  const auto size = static_cast<long long>(cell.size_bytes);
  execute(sql_,
          "INSERT INTO cells VALUES (:id, :name, :family, :mechanism, :pattern, :size, :wait, :peers, :cpus) "
          "ON CONFLICT (name) DO NOTHING",
          soci::use(id), soci::use(result.name), soci::use(family), soci::use(cell.mechanism),
          soci::use(pattern), soci::use(size), soci::use(wait), soci::use(peers), soci::use(cpus));
  return id;
}

void Addition::add_session(const IndexedReport& report, Key id, Key host, Key configuration) {
  const int complete = report.complete ? 1 : 0;
  const int invalid = report.invalid ? 1 : 0;
  execute(sql_,
          "INSERT INTO sessions VALUES (:id, :digest, :file, :host, :configuration, :session, :started, "
          ":release, :series, :profile, :complete, :invalid, :version, :program_commit)",
          soci::use(id), soci::use(report.digest), soci::use(report.file), soci::use(host),
          soci::use(configuration), soci::use(report.session), soci::use(report.started_utc),
          soci::use(report.kernel_release), soci::use(report.kernel_series), soci::use(report.profile),
          soci::use(complete), soci::use(invalid), soci::use(report.version), soci::use(report.commit));
}

}  // namespace

std::size_t Index::add(std::span<const IndexedReport> reports) {
  return database_->written([&](soci::session& sql) {
    Addition addition(sql);
    std::size_t added = 0;
    for (const IndexedReport& report : reports) added += addition.add(report) ? 1U : 0U;
    addition.finish();
    return added;
  });
}

void Index::relocate(std::span<const KnownReport> reports) {
  database_->written([&](soci::session& sql) {
    for (const KnownReport& report : reports)
      execute(sql, "UPDATE sessions SET file = :file WHERE digest = :digest", soci::use(report.file),
              soci::use(report.digest));
  });
}

}  // namespace ipcbench
#endif
