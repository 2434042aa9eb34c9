// The tests launch pairs, so this program is also what their unrelated ends run. Exit code 77: some cases
// were skipped and none failed, which CTest would not notice where it runs many cases as one test.
#include <gtest/gtest.h>

#include "harness/launch/worker.hpp"
#include "harness/plugin/plugin.hpp"
#include "mechanisms/testing/leftovers.hpp"

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  ipcbench::load_plugins_of_environment();  // before GoogleTest makes cases of all mechanisms
  ::testing::InitGoogleTest(&argc, argv);
  ::testing::AddGlobalTestEnvironment(new ipcbench::PrivateObjects);  // owned by GoogleTest
  const int code = RUN_ALL_TESTS();
  return code == 0 && ::testing::UnitTest::GetInstance()->skipped_test_count() > 0 ? 77 : code;
}
