// The changes that somebody explained.
#ifndef IPCBENCH_WITHOUT_DATABASES
#include <soci/soci.h>

#include "results/index/database.hpp"

namespace ipcbench {

namespace {

void insert(soci::session& sql, const AcceptedChange& change) {
  const int is_slower = change.is_slower ? 1 : 0;
  execute(sql,
          "INSERT INTO changes (id, host_key, level, name, session, is_slower, why) VALUES (:id, :host, "
          ":level, :name, :session, :slower, :why)",
          soci::use(change.id), soci::use(change.host_key), soci::use(change.level), soci::use(change.name),
          soci::use(change.session), soci::use(is_slower), soci::use(change.why));
}

}  // namespace

void Index::accept(const AcceptedChange& change) {
  database_->written([&](soci::session& sql) {
    execute(sql, "DELETE FROM changes WHERE id = :id", soci::use(change.id));
    insert(sql, change);
  });
}

std::size_t Index::take_over(std::span<const AcceptedChange> changes) {
  return database_->written([&](soci::session& sql) {
    std::size_t taken = 0;
    for (const AcceptedChange& change : changes) {
      int known = 0;
      execute(sql, "SELECT COUNT(*) FROM changes WHERE id = :id", soci::into(known), soci::use(change.id));
      if (known > 0) continue;
      insert(sql, change);
      ++taken;
    }
    return taken;
  });
}

std::vector<AcceptedChange> Index::accepted() {
  return database_->guarded([](soci::session& sql) {
    std::vector<AcceptedChange> changes;
    const soci::rowset<soci::row> rows = sql.prepare << "SELECT id, host_key, level, name, session, "
                                                        "is_slower, why FROM changes ORDER BY id";
    for (const soci::row& row : rows) {
      changes.push_back({row.get<std::string>(0), row.get<std::string>(1), row.get<std::string>(2),
                         row.get<std::string>(3), row.get<std::string>(4), row.get<int>(5) != 0,
                         row.get<std::string>(6)});
    }
    return changes;
  });
}

}  // namespace ipcbench
#endif
