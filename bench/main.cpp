#include "bench/whole_program.hpp"

#ifndef IPCBENCH_SHARE
#define IPCBENCH_SHARE nullptr
#endif

int main(int argc, char** argv) { return ipcbench::whole_program(argc, argv, IPCBENCH_SHARE); }
