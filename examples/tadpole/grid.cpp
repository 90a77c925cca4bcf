#include "examples/tadpole/grid.h"

#include <algorithm>
#include <cstdlib>

namespace tadpole {
namespace {

std::int32_t cells_for(std::int32_t length, std::int32_t cell_size) {
  return (length + cell_size - 1) / cell_size;
}

}  // namespace

Grid::Grid(std::int32_t width, std::int32_t height, std::int32_t cell_size)
    : cell_size_(cell_size),
      columns_(cells_for(width, cell_size)),
      rows_(cells_for(height, cell_size)),
      near_(cell_count() + 1) {
  for (Cell cell = 0; cell < cell_count(); ++cell) {
    for (Cell other = 0; other < cell_count(); ++other) {
      if (near(cell, other)) near_[cell + 1].push_back(other);
    }
  }
}

Grid::Cell Grid::cell_at(std::int32_t x, std::int32_t y) const {
  const std::int32_t column = std::clamp(x / cell_size_, 0, columns_ - 1);
  const std::int32_t row = std::clamp(y / cell_size_, 0, rows_ - 1);
  return row * columns_ + column;
}

bool Grid::near(Cell one, Cell other) const {
  if (one == nowhere || other == nowhere) return false;
  return std::abs(one % columns_ - other % columns_) <= 1 && std::abs(one / columns_ - other / columns_) <= 1;
}

}  // namespace tadpole
