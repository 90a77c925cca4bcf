// Stopping: a component that saves before the server ends.

#include <chrono>
#include <string>

#include "nano/nano.h"

namespace docs::stopping {

struct World {
  std::string state;
};

/// Writes to a disk or database, and blocks until that is done.
void save_world(const World& world);

class Keeper final : public nano::Component {
 public:
  static void routes(nano::Routes<Keeper>&) {}  // none

  void init() override { scheduler().spawn(autosave(), {.name = "autosave", .background = true}); }

  nano::Task<void> shutdown(nano::TimePoint) override {
    auto saving = offload([world = world_] { save_world(world); });
    co_await saving;
  }

 private:
  nano::Task<void> autosave() {
    for (;;) {
      co_await sleep(std::chrono::minutes{1});
      auto saving = offload([world = world_] { save_world(world); });
      co_await saving;
    }
  }

  World world_;
};

void add_to(nano::Application& app) { app.add<Keeper>(); }

}  // namespace docs::stopping
