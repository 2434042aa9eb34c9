// A fixed piece of work, whose time shows whether the core was shared.
#pragma once

namespace ipcbench {

// The time of about ten microseconds of multiplications and additions, in nanoseconds: the least of three.
// They are independent of each other and so fill the core's execution units. Another hardware thread of the
// core takes its part of these: on a virtual machine whose neighbours came and went, the work took 1.6 times
// as long in 40 % of all tries, while a chain of dependent additions took 1.05 times as long, and a blocking
// round trip over a pipe 1.3 times.
double fixed_work_ns();

}  // namespace ipcbench
