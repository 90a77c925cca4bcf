// Clients that are slower than the game: pushes that replace each other, and a map sent piece by piece.

#include <string>
#include <vector>

#include "nano/nano.h"

namespace docs::slow_clients {

struct Place {
  std::string player;
  double x = 0;
  double y = 0;
};
BOOST_DESCRIBE_STRUCT(Place, (), (player, x, y))

class World final : public nano::Component {
 public:
  static void routes(nano::Routes<World>& on) {
    on.add<&World::move>("Move");
    on.add<&World::map>("Map");
    on.push<Place>("onMove");
    on.push<std::string>("onMapPiece");
  }

  void move(const Place& place) { players_.broadcast_latest(place.player, "onMove", place); }

  nano::Task<void> map(nano::SessionPtr session) {
    for (const std::string& piece : pieces_) {
      session->push("onMapPiece", piece);
      const bool open = co_await session->drained();
      if (!open) co_return;
    }
  }

 private:
  nano::Group players_;
  const std::vector<std::string> pieces_;
};

}  // namespace docs::slow_clients
