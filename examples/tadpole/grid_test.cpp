#include "examples/tadpole/grid.h"

#include <gtest/gtest.h>

namespace tadpole {
namespace {

using Cells = std::vector<Grid::Cell>;

TEST(Grid, NumbersItsCellsRowByRow) {
  const Grid grid{4000, 2500, 1000};  // 4 by 3, the last row half outside
  EXPECT_EQ(grid.cell_count(), 12);
  EXPECT_EQ(grid.cell_at(0, 0), 0);
  EXPECT_EQ(grid.cell_at(999, 999), 0);
  EXPECT_EQ(grid.cell_at(1000, 0), 1);
  EXPECT_EQ(grid.cell_at(3500, 2100), 11);
}

TEST(Grid, CountsTheFarEdgeToTheLastCell) {
  const Grid grid{4000, 2000, 1000};
  EXPECT_EQ(grid.cell_at(4000, 2000), 7);
  EXPECT_EQ(grid.cell_at(9999, -5), 3);
}

TEST(Grid, KnowsTheCellsAroundACell) {
  const Grid grid{4000, 3000, 1000};
  EXPECT_EQ(grid.cells_near(5), (Cells{0, 1, 2, 4, 5, 6, 8, 9, 10}));
  EXPECT_EQ(grid.cells_near(0), (Cells{0, 1, 4, 5}));
  EXPECT_EQ(grid.cells_near(11), (Cells{6, 7, 10, 11}));
  EXPECT_FALSE(grid.near(3, 4)) << "the end of a row is not beside the begin of the next";
}

TEST(Grid, NowhereIsNearNothing) {
  const Grid grid{4000, 3000, 1000};
  EXPECT_TRUE(grid.cells_near(Grid::nowhere).empty());
  EXPECT_FALSE(grid.near(Grid::nowhere, Grid::nowhere));
  EXPECT_FALSE(grid.near(0, Grid::nowhere));
}

TEST(Grid, OfOneCellHasNoOthers) {
  const Grid grid{10, 10, 1000};
  EXPECT_EQ(grid.cells_near(grid.cell_at(10, 10)), Cells{0});
}

}  // namespace
}  // namespace tadpole
