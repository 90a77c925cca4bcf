// Internal header. Who sees whom: players by cell, and what changes when they cross from one to another.
#pragma once

#include <string_view>
#include <vector>

#include "examples/tadpole/grid.h"
#include "examples/tadpole/messages.h"
#include "examples/tadpole/player.h"
#include "nano/session/group.h"

namespace tadpole {

/// A player sees the tadpoles of its own cell and of the eight around it, which is mutual. Does not own the
/// players: each stays in place in memory from the tick in which its `next_cell` becomes a cell until the one
/// in which it is `nowhere` again.
class Interest {
 public:
  /// The grid must outlive this object.
  explicit Interest(const Grid& grid) : grid_(grid), cells_(grid.cell_count()) {}

  /// Brings the `crossing` players, whose `next_cell` differs from their `cell`, over, all at once, and adds
  /// to `came` and `gone` of all whose view this changes. The work is the number of those they see.
  void cross(const std::vector<Player*>& crossing);

  /// To be sent with the next send_moves().
  void add_moved(const Player& player) { cells_[player.cell].moved.push_back(player.shown); }
  /// To each cell whose players see some that moved: these, in one buffer for all players of the cell.
  void send_moves(std::int64_t tick);

  /// To all who see `player`, itself included: one buffer for each cell.
  template <class T>
  void send_near(const Player& player, std::string_view route, const T& payload) {
    for (const Grid::Cell cell : grid_.cells_near(player.cell)) {
      cells_[cell].audience.broadcast(route, payload);
    }
  }

 private:
  struct Cell {
    nano::Group audience;
    std::vector<Player*> players;
    std::vector<Swimmer> moved;
  };

  void tell_who_goes(Player& player);
  void relocate(Player& player);
  void tell_who_comes(Player& player);

  const Grid& grid_;
  std::vector<Cell> cells_;
};

}  // namespace tadpole
