// Launches pairs, hence is also what their unrelated ends run.
#include <gtest/gtest.h>

#include "harness/worker.hpp"
#include "mechanisms/testing/leftovers.hpp"

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  testing::InitGoogleTest(&argc, argv);
  testing::AddGlobalTestEnvironment(new ipcbench::PrivateObjects);  // owned by GoogleTest
  return RUN_ALL_TESTS();
}
