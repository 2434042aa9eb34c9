#include "results/index/named_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "results/index/index.hpp"
#include "results/report/digest.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kFewestDigits = 8;
constexpr std::size_t kMostDigits = 64;

IndexedSession only_session(const std::string& database, const std::string& digest) {
  Index index(database, Index::Access::read);
  SessionFilter filter;
  filter.digests = {digest + "*"};
  filter.with_invalid = true;
  std::vector<IndexedSession> sessions = index.sessions(filter);
  if (sessions.empty()) {
    throw IndexError(fmt::format("{}: no report in {} has this digest", digest, database),
                     "name another index with --db, or give the report's file");
  }
  if (sessions.size() > 1) {
    throw IndexError(fmt::format("{}: {} reports in {} begin so, such as {} and {}", digest, sessions.size(),
                                 database, sessions[0].digest, sessions[1].digest),
                     "give more digits");
  }
  return std::move(sessions.front());
}

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

bool is_digest(std::string_view text) {
  return text.size() >= kFewestDigits && text.size() <= kMostDigits && is_hexadecimal(text);
}

bool is_too_short_for_digest(std::string_view text) {
  return !text.empty() && text.size() < kFewestDigits && is_hexadecimal(text);
}

std::filesystem::path report_in_index(const std::string& database, const std::string& digest) {
  const IndexedSession session = only_session(database, digest);
  std::error_code unknown;
  if (!std::filesystem::exists(session.file, unknown)) {
    throw IndexError(
        fmt::format("{}: {} says that the report is {}, which is not there", digest, database, session.file),
        "give the file where it is now, or index it there");
  }
  if (const std::string now = file_digest(session.file); now != session.digest) {
    throw IndexError(fmt::format("{}: {} is no longer the report of this digest; its own is {}", digest,
                                 session.file, now),
                     "put the report back, or index the file again");
  }
  return session.file;
}

}  // namespace ipcbench
