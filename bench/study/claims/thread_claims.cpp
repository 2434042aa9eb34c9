#include "bench/study/claims/thread_claims.hpp"

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {

std::span<const Claim> thread_claims() {
  static constexpr std::array kClaims{
      Claim{"threads_faster",
            {118},
            "Threads communicate faster than processes by the same mechanism.",
            ReportTest{threads_are_faster, "--peers fork,thread --size 64,4KiB,64KiB,1MiB"},
            13}};
  return kClaims;
}

}  // namespace ipcbench
