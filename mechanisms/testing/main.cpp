// The tests launch pairs, so this program is also what their unrelated ends run. Exit code 77: some cases
// were skipped and none failed, which CTest would not notice where it runs many cases as one test.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/launch/worker.hpp"
#include "harness/plugin/plugin.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace {

// Mechanisms that a machine may lack although all that can be installed is there: root has to reserve huge
// pages, secret memory is a choice at boot, few CPUs can watch memory, and the others are modules of the
// kernel.
constexpr std::array<std::string_view, 6> kMayBeMissing{
    "memfd_huge_ring", "memfd_secret_ring", "ring_umwait", "sctp", "tipc", "vsock"};

// The cases of a mechanism are named after it: "LeavesNothingBehind/vsock".
bool may_be_skipped(const ::testing::TestInfo& test) {
  const std::string_view name = test.name();
  const std::string_view mechanism = name.substr(name.find('/') + 1);
  return std::ranges::any_of(kMayBeMissing,
                             [&](std::string_view missing) { return mechanism.starts_with(missing); });
}

bool any_skipped() {
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int suite = 0; suite < all.total_test_suite_count(); ++suite) {
    const ::testing::TestSuite& each = *all.GetTestSuite(suite);
    for (int test = 0; test < each.total_test_count(); ++test) {
      const ::testing::TestInfo& info = *each.GetTestInfo(test);
      if (info.should_run() && info.result()->Skipped() && !may_be_skipped(info)) return true;
    }
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  ipcbench::load_plugins_of_environment();  // before GoogleTest makes cases of all mechanisms
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::AddGlobalTestEnvironment(new ipcbench::PrivateObjects);  // owned by GoogleTest
  const int code = RUN_ALL_TESTS();
  return code == 0 && any_skipped() ? 77 : code;
}
