// Internal header. The pond cut into square cells: who is near whom.
#pragma once

#include <cstdint>
#include <vector>

namespace tadpole {

/// Cells are numbered from 0, row by row. Those near a cell are itself and the up to eight around it.
class Grid {
 public:
  using Cell = std::int32_t;
  /// The cell of those who are not in the pond; near to none, itself included.
  static constexpr Cell nowhere = -1;

  /// `width` and `height` at least 1; the last column and row may reach beyond them.
  Grid(std::int32_t width, std::int32_t height, std::int32_t cell_size);

  std::int32_t cell_count() const { return columns_ * rows_; }
  /// Points beyond the edge belong to the cell nearest to them.
  Cell cell_at(std::int32_t x, std::int32_t y) const;
  bool near(Cell one, Cell other) const;
  /// In ascending order; none for `nowhere`. Valid as long as the grid.
  const std::vector<Cell>& cells_near(Cell cell) const { return near_[cell + 1]; }

 private:
  std::int32_t cell_size_;
  std::int32_t columns_;
  std::int32_t rows_;
  std::vector<std::vector<Cell>> near_;  // of cell c at c + 1; of nowhere at 0
};

}  // namespace tadpole
