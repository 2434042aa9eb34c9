// Comes before mechanisms/parts/atomics.hpp on the include path of the ordering tests only.
#pragma once

#include "mechanisms/testing/ordering/model_atomics.hpp"
