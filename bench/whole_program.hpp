// The program, for its own main() and for those of authors who link it with a mechanism of theirs.
#pragma once

namespace ipcbench {

// The whole of main(). share: the folder of the program's data (charts, schema); null: beside the program.
// Returns the exit code; never throws.
int whole_program(int argc, char** argv, const char* share);

}  // namespace ipcbench
