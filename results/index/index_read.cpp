// Reading: questions to the tables. Every text of a user is bound, never part of the SQL.
#ifndef IPCBENCH_WITHOUT_DATABASES
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <soci/soci.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include "results/index/database.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {
namespace {

// Fetched at a time.
constexpr std::size_t kRows = 4096;
// So many are asked for by their numbers; of more, all are read.
constexpr std::size_t kFewSessions = 500;
constexpr double kNotKnown = std::numeric_limits<double>::quiet_NaN();

// A column that is fetched many rows at a time.
template <class Value>
struct FetchedColumn {
  std::vector<Value> values{std::vector<Value>(kRows)};
  std::vector<soci::indicator> indicators{std::vector<soci::indicator>(kRows)};

  auto into() { return soci::into(values, indicators); }
  void prepare() {
    values.resize(kRows);
    indicators.resize(kRows);
  }
  [[nodiscard]] Value at(std::size_t row) const {
    if constexpr (std::is_floating_point_v<Value>)
      return indicators[row] == soci::i_ok ? values[row] : kNotKnown;
    else
      return values[row];
  }
};

// Calls on_row(row) for each row of the statement, whose columns those are.
template <class OnRow, class... Columns>
void fetch_all(soci::statement& statement, const OnRow& on_row, Columns&... columns) {
  statement.execute();
  while (statement.fetch()) {
    const std::size_t rows = std::get<0>(std::tie(columns...)).values.size();
    for (std::size_t row = 0; row < rows; ++row) on_row(row);
    (columns.prepare(), ...);
  }
}

// A pattern in which * stands for any text, for LIKE ... ESCAPE '\'.
std::string like(std::string_view pattern) {
  std::string text;
  for (const char c : pattern) {
    if (c == '%' || c == '_' || c == '\\') text += '\\';
    text += c == '*' ? '%' : c;
  }
  return text;
}

// A condition of SQL with its texts, which are bound.
struct Condition {
  std::string sql = "1 = 1";
  std::vector<std::string> texts = {};
  bool asks_hosts = false;

  // One of the patterns matches one of the columns.
  void add_any(std::initializer_list<std::string_view> columns, const std::vector<std::string>& patterns) {
    std::string any;
    for (const std::string& pattern : patterns) {
      for (const std::string_view column : columns) {
        any += fmt::format("{}LOWER({}) LIKE LOWER(:t{}) ESCAPE '\\'", any.empty() ? "" : " OR ", column,
                           texts.size());
        texts.push_back(like(pattern));
      }
    }
    if (!any.empty()) sql += fmt::format(" AND ({})", any);
  }
};

std::vector<std::string> patterns_of(const std::vector<std::string>& classes) {
  std::vector<std::string> patterns;
  for (const std::string& each : classes)
    std::ranges::move(parse_class(each).classes, std::back_inserter(patterns));
  return patterns;
}

Condition condition_of(const SessionFilter& filter) {
  Condition condition;
  condition.asks_hosts = !filter.hosts.empty() || !filter.classes.empty();
  condition.add_any({"h.name", "h.key"}, filter.hosts);
  condition.add_any({"h.architecture || '/' || h.cpu_model || '/' || s.kernel_series"},
                    patterns_of(filter.classes));
  condition.add_any({"s.digest"}, filter.digests);
  if (!filter.since.empty()) {
    condition.sql += fmt::format(" AND s.started_utc >= :t{}", condition.texts.size());
    condition.texts.push_back(filter.since);
  }
  if (!filter.with_invalid) condition.sql += " AND s.invalid = 0";
  return condition;
}

// Where the texts of a session are.
struct SessionColumn {
  std::string IndexedSession::*text;
  std::string_view column;
};
constexpr std::array kSessionColumns{SessionColumn{&IndexedSession::digest, "s.digest"},
                                     SessionColumn{&IndexedSession::file, "s.file"},
                                     SessionColumn{&IndexedSession::session, "s.session"},
                                     SessionColumn{&IndexedSession::started_utc, "s.started_utc"},
                                     SessionColumn{&IndexedSession::profile, "s.profile"},
                                     SessionColumn{&IndexedSession::kernel_release, "s.kernel_release"},
                                     SessionColumn{&IndexedSession::kernel_series, "s.kernel_series"},
                                     SessionColumn{&IndexedSession::version, "s.version"},
                                     SessionColumn{&IndexedSession::commit, "s.program_commit"}};

std::string columns_of(const SessionTexts& texts) {
  std::string columns = "s.id, s.host, s.configuration, s.complete, s.invalid";
  for (const auto text : texts)
    columns += fmt::format(", {}", std::ranges::find(kSessionColumns, text, &SessionColumn::text)->column);
  return columns;
}

// Hosts are few, and a join gives their texts once for each session.
std::map<long long, std::shared_ptr<const IndexedHost>> read_hosts(soci::session& sql) {
  std::map<long long, std::shared_ptr<const IndexedHost>> hosts;
  const soci::rowset<soci::row> rows = sql.prepare
                                       << "SELECT key, name, architecture, cpu_model, product, id FROM hosts";
  for (const soci::row& row : rows) {
    hosts[row.get<long long>(5)] = std::make_shared<const IndexedHost>(IndexedHost{row.get<std::string>(0),
                                                                                   row.get<std::string>(1),
                                                                                   row.get<std::string>(2),
                                                                                   row.get<std::string>(3),
                                                                                   row.get<std::string>(4),
                                                                                   {}});
  }
  return hosts;
}

std::string_view column_of(IndexedFigure figure) {
  switch (figure) {
    case IndexedFigure::time_ns:
      return "time_ns";
    case IndexedFigure::p10_ns:
      return "p10_ns";
    case IndexedFigure::p99_ns:
      return "p99_ns";
    case IndexedFigure::cpu_ns:
      return "cpu_ns";
  }
  return "";
}

}  // namespace

Index::Index(const std::string& name, Access access) : database_(std::make_unique<Database>(name, access)) {}
Index::~Index() = default;

KnownFiles Index::files() {
  return database_->guarded([](soci::session& sql) {
    KnownFiles files;
    FetchedColumn<std::string> digest, file;
    soci::statement statement =
        (sql.prepare << "SELECT digest, file FROM sessions", digest.into(), file.into());
    const auto add = [&](std::size_t row) {
      files.emplace(std::move(digest.values[row]), std::move(file.values[row]));
    };
    fetch_all(statement, add, digest, file);
    return files;
  });
}

std::vector<IndexedSession> Index::sessions(const SessionFilter& filter, const SessionTexts& texts) {
  return database_->guarded([&](soci::session& sql) {
    const Condition condition = condition_of(filter);
    FetchedColumn<long long> id, host, configuration;
    FetchedColumn<int> complete, invalid;
    std::vector<FetchedColumn<std::string>> columns(texts.size());
    soci::statement statement(sql);
    statement.exchange(id.into());
    statement.exchange(host.into());
    statement.exchange(configuration.into());
    statement.exchange(complete.into());
    statement.exchange(invalid.into());
    for (auto& column : columns) statement.exchange(column.into());
    for (const std::string& text : condition.texts) statement.exchange(soci::use(text));
    statement.alloc();
    statement.prepare(fmt::format(
        "SELECT {} FROM sessions s{} WHERE {} ORDER BY s.started_utc, s.digest", columns_of(texts),
        condition.asks_hosts ? " JOIN hosts h ON h.id = s.host" : "", condition.sql));
    statement.define_and_bind();
    std::size_t most = 0;  // growing would copy texts that are not even read
    execute(sql, "SELECT COUNT(*) FROM sessions", soci::into(most));
    std::vector<IndexedSession> sessions;
    sessions.reserve(most);
    std::vector<long long> host_of_each;
    const auto add = [&](std::size_t row) {
      IndexedSession& session = sessions.emplace_back();
      session.id = id.values[row];
      session.configuration = configuration.values[row];
      session.complete = complete.values[row] != 0;
      session.invalid = invalid.values[row] != 0;
      host_of_each.push_back(host.values[row]);
      for (std::size_t i = 0; i < texts.size(); ++i) session.*texts[i] = std::move(columns[i].values[row]);
    };
    statement.execute();
    while (statement.fetch()) {
      for (std::size_t row = 0; row < id.values.size(); ++row) add(row);
      for (auto& column : columns) column.prepare();
      (id.prepare(), host.prepare(), configuration.prepare(), complete.prepare(), invalid.prepare());
    }
    const auto hosts =
        read_hosts(sql);  // after the sessions, so that none is missing that was added meanwhile
    for (std::size_t i = 0; i < sessions.size(); ++i) sessions[i].host = hosts.at(host_of_each[i]);
    return sessions;
  });
}

std::vector<IndexedCell> Index::cells() {
  return database_->guarded([](soci::session& sql) {
    std::vector<IndexedCell> cells;
    FetchedColumn<long long> id;
    FetchedColumn<std::string> name, family;
    soci::statement statement = (sql.prepare << "SELECT id, name, family FROM cells ORDER BY name", id.into(),
                                 name.into(), family.into());
    fetch_all(
        statement,
        [&](std::size_t row) {
          cells.push_back({id.values[row], name.values[row], family.values[row]});
        },
        id, name, family);
    return cells;
  });
}

std::vector<IndexedPoint> Index::points(std::int64_t cell) { return points(cell, {}); }

std::vector<IndexedPoint> Index::points(std::int64_t cell, const std::vector<std::int64_t>& sessions) {
  const bool are_few = !sessions.empty() && sessions.size() <= kFewSessions;
  return database_->guarded([&](soci::session& sql) {
    const long long wanted = cell;
    std::vector<IndexedPoint> points;
    FetchedColumn<long long> session;
    FetchedColumn<int> launches;
    FetchedColumn<double> log_mean, log_sd, time_ns, low_ns, high_ns;
    soci::statement statement =
        (sql.prepare << fmt::format(
             "SELECT session, launches, log_mean, log_sd, time_ns, low_ns, high_ns FROM results "
             "WHERE cell = :cell{} ORDER BY session",
             are_few ? fmt::format(" AND session IN ({})", fmt::join(sessions, ", ")) : ""),
         session.into(), launches.into(), log_mean.into(), log_sd.into(), time_ns.into(), low_ns.into(),
         high_ns.into(), soci::use(wanted));
    const auto add = [&](std::size_t row) {
      points.push_back({session.at(row), static_cast<std::uint32_t>(launches.at(row)), log_mean.at(row),
                        log_sd.at(row), time_ns.at(row), low_ns.at(row), high_ns.at(row)});
    };
    fetch_all(statement, add, session, launches, log_mean, log_sd, time_ns, low_ns, high_ns);
    return points;
  });
}

IndexedFigures Index::figures(std::int64_t cell, IndexedFigure figure) {
  return database_->guarded([&](soci::session& sql) {
    const long long wanted = cell;
    IndexedFigures figures;
    FetchedColumn<long long> session;
    FetchedColumn<double> value;
    soci::statement statement =
        (sql.prepare << fmt::format("SELECT session, {} FROM results WHERE cell = :cell ORDER BY session",
                                    column_of(figure)),
         session.into(), value.into(), soci::use(wanted));
    const auto add = [&](std::size_t row) {
      figures.sessions.push_back(session.at(row));
      figures.values.push_back(value.at(row));
    };
    fetch_all(statement, add, session, value);
    return figures;
  });
}

std::map<std::int64_t, std::vector<Fact>> Index::configurations(const std::set<std::int64_t>& wanted) {
  return database_->guarded([&](soci::session& sql) {
    std::map<std::int64_t, std::vector<Fact>> configurations;
    long long id = 0;
    std::string facts;
    soci::statement statement =
        (sql.prepare << "SELECT facts FROM configurations WHERE id = :id", soci::into(facts), soci::use(id));
    for (const std::int64_t each : wanted) {
      id = each;
      if (!statement.execute(true)) continue;
      auto& list = configurations[each];
      const Json json = parse_document(facts);
      for (const auto& [name, value] : json.items()) list.push_back({name, value.get<std::string>()});
    }
    return configurations;
  });
}

}  // namespace ipcbench
#endif
