#include "results/index/index.hpp"

#include <fmt/format.h>
#include <soci/soci.h>

#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "results/report/digest.hpp"
#include "results/report/json_document.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {
namespace {

constexpr int kSchema = 1;

// Types that both databases know. Results of one cell lie beside each other, because questions are about
// cells.
constexpr std::array kTables{
    "CREATE TABLE IF NOT EXISTS ipcbench_index (version INTEGER PRIMARY KEY)",
    "CREATE TABLE IF NOT EXISTS hosts (id BIGINT PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL, "
    "architecture TEXT NOT NULL, cpu_model TEXT NOT NULL, product TEXT NOT NULL, physical_cores TEXT NOT "
    "NULL)",
    "CREATE TABLE IF NOT EXISTS configurations (id BIGINT PRIMARY KEY, facts TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS cells (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, family TEXT NOT "
    "NULL, "
    "mechanism TEXT NOT NULL, pattern TEXT NOT NULL, size_bytes BIGINT NOT NULL, wait TEXT NOT NULL, "
    "peers TEXT NOT NULL, cpus TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS sessions (id BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, file TEXT NOT "
    "NULL, "
    "host BIGINT NOT NULL, configuration BIGINT NOT NULL, session TEXT NOT NULL, started_utc TEXT NOT NULL, "
    "kernel_release TEXT NOT NULL, kernel_series TEXT NOT NULL, profile TEXT NOT NULL, complete INTEGER NOT "
    "NULL, "
    "invalid INTEGER NOT NULL, version TEXT NOT NULL, program_commit TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS results (cell BIGINT NOT NULL, session BIGINT NOT NULL, launches INTEGER NOT "
    "NULL, "
    "left_out INTEGER NOT NULL, log_mean DOUBLE PRECISION, log_sd DOUBLE PRECISION, time_ns DOUBLE "
    "PRECISION, "
    "low_ns DOUBLE PRECISION, high_ns DOUBLE PRECISION, p99_ns DOUBLE PRECISION, cpu_ns DOUBLE PRECISION, "
    "cpus_busy DOUBLE PRECISION, marks TEXT NOT NULL, PRIMARY KEY (cell, session)){}",
    "CREATE INDEX IF NOT EXISTS sessions_by_host ON sessions (host, started_utc)"};

using Key = long long;

// 60 bits of the digest. Among a million names, two share one with a probability of one in two million;
// UNIQUE columns would find it.
Key key_of(std::string_view name) {
  constexpr std::size_t kDigits = 15;
  ReportDigest digest;
  digest.add(fmt::format("\"{}\"", name));  // as a string, in which white space counts
  const std::string digits = digest.finish();
  Key key = 0;
  std::from_chars(digits.data(), digits.data() + kDigits, key, 16);
  return key;
}

[[noreturn]] void refuse(const std::string& name, const soci::soci_error& error) {
  const std::string_view what = error.what();
  const std::string_view first = what.substr(0, what.find('\n'));
  if (first.find("Failed to") != std::string::npos && first.find("librar") != std::string::npos)
    throw IndexError(
        fmt::format("{}: {}", name, first),
        "install that database's part of SOCI (apt-get install libsoci-sqlite3-4.0 libsoci-postgresql4.0)");
  throw IndexError(fmt::format("{}: {}", name, first));
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
};

}  // namespace

class Index::Database {
 public:
  Database(const std::string& name, Access access)
      : name_(name), is_sqlite_(!name.starts_with("postgresql:")) {
    if (is_sqlite_ && access == Access::read && !std::filesystem::exists(name))
      throw IndexError(fmt::format("{}: there is no such index", name), "make one with `ipcbench index`");
    open(access);
    if (access == Access::write) create();
    check_version();
  }

  template <class Work>
  auto guarded(const Work& work) {
    try {
      return work(sql_);
    } catch (const soci::soci_error& error) {
      refuse(name_, error);
    }
  }

  // Whether it is new. Its results are written by flush_results().
  bool add(const IndexedReport& report);
  void flush_results();
  void forget();

 private:
  void open(Access access) {
    guarded([&](soci::session& sql) {
      if (!is_sqlite_) return sql.open("postgresql", name_);
      sql.open("sqlite3",
               fmt::format("dbname={} timeout=60{}", name_, access == Access::read ? " readonly=true" : ""));
      if (access == Access::read) return;
      // Readers go on while it is written to; what a crash of the machine loses is added again by the next
      // run.
      sql << "PRAGMA journal_mode = WAL";
      sql << "PRAGMA synchronous = NORMAL";
      sql << "PRAGMA cache_size = -262144";
    });
  }

  void create() {
    guarded([&](soci::session& sql) {
      soci::transaction transaction(sql);
      for (const char* table : kTables)
        sql << fmt::format(fmt::runtime(table), is_sqlite_ ? " WITHOUT ROWID" : "");
      sql << "INSERT INTO ipcbench_index VALUES (" << kSchema << ") ON CONFLICT DO NOTHING";
      transaction.commit();
    });
  }

  void check_version() {
    int version = 0;
    try {
      sql_ << "SELECT MAX(version) FROM ipcbench_index", soci::into(version);
    } catch (const soci::soci_error&) {
      throw IndexError(fmt::format("{}: is no index of ipcbench", name_), "make one with `ipcbench index`");
    }
    if (version != kSchema)
      throw IndexError(
          fmt::format("{}: has version {} of the tables, and this program knows {}", name_, version, kSchema),
          "make it again from the reports with `ipcbench index`");
  }

  Key add_host(const IndexedHost& host);
  Key add_configuration(const std::vector<Fact>& facts);
  Key add_cell(const IndexedResult& result);
  bool add_session(const IndexedReport& report, Key id, Key host, Key configuration);

  std::string name_;
  bool is_sqlite_;
  soci::session sql_;
  std::unordered_set<Key> known_;                   // hosts, configurations and cells that are there
  std::unordered_map<std::string, Key> cell_keys_;  // by name
  struct Rows {
    Column<Key> cell, session;
    Column<int> launches, left_out;
    Column<double> log_mean, log_sd, time_ns, low_ns, high_ns, p99_ns, cpu_ns, cpus_busy;
    Column<std::string> marks;
  };
  Rows rows_;
};

Key Index::Database::add_host(const IndexedHost& host) {
  const Key id = key_of(host.key);
  if (!known_.insert(id).second) return id;
  sql_ << "INSERT INTO hosts VALUES (:id, :key, :name, :architecture, :cpu, :product, :cores) ON CONFLICT DO "
          "NOTHING",
      soci::use(id), soci::use(host.key), soci::use(host.name), soci::use(host.architecture),
      soci::use(host.cpu_model), soci::use(host.product), soci::use(host.physical_cores);
  return id;
}

Key Index::Database::add_configuration(const std::vector<Fact>& facts) {
  Json json = Json::object();
  for (const Fact& fact : facts) json[fact.name] = fact.value;
  const std::string text = json_text(json);
  const Key id = key_of(text);
  if (!known_.insert(id).second) return id;
  sql_ << "INSERT INTO configurations VALUES (:id, :facts) ON CONFLICT DO NOTHING", soci::use(id),
      soci::use(text);
  return id;
}

Key Index::Database::add_cell(const IndexedResult& result) {
  const auto [place, is_new] = cell_keys_.try_emplace(result.name);
  if (!is_new) return place->second;
  const Key id = place->second = key_of(result.name);
  const Cell& cell = result.cell;
  const std::string family = family_name(cell);
  const std::string pattern(name_of(cell.pattern));
  const std::string wait(name_of(cell.wait));
  const std::string peers(name_of(cell.peers));
  const std::string cpus(name_of(cell.cpus));
  const auto size = static_cast<long long>(cell.size_bytes);
  sql_ << "INSERT INTO cells VALUES (:id, :name, :family, :mechanism, :pattern, :size, :wait, :peers, :cpus) "
          "ON CONFLICT DO NOTHING",
      soci::use(id), soci::use(result.name), soci::use(family), soci::use(cell.mechanism), soci::use(pattern),
      soci::use(size), soci::use(wait), soci::use(peers), soci::use(cpus);
  return id;
}

// Whether it is new.
bool Index::Database::add_session(const IndexedReport& report, Key id, Key host, Key configuration) {
  const int complete = report.complete ? 1 : 0;
  const int invalid = report.invalid ? 1 : 0;
  soci::statement statement =
      (sql_.prepare
           << "INSERT INTO sessions VALUES (:id, :digest, :file, :host, :configuration, :session, :started, "
              ":release, :series, :profile, :complete, :invalid, :version, :program_commit) "
              "ON CONFLICT DO NOTHING",
       soci::use(id), soci::use(report.digest), soci::use(report.file), soci::use(host),
       soci::use(configuration), soci::use(report.session), soci::use(report.started_utc),
       soci::use(report.kernel_release), soci::use(report.kernel_series), soci::use(report.profile),
       soci::use(complete), soci::use(invalid), soci::use(report.version), soci::use(report.commit));
  statement.execute(true);
  return statement.get_affected_rows() > 0;
}

bool Index::Database::add(const IndexedReport& report) {
  const Key id = key_of(report.digest);
  if (!add_session(report, id, add_host(report.host), add_configuration(report.configuration))) return false;
  for (const IndexedResult& result : report.results) {
    rows_.cell.add(add_cell(result));
    rows_.session.add(id);
    rows_.launches.add(static_cast<int>(result.launches));
    rows_.left_out.add(static_cast<int>(result.left_out));
    rows_.log_mean.add(result.log_mean);
    rows_.log_sd.add(result.log_sd);
    rows_.time_ns.add(result.time_ns);
    rows_.low_ns.add(result.low_ns);
    rows_.high_ns.add(result.high_ns);
    rows_.p99_ns.add(result.p99_ns);
    rows_.cpu_ns.add(result.cpu_ns);
    rows_.cpus_busy.add(result.cpus_busy);
    rows_.marks.add(result.marks);
  }
  return true;
}

void Index::Database::flush_results() {
  Rows& rows = rows_;
  if (rows.cell.values.empty()) return;
  const auto use = [](auto& column) { return soci::use(column.values, column.indicators); };
  sql_ << "INSERT INTO results VALUES (:cell, :session, :launches, :left_out, :log_mean, :log_sd, :time, "
          ":low, :high, "
          ":p99, :cpu, :busy, :marks)",
      use(rows.cell), use(rows.session), use(rows.launches), use(rows.left_out), use(rows.log_mean),
      use(rows.log_sd), use(rows.time_ns), use(rows.low_ns), use(rows.high_ns), use(rows.p99_ns),
      use(rows.cpu_ns), use(rows.cpus_busy), use(rows.marks);
  rows = {};
}

// What was noted as known may have been rolled back with the rest.
void Index::Database::forget() {
  known_.clear();
  cell_keys_.clear();
  rows_ = {};
}

Index::Index(const std::string& name, Access access) : database_(std::make_unique<Database>(name, access)) {}
Index::~Index() = default;

std::unordered_set<std::string> Index::digests() {
  return database_->guarded([](soci::session& sql) {
    std::unordered_set<std::string> digests;
    const soci::rowset<std::string> rows = sql.prepare << "SELECT digest FROM sessions";
    digests.insert(rows.begin(), rows.end());
    return digests;
  });
}

std::size_t Index::add(std::span<const IndexedReport> reports) {
  return database_->guarded([&](soci::session& sql) {
    try {
      soci::transaction transaction(sql);
      std::size_t added = 0;
      for (const IndexedReport& report : reports) added += database_->add(report) ? 1U : 0U;
      database_->flush_results();
      transaction.commit();
      return added;
    } catch (...) {
      database_->forget();
      throw;
    }
  });
}

}  // namespace ipcbench
