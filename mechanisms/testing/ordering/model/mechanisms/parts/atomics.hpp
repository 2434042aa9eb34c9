// Stands before mechanisms/parts/atomics.hpp on the include path of the ordering tests, and of nothing else.
#pragma once

#include "mechanisms/testing/ordering/model_atomics.hpp"
