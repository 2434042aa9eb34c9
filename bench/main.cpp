#include "bench/command.hpp"
#include "harness/worker.hpp"

int main(int argc, char** argv) {
  if (const auto code = ipcbench::run_if_worker(argc, argv)) return *code;
  return ipcbench::run_program(argc, argv);
}
