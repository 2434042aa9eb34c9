#ifndef IPCBENCH_WITHOUT_DATABASES
#include "results/index/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace ipcbench {
namespace {

constexpr int kSchema = 2;

// Types that both databases know. {} ends the results, which SQLite keeps in the order of their key: those of
// one cell lie beside each other, because questions are about cells.
constexpr std::array kTables{
    "CREATE TABLE IF NOT EXISTS ipcbench_index (version INTEGER PRIMARY KEY)",

    "CREATE TABLE IF NOT EXISTS hosts (id BIGINT PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL, "
    "architecture TEXT NOT NULL, cpu_model TEXT NOT NULL, product TEXT NOT NULL, physical_cores TEXT NOT "
    "NULL)",

    "CREATE TABLE IF NOT EXISTS configurations (id BIGINT PRIMARY KEY, facts TEXT NOT NULL)",

    "CREATE TABLE IF NOT EXISTS cells (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, "
    "family TEXT NOT NULL, mechanism TEXT NOT NULL, pattern TEXT NOT NULL, size_bytes BIGINT NOT NULL, "
    "wait TEXT NOT NULL, peers TEXT NOT NULL, cpus TEXT NOT NULL)",

    "CREATE TABLE IF NOT EXISTS sessions (id BIGINT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, "
    "file TEXT NOT NULL, host BIGINT NOT NULL, configuration BIGINT NOT NULL, session TEXT NOT NULL, "
    "started_utc TEXT NOT NULL, kernel_release TEXT NOT NULL, kernel_series TEXT NOT NULL, "
    "profile TEXT NOT NULL, complete INTEGER NOT NULL, invalid INTEGER NOT NULL, version TEXT NOT NULL, "
    "program_commit TEXT NOT NULL)",

    "CREATE TABLE IF NOT EXISTS results (cell BIGINT NOT NULL, session BIGINT NOT NULL, "
    "launches INTEGER NOT NULL, left_out INTEGER NOT NULL, log_mean DOUBLE PRECISION, "
    "log_sd DOUBLE PRECISION, time_ns DOUBLE PRECISION, low_ns DOUBLE PRECISION, high_ns DOUBLE PRECISION, "
    "p10_ns DOUBLE PRECISION, p99_ns DOUBLE PRECISION, cpu_ns DOUBLE PRECISION, cpus_busy DOUBLE PRECISION, "
    "marks TEXT NOT NULL, "
    "PRIMARY KEY (cell, session)){}",

    "CREATE TABLE IF NOT EXISTS changes (id TEXT PRIMARY KEY, host_key TEXT NOT NULL, level TEXT NOT NULL, "
    "name TEXT NOT NULL, session TEXT NOT NULL, is_slower INTEGER NOT NULL, why TEXT NOT NULL)"};

// "postgresql://user:word@host/name" -> "postgresql://host/name".
std::string without_password(const std::string& name) {
  const std::size_t start = name.find("://");
  const std::size_t end = name.rfind('@');
  if (start == std::string::npos || end == std::string::npos || end < start) return name;
  return name.substr(0, start + 3) + name.substr(end + 1);
}

bool is_postgresql(const std::string& name) {
  return name.starts_with("postgresql://") || name.starts_with("postgres://");
}

// What is before "://", if that is the name of a kind of database; empty otherwise.
std::string_view scheme_of(std::string_view name) {
  const std::size_t end = name.find("://");
  if (end == std::string_view::npos || name.find('/') < end) return {};
  return name.substr(0, end);
}

void refuse_other_databases(const std::string& name) {
  if (const std::string_view scheme = scheme_of(name); !scheme.empty() && !is_postgresql(name))
    throw IndexError(fmt::format("{}: '{}://' is not known", without_password(name), scheme),
                     "name a file, which SQLite keeps, or postgresql://[USER@]HOST/DATABASE");
}

std::string one_line(std::string_view text) {
  std::string line(text.substr(0, text.find_last_not_of(" \n\t.") + 1));
  std::ranges::replace_if(
      line, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return line;
}

bool is_no_database(std::string_view problem) {
  return problem.find("not a database") != std::string_view::npos;
}

bool lacks_table(std::string_view problem) {
  return problem.find("no such table") != std::string_view::npos ||
         problem.find("does not exist") != std::string_view::npos;
}

std::string_view remedy_for(std::string_view problem) {
  const auto says = [&](std::string_view part) { return problem.find(part) != std::string_view::npos; };
  if (says("shared library for backend"))
    return "install that database's part of SOCI (apt-get install libsoci-sqlite3-4.0 libsoci-postgresql4.0)";
  if (says("readonly") || says("permission denied")) return "you need the right to write there";
  if (says("locked")) return "another program writes to it; try again";
  if (is_no_database(problem) || says("malformed"))
    return "name another file, or remove it and index the reports again";
  return "";
}

}  // namespace

bool has_databases() { return true; }

// SQLite takes the right to write at once: a transaction that began as a reader's could not wait for it.
Index::Database::Transaction::Transaction(Database& database) : sql_(database.sql_) {
  constexpr long kLock = 0x69706362;  // any number that no other program of this database uses
  if (database.is_sqlite_) {
    execute(sql_, "BEGIN IMMEDIATE");
  } else {
    execute(sql_, "BEGIN");
    execute(sql_, fmt::format("SELECT pg_advisory_xact_lock({})", kLock));
  }
}

Index::Database::Transaction::~Transaction() {
  if (!is_open_) return;
  try {
    execute(sql_, "ROLLBACK");
  } catch (const soci::soci_error&) {
    return;  // the connection is gone, and the transaction with it
  }
}

void Index::Database::Transaction::commit() {
  execute(sql_, "COMMIT");
  is_open_ = false;
}

Index::Database::Database(const std::string& name, Access access)
    : shown_name_(without_password(name)), is_sqlite_(!is_postgresql(name)) {
  refuse_other_databases(name);
  is_sqlite_ ? open_sqlite(name, access) : open_postgresql(name, access);
  if (access == Access::write) {
    if (is_sqlite_) refuse_foreign();
    create_tables();
  }
  if (access != Access::changes) check_version();
}

void Index::Database::refuse(std::string_view problem) const {
  throw IndexError(fmt::format("{}: {}", shown_name_,
                               is_no_database(problem) ? "is no SQLite database" : one_line(problem)),
                   remedy_for(problem));
}

// Readers go on while it is written to. What a crash of the machine loses is whole transactions, which the
// next run adds again.
void Index::Database::open_sqlite(const std::string& name, Access access) {
  if (name.find('"') != std::string::npos)
    throw IndexError(fmt::format("{}: a quotation mark cannot be in the name of an index", name));
  const bool is_read = access != Access::write;
  if (is_read && !std::filesystem::exists(name))
    throw IndexError(fmt::format("{}: there is no such index", name), "make one with `ipcbench index`");
  guarded([&](soci::session& sql) {
    sql.open("sqlite3", fmt::format("dbname=\"{}\" timeout=60{}", name, is_read ? " readonly=true" : ""));
    execute(sql, "PRAGMA cache_size = -65536");
    if (is_read) return;
    execute(sql, "PRAGMA journal_mode = WAL");
    execute(sql, "PRAGMA synchronous = NORMAL");
    execute(sql, "PRAGMA wal_autocheckpoint = 16384");  // 64 MB: a batch touches thousands of pages again
  });
}

// In a schema of its own, because the database may be used for other things too.
void Index::Database::open_postgresql(const std::string& name, Access access) {
  guarded([&](soci::session& sql) {
    sql.open("postgresql", name);
    execute(sql, "SET client_min_messages = error");
    execute(sql, "SET search_path = ipcbench");
    if (access != Access::write) execute(sql, "SET default_transaction_read_only = on");
  });
}

// A file of another program keeps its tables to itself.
void Index::Database::refuse_foreign() {
  const bool is_foreign = guarded([](soci::session& sql) {
    int tables = 0;
    int own = 0;
    execute(sql, "SELECT COUNT(*) FROM sqlite_master", soci::into(tables));
    execute(sql, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'ipcbench_index'", soci::into(own));
    return tables > 0 && own == 0;
  });
  if (is_foreign)
    throw IndexError(fmt::format("{}: belongs to another program", shown_name_), "name another file");
}

void Index::Database::create_tables() {
  written([&](soci::session& sql) {
    if (!is_sqlite_) execute(sql, "CREATE SCHEMA IF NOT EXISTS ipcbench");
    for (const char* table : kTables)
      execute(sql, fmt::format(fmt::runtime(table), is_sqlite_ ? " WITHOUT ROWID" : ""));
    int versions = 0;
    execute(sql, "SELECT COUNT(*) FROM ipcbench_index", soci::into(versions));
    if (versions == 0) execute(sql, fmt::format("INSERT INTO ipcbench_index VALUES ({})", kSchema));
  });
}

void Index::Database::check_version() {
  int version = 0;
  try {
    execute(sql_, "SELECT MAX(version) FROM ipcbench_index", soci::into(version));
  } catch (const soci::soci_error& error) {
    if (!lacks_table(error.what())) refuse(error.what());
    throw IndexError(fmt::format("{}: is no index of ipcbench", shown_name_),
                     "make one with `ipcbench index`");
  }
  if (version != kSchema)
    throw IndexError(fmt::format("{}: has version {} of the tables, and this program knows {}", shown_name_,
                                 version, kSchema),
                     "make it again from the reports with `ipcbench index`");
}

}  // namespace ipcbench
#endif
