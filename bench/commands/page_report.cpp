#include "bench/commands/page_report.hpp"

#include "bench/study/advise/needs.hpp"
#include "bench/study/claims/claim.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {

NamedReport page_report(Report report, const std::filesystem::path& file) {
  std::string claims = claims_json(answers_from(report, file));
  std::string needs = needs_json(report);
  return {uncompressed_name(file).stem().string(), std::move(report), std::move(claims), std::move(needs)};
}

}  // namespace ipcbench
