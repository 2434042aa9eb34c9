// The changes that somebody explained.
#ifndef IPCBENCH_WITHOUT_DATABASES
#include <soci/soci.h>

#include "results/index/database.hpp"

namespace ipcbench {

void Index::accept(const AcceptedChange& change) {
  const int is_slower = change.is_slower ? 1 : 0;
  database_->written([&](soci::session& sql) {
    sql << "DELETE FROM changes WHERE id = :id", soci::use(change.id);
    sql << "INSERT INTO changes (id, host_key, level, name, session, is_slower, why) VALUES (:id, :host, "
           ":level, :name, :session, :slower, :why)",
        soci::use(change.id), soci::use(change.host_key), soci::use(change.level), soci::use(change.name),
        soci::use(change.session), soci::use(is_slower), soci::use(change.why);
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
