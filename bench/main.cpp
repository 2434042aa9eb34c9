#include "bench/commands/command.hpp"
#include "harness/launch/worker.hpp"

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  return ipcbench::run_program(argc, argv);
}
