// The connection to the database of an index. Only the files of this room that use SOCI include this.
#pragma once

#include <soci/soci.h>

#include <string>
#include <string_view>

#include "results/index/index.hpp"

namespace ipcbench {

// Runs one statement, to which soci::use() and soci::into() are given. SOCI's shorter form, session <<, runs
// it in a destructor.
template <class... Exchanged>
void execute(soci::session& sql, const std::string& text, Exchanged... exchanged) {
  soci::statement statement(sql);
  (statement.exchange(std::move(exchanged)), ...);
  statement.alloc();
  statement.prepare(text);
  statement.define_and_bind();
  statement.execute(true);
}

class Index::Database {
 public:
  // Opens it, creates the tables if they are to be written, and checks that they are an index.
  Database(const std::string& name, Access access);

  [[nodiscard]] bool is_sqlite() const { return is_sqlite_; }

  // Calls work(session); what the database refuses becomes an IndexError.
  template <class Work>
  auto guarded(const Work& work) {
    try {
      return work(sql_);
    } catch (const soci::soci_error& error) {
      refuse(error.what());
    }
  }

  // The same as one transaction, before which it waits for other writers.
  template <class Work>
  auto written(const Work& work) {
    return guarded([&](soci::session& sql) {
      Transaction transaction(*this);
      if constexpr (std::is_void_v<decltype(work(sql))>) {
        work(sql);
        transaction.commit();
      } else {
        auto result = work(sql);
        transaction.commit();
        return result;
      }
    });
  }

 private:
  class Transaction {
   public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

   private:
    soci::session& sql_;
    bool is_open_ = true;
  };

  [[noreturn]] void refuse(std::string_view problem) const;
  void open_sqlite(const std::string& name, Access access);
  void open_postgresql(const std::string& name, Access access);
  void refuse_foreign();
  void create_tables();
  void check_version();

  std::string shown_name_;  // without a password
  bool is_sqlite_;
  soci::session sql_;
};

}  // namespace ipcbench
