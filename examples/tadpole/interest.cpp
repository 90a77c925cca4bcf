#include "examples/tadpole/interest.h"

namespace tadpole {
namespace {

/// Of two that cross at once each is told in its own turn.
bool is_crossing(const Player& player) { return player.cell != player.next_cell; }

}  // namespace

void Interest::cross(const std::vector<Player*>& crossing) {
  for (Player* player : crossing) tell_who_goes(*player);
  for (Player* player : crossing) relocate(*player);
  for (Player* player : crossing) tell_who_comes(*player);
  for (Player* player : crossing) player->cell = player->next_cell;
}

void Interest::tell_who_goes(Player& player) {
  for (const Grid::Cell cell : grid_.cells_near(player.cell)) {
    for (Player* other : cells_[cell].players) {
      if (other == &player || grid_.near(player.next_cell, other->next_cell)) continue;
      player.gone.push_back(other->id);
      if (!is_crossing(*other)) other->gone.push_back(player.id);
    }
  }
}

void Interest::relocate(Player& player) {
  if (player.cell != Grid::nowhere) {
    std::erase(cells_[player.cell].players, &player);
    cells_[player.cell].audience.leave(*player.session);
  }
  if (player.next_cell != Grid::nowhere) {
    cells_[player.next_cell].players.push_back(&player);
    cells_[player.next_cell].audience.add(*player.session);
  }
}

void Interest::tell_who_comes(Player& player) {
  for (const Grid::Cell cell : grid_.cells_near(player.next_cell)) {
    for (Player* other : cells_[cell].players) {
      if (other == &player || grid_.near(player.cell, other->cell)) continue;
      player.came.push_back(other);
      if (!is_crossing(*other)) other->came.push_back(&player);
    }
  }
}

void Interest::send_moves(std::int64_t tick) {
  Moves moves{tick, {}};
  for (Grid::Cell cell = 0; cell < grid_.cell_count(); ++cell) {
    if (cells_[cell].audience.empty()) continue;
    moves.moved.clear();
    for (const Grid::Cell other : grid_.cells_near(cell)) {
      moves.moved.insert(moves.moved.end(), cells_[other].moved.begin(), cells_[other].moved.end());
    }
    if (!moves.moved.empty()) cells_[cell].audience.broadcast("onMoves", moves);
  }
  for (Cell& cell : cells_) cell.moved.clear();
}

}  // namespace tadpole
