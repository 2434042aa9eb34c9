#include "bench/study/claims/relative_line.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ipcbench {
namespace {

TEST(FitRelativeLine, FindsAStraightLine) {
  const Line line = fit_relative_line(
      {{4096, 100 + 0.25 * 4096}, {65536, 100 + 0.25 * 65536}, {1048576, 100 + 0.25 * 1048576}});
  EXPECT_NEAR(line.slope, 0.25, 1e-12);
  EXPECT_NEAR(line.intercept, 100, 1e-6);
  EXPECT_NEAR(line.worst_residual, 0, 1e-12);
}

// Values 1, 2 and 4 at 0, 1 and 2 have the weights 1, 1/4 and 1/16, together 21/16. Means of x: (1/4 + 2/16)
// / (21/16) = 2/7; of y: (1 + 2/4 + 4/16) / (21/16) = 4/3. Slope: sum w (x - 2/7)(y - 4/3) over sum w (x -
// 2/7)^2 = (2/21 + 5/42 + 2/7) / (4/49 + 25/196 + 9/49) = (1/2) / (11/28) = 14/11. An unweighted fit would
// give 1.5.
TEST(FitRelativeLine, WeighsRelativeErrors) {
  const Line line = fit_relative_line({{0, 1}, {1, 2}, {2, 4}});
  EXPECT_NEAR(line.slope, 14.0 / 11, 1e-12);
  EXPECT_NEAR(line.intercept, 4.0 / 3 - 4.0 / 11, 1e-12);  // 32/33
  EXPECT_NEAR(line.worst_residual, (4 - 32.0 / 33 - 28.0 / 11) / 4, 1e-12);
}

TEST(FitRelativeLine, RefusesWhatHasNoSlope) {
  EXPECT_THROW(fit_relative_line({}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}, {1, 2}}), std::invalid_argument);
  EXPECT_THROW(fit_relative_line({{1, 1}, {2, 0}}), std::invalid_argument);
}

}  // namespace
}  // namespace ipcbench
